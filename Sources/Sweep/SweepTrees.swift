import Foundation
import Workload
import YAMLTree

/// The files that points name, each read once, with the values that points replace in them.
struct SweepTrees {
    private let file: SweepFile
    private var trees: [String: Node] = [:]

    init(_ file: SweepFile) {
        self.file = file
    }

    /// The tree of a file with some of its values replaced.
    ///
    /// - Throws: the mistakes of the file's syntax, or every value that has no place in it.
    mutating func tree(_ path: String, _ values: [SweepValue]) throws(DiagnosticList) -> Node {
        var root: Node
        if let known = trees[path] { root = known } else { root = try Node.parse(path: path) }
        trees[path] = root
        var mistakes: [Diagnostic] = []
        for value in values {
            do throws(DiagnosticList) {
                root = try root.setting(value.key, at: value.mark, to: value.value)
            } catch {
                mistakes += error.diagnostics
            }
        }
        if !mistakes.isEmpty { throw DiagnosticList(mistakes) }
        return root
    }

    /// The file that a name in the sweep's file stands for: a path from there, or a file of a library's folder.
    ///
    /// - Parameter kind: what is looked for, for the message.
    func path(_ name: Field<String>, folders: [String], kind: String) throws(DiagnosticList) -> String {
        let text = name.value
        if text.contains("/") || text.hasSuffix(".yaml") || text.hasSuffix(".yml") {
            let path = file.resolved(text)
            if FileManager.default.fileExists(atPath: path) { return path }
            throw DiagnosticList(Diagnostic("there is no file '\(path)'", at: name.mark, kind: .noInput))
        }
        for folder in folders where FileManager.default.fileExists(atPath: "\(folder)/\(text).yaml") {
            return "\(folder)/\(text).yaml"
        }
        let known = ModelLibrary(directories: folders).names
        let suggestion = nearestName(to: text, in: known)
        let list = suggestion == nil && !known.isEmpty ? "; there are \(known.joined(separator: ", "))" : ""
        throw DiagnosticList(
            Diagnostic("no shipped \(kind) is named '\(text)'\(list)", at: name.mark, suggestion: suggestion))
    }

    /// A file with its replaced values as one text.
    static func key(_ path: String, _ values: [SweepValue]) -> String {
        ([path] + values.map { "\($0.key)=\($0.value.canonicalText)" }).joined(separator: "\n")
    }
}
