import Foundation
import Workload
import YAMLTree

/// The files that points name, each looked up and read once.
struct SweepTrees {
    private let file: SweepFile
    private var paths: [[String]: String] = [:]
    private var trees: [String: (node: Node, identity: String)] = [:]

    init(_ file: SweepFile) {
        self.file = file
    }

    /// A named file's tree with the values that a point replaces in it.
    ///
    /// - Parameter kind: what is looked for, for the message.
    /// - Throws: a name without a file, or the mistakes of the file's syntax.
    mutating func choice(
        _ name: Field<String>, folders: [String], kind: String, _ values: [SweepValue]
    ) throws(DiagnosticList) -> SweepTree {
        let path = try path(name, folders: folders, kind: kind)
        if trees[path] == nil {
            let node = try Node.parse(path: path)
            trees[path] = (node, ContentHash.text([node.canonicalText]))
        }
        let tree = trees[path]!
        return SweepTree(base: tree.node, baseIdentity: tree.identity, values: values)
    }

    /// The file that a name in the sweep's file stands for: a path from there, or a file of a library's folder.
    private mutating func path(
        _ name: Field<String>, folders: [String], kind: String
    ) throws(DiagnosticList) -> String {
        let key = [name.value, kind]
        if let known = paths[key] { return known }
        let done = try find(name, folders: folders, kind: kind)
        paths[key] = done
        return done
    }

    private func find(_ name: Field<String>, folders: [String], kind: String) throws(DiagnosticList) -> String {
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
}

/// A file's tree with values that are to be replaced in it.
struct SweepTree: Sendable {
    let base: Node
    let baseIdentity: String
    let values: [SweepValue]

    /// - Throws: every value that has no place in the tree.
    func node() throws(DiagnosticList) -> Node { try base.setting(values) }

    /// A text that is the same for trees that are: values that the file has anyway are left out, and their order does
    /// not matter, unless one of them replaces (a part of) another.
    var identity: String {
        let keys = values.map(\.key)
        let overlaps = keys.indices.contains { first in
            keys.indices.contains { $0 != first && ("\(keys[$0]).".hasPrefix("\(keys[first]).")) }
        }
        guard !overlaps else { return "\(baseIdentity)\n\(SweepValue.text(of: values))" }
        let changes = values.filter { value in
            var node: Node? = base
            for part in value.key.split(separator: ".", omittingEmptySubsequences: false) { node = node?[String(part)] }
            return node?.canonicalText != value.value.canonicalText
        }
        return "\(baseIdentity)\n\(SweepValue.text(of: changes.sorted { $0.key < $1.key }))"
    }
}
