import Foundation
import Reporting
import Synchronization

/// A bar on standard error with what is done and the time that is left, where that is a terminal.
final class ProgressBar: Sendable {
    private let line: Mutex<ProgressLine>
    private let all: Int
    private let start = Date()

    init(_ label: String, all: Int) {
        line = Mutex(ProgressLine(label))
        self.all = all
    }

    func update(done: Int, failures: Int) {
        let text = Self.text(
            done: done, all: all, failures: failures, seconds: Date().timeIntervalSince(start))
        line.withLock { $0.update(text) }
    }

    func clear() { line.withLock { $0.clear() } }

    /// `[######..............] 12 of 40, 1 with an error, 1 min 20 s left`.
    static func text(done: Int, all: Int, failures: Int, seconds: Double) -> String {
        let width = 20
        let full = all > 0 ? width * done / all : width
        let bar = String(repeating: "#", count: full) + String(repeating: ".", count: width - full)
        let failed = failures > 0 ? ", \(failures) with an error" : ""
        guard done > 0 else { return "[\(bar)] 0 of \(all)" }
        let left = Int((seconds / Double(done) * Double(all - done)).rounded(.up))
        return "[\(bar)] \(done) of \(all)\(failed), \(duration(left)) left"
    }

    private static func duration(_ seconds: Int) -> String {
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3600 { return "\(seconds / 60) min \(seconds % 60) s" }
        return "\(seconds / 3600) h \(seconds % 3600 / 60) min"
    }
}
