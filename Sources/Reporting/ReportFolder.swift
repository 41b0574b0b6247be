import Foundation

/// Writes files so that a reader finds each of them whole or not at all.
///
/// They are written under a temporary name beside their place, then renamed. A folder that does not exist appears with
/// all of its files at once; in one that exists the files are replaced one by one and others left alone.
public struct ReportFolder: Sendable {
    public let path: String

    public init(path: String) {
        self.path = path
    }

    /// What keeps a folder or file from being written, found out before hours of simulation; nil if nothing does.
    public static func obstacle(to path: String, isFolder: Bool) -> String? {
        let files = FileManager.default
        var isDirectory: ObjCBool = false
        if files.fileExists(atPath: path, isDirectory: &isDirectory) {
            if isFolder && !isDirectory.boolValue { return "this is a file, not a folder for reports" }
            if !isFolder && isDirectory.boolValue { return "this is a folder, not a file" }
            return files.isWritableFile(atPath: path) ? nil : "no permission to write here"
        }
        var parent = URL(fileURLWithPath: path).deletingLastPathComponent()
        while !files.fileExists(atPath: parent.path, isDirectory: &isDirectory) {
            parent.deleteLastPathComponent()
        }
        if !isDirectory.boolValue { return "'\(parent.path)' is a file, not a folder" }
        return files.isWritableFile(atPath: parent.path) ? nil : "no permission to write in '\(parent.path)'"
    }

    /// Makes the folder that a file is to lie in.
    public static func makeParent(of path: String) throws {
        let parent = URL(fileURLWithPath: path).standardizedFileURL.deletingLastPathComponent()
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
    }

    /// Writes the files; a name may have folders in it, as `neupims/summary.csv`.
    ///
    /// - Throws: what the file system says; then nothing new is left behind.
    public func write(_ reports: [ReportFile]) throws {
        let files = FileManager.default
        let target = URL(fileURLWithPath: path).standardizedFileURL
        let parent = target.deletingLastPathComponent()
        try files.createDirectory(at: parent, withIntermediateDirectories: true)
        let stage = parent.appendingPathComponent(Self.temporaryName(for: target))
        defer { try? files.removeItem(at: stage) }
        for report in reports {
            let place = stage.appendingPathComponent(report.name)
            try files.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(report.text.utf8).write(to: place)
        }
        guard files.fileExists(atPath: target.path) else {
            try files.moveItem(at: stage, to: target)
            return
        }
        for report in reports {
            let place = target.appendingPathComponent(report.name)
            try files.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Self.rename(stage.appendingPathComponent(report.name), to: place)
        }
    }

    /// Writes one file.
    public static func write(_ text: String, to path: String) throws {
        let target = URL(fileURLWithPath: path).standardizedFileURL
        let parent = target.deletingLastPathComponent()
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        let stage = parent.appendingPathComponent(temporaryName(for: target))
        do {
            try Data(text.utf8).write(to: stage)
            try rename(stage, to: target)
        } catch {
            try? FileManager.default.removeItem(at: stage)
            throw error
        }
    }

    static func temporaryName(for target: URL) -> String {
        ".\(target.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier).partial"
    }

    /// Replaces the target in one step.
    static func rename(_ source: URL, to target: URL) throws {
        guard Foundation.rename(source.path, target.path) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
    }
}
