/// A value that replaces one of a file before it is decoded: `pim.bank.rows = 64`.
public struct Override: Hashable, Sendable {
    /// The dotted path of the key; a list item is its position from 0: `tiers.0.size`.
    public let path: String
    /// The new value as YAML: a scalar, or a list or mapping in flow form.
    public let text: String

    public init(path: String, text: String) {
        self.path = path
        self.text = text
    }

    /// Reads `path=value`, with blanks allowed around the equals sign.
    ///
    /// - Throws: a usage diagnostic if there is no `=` or no path.
    public init(assignment: String) throws(DiagnosticList) {
        guard let sign = assignment.firstIndex(of: "=") else {
            throw Self.error("'\(assignment)' is not of the form key.path=value", kind: .usage)
        }
        let path = String(assignment[..<sign]).trimmingBlanks()
        if path.isEmpty { throw Self.error("'\(assignment)' has no key before '='", kind: .usage) }
        self.init(path: path, text: String(assignment[assignment.index(after: sign)...]).trimmingBlanks())
    }

    /// The place that overridden values report.
    public static let mark = Mark(file: "override")

    static func error(
        _ message: String, kind: Diagnostic.Kind = .badData, path: String? = nil, suggestion: String? = nil
    ) -> DiagnosticList {
        DiagnosticList(Diagnostic(message, at: mark, kind: kind, keyPath: path, suggestion: suggestion))
    }
}

extension Node {
    /// The tree with one value replaced, or added to a mapping that exists.
    ///
    /// - Throws: a diagnostic at `override` if a part of the path before the last does not exist, if a list has no
    ///   such item, or if the text is not YAML.
    public func applying(_ override: Override) throws(DiagnosticList) -> Node {
        let value: Node
        do {
            value = try Node.parse(SourceFile(name: "override", text: override.text))
        } catch {
            if override.text.isEmpty { throw Override.error("'\(override.path)' has no value", path: override.path) }
            throw Override.error(
                "the value of '\(override.path)': \(error.diagnostics[0].message)", path: override.path)
        }
        return try setting(override.path, at: Override.mark, to: value.marked(Override.mark))
    }

    /// The tree with the value at a dotted path replaced, or added to a mapping that exists.
    ///
    /// - Parameter mark: where the path is written: the place of a key that is added, and of the mistakes.
    /// - Throws: a diagnostic if a part of the path before the last does not exist, or if a list has no such item.
    public func setting(_ path: String, at mark: Mark, to value: Node) throws(DiagnosticList) -> Node {
        let parts = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        return try replacing(parts[...], with: value, done: [], of: (path, mark))
    }

    private func replacing(
        _ parts: ArraySlice<String>, with value: Node, done: [String], of target: (path: String, mark: Mark)
    ) throws(DiagnosticList) -> Node {
        func mistake(_ message: String, suggestion: String? = nil) -> DiagnosticList {
            DiagnosticList(
                Diagnostic(message, at: target.mark, keyPath: target.path, suggestion: suggestion))
        }
        guard let part = parts.first else { return value }
        let place = done.isEmpty ? "" : " in '\(done.joined(separator: "."))'"
        switch self {
        case .mapping(var entries, let mark):
            if let index = entries.firstIndex(where: { $0.key == part }) {
                let old = entries[index].value
                entries[index].value = try old.replacing(
                    parts.dropFirst(), with: value, done: done + [part], of: target)
            } else if parts.count == 1 {
                entries.append(Entry(key: part, keyMark: target.mark, value: value))
            } else {
                throw mistake(
                    "cannot set '\(target.path)': there is no key '\(part)'\(place)",
                    suggestion: nearestName(to: part, in: entries.map(\.key)))
            }
            return .mapping(entries, mark: mark)
        case .list(var items, let mark):
            guard let index = Int(part), items.indices.contains(index) else {
                throw mistake(
                    "cannot set '\(target.path)': there is no item '\(part)'\(place), which has \(items.count)")
            }
            items[index] = try items[index].replacing(
                parts.dropFirst(), with: value, done: done + [part], of: target)
            return .list(items, mark: mark)
        case .scalar:
            throw mistake(
                "cannot set '\(target.path)': '\(done.joined(separator: "."))' is not a mapping")
        }
    }

    /// The same tree with every mark replaced.
    private func marked(_ mark: Mark) -> Node {
        switch self {
        case .scalar(let text, let isPlain, _): .scalar(text: text, isPlain: isPlain, mark: mark)
        case .list(let items, _): .list(items.map { $0.marked(mark) }, mark: mark)
        case .mapping(let entries, _):
            .mapping(entries.map { Entry(key: $0.key, keyMark: mark, value: $0.value.marked(mark)) }, mark: mark)
        }
    }
}

extension String {
    fileprivate func trimmingBlanks() -> String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}
