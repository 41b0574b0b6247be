import Foundation

/// Files written together: all of them or none.
///
/// Every file is written under another name first and renamed when all are complete, so a reader never sees half a file
/// and a failure leaves the directory as it was (but for the directory itself). A rename that fails after others were
/// done leaves those: each file is still whole.
public enum ResultDirectory {
    /// - Parameters:
    ///   - files: name and text of each file.
    ///   - directory: made if it is not there.
    public static func write(_ files: [(name: String, text: String)], into directory: URL) throws {
        let manager = FileManager.default
        try manager.createDirectory(at: directory, withIntermediateDirectories: true)
        var staged: [(from: URL, to: URL)] = []
        do {
            for file in files {
                let target = directory.appendingPathComponent(file.name)
                let temporary = directory.appendingPathComponent(".\(file.name).\(UUID().uuidString)")
                staged.append((temporary, target))
                try Data(file.text.utf8).write(to: temporary)
            }
            for (from, to) in staged {
                guard rename(from.path, to.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
            }
        } catch {
            for (temporary, _) in staged { try? manager.removeItem(at: temporary) }
            throw error
        }
    }
}
