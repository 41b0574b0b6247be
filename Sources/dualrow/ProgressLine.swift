import Foundation

/// A line on standard error that says how far a run is, where that is a terminal and the run takes more than two
/// seconds.
final class ProgressLine {
    private let label: String
    private let start = Date()
    private var lastShown = Date.distantPast
    private var isShown = false
    private let isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1

    init(_ label: String) {
        self.label = label
    }

    /// Shows what is done, at most five times a second.
    func update(_ done: String) {
        guard isTerminal else { return }
        let now = Date()
        guard now.timeIntervalSince(start) > 2, now.timeIntervalSince(lastShown) > 0.2 else { return }
        lastShown = now
        isShown = true
        FileHandle.standardError.write(Data("\r\u{1B}[K\(label): \(done)".utf8))
    }

    /// Removes the line.
    func clear() {
        if isShown { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
        isShown = false
    }
}
