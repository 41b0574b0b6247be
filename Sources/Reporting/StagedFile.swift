import Foundation

/// A file that is written piece by piece under a temporary name and appears when it is complete.
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
    }

    /// Removes what was written.
    public func abandon() {
        try? handle?.close()
        handle = nil
        try? FileManager.default.removeItem(at: stage)
    }
}
