import Foundation
import YAMLTree

extension OffloadResult {
    /// Writes `offload.csv`, `layers.csv` and, with a machine, `tokens.csv` into a folder, which is made if missing.
    ///
    /// Each file is written under another name first and all are renamed at the end, so that a failure leaves nothing
    /// half-written.
    ///
    /// - Throws: a diagnostic at the folder or file that could not be written.
    public func write(to folder: String) throws(DiagnosticList) {
        var files = [
            ("offload.csv", [Self.summaryHeader, summaryRow]), ("layers.csv", [Self.layersHeader] + layerRows),
        ]
        if isTimed { files.append(("tokens.csv", [Self.tokensHeader] + tokenRows)) }
        try writeTogether(files.map { ($0.0, $0.1.joined(separator: "\n") + "\n") }, to: folder)
    }
}

/// Writes files of a folder so that either all of them appear or none changes.
func writeTogether(_ files: [(name: String, text: String)], to folder: String) throws(DiagnosticList) {
    let manager = FileManager.default
    var place = folder
    var written: [String] = []
    do {
        try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for file in files {
            place = "\(folder)/\(file.name)"
            let partial = "\(folder)/.\(file.name).partial"
            written.append(partial)
            try Data(file.text.utf8).write(to: URL(fileURLWithPath: partial))
        }
        for file in files {
            place = "\(folder)/\(file.name)"
            let partial = "\(folder)/.\(file.name).partial"
            if rename(partial, place) != 0 { throw CocoaError(.fileWriteUnknown) }
        }
    } catch {
        for path in written { try? manager.removeItem(atPath: path) }
        throw DiagnosticList(Diagnostic("cannot be written", at: Mark(file: place), kind: .noInput))
    }
}
