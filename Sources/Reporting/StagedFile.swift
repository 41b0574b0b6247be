import Foundation

/// A file that is written piece by piece under a temporary name and appears when it is complete.
///
/// If the program is interrupted the temporary file is removed.
public final class StagedFile {
    private let target: URL
    private let stage: URL
    private var handle: FileHandle?

    /// Opens the temporary file beside `path`.
    public init(path: String) throws {
        target = URL(fileURLWithPath: path).standardizedFileURL
        let parent = target.deletingLastPathComponent()
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        stage = parent.appendingPathComponent(ReportFolder.temporaryName(for: target))
        try Data().write(to: stage)
        handle = try FileHandle(forWritingTo: stage)
        Interruption.removes(stage.path)
    }

    deinit {
        if handle != nil { abandon() }
    }

    public func append(_ text: String) throws {
        try handle?.write(contentsOf: Data(text.utf8))
    }

    /// Gives the file its name.
    public func commit() throws {
        try handle?.close()
        handle = nil
        try ReportFolder.rename(stage, to: target)
        Interruption.removes(nil)
    }

    /// Removes what was written.
    public func abandon() {
        try? handle?.close()
        handle = nil
        try? FileManager.default.removeItem(at: stage)
        Interruption.removes(nil)
    }
}

/// What is to be cleared away when the user interrupts the program; one file at a time.
private enum Interruption {
    /// Read by the signal handler, which may use nothing but a C string.
    nonisolated(unsafe) private static var path: UnsafeMutablePointer<CChar>?

    static func removes(_ file: String?) {
        let old = path
        path = file.flatMap { strdup($0) }
        free(old)
        guard file != nil else { return }
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number) { number in
                if let path = Interruption.path { unlink(path) }
                _exit(128 + number)
            }
        }
    }
}
