/// Decodes a mapping key by key, noting every mistake instead of stopping at the first.
///
/// Ask for keys with `key` (required) and `ifPresent` (optional), give each its type with a getter of `Element`, add
/// checks across keys with `require`, and call `finish()` once on the root: it reports all mistakes of the file in
/// order of place, among them each key that nobody asked for, in this mapping and in every nested one.
///
///     let reader = Reader(try Node.parse(path: "edge.yaml"))
///     let rows = reader.key("rows").int(in: 1...1024)
///     let clock = reader.key("clock").frequency()
///     try reader.finish()
public final class Reader {
    /// What a file's readers share: the mistakes so far, and every mapping that was opened.
    final class Log {
        var diagnostics: [Diagnostic] = []
        var readers: [Reader] = []
    }

    /// Where the mapping was named (its key), or where it begins.
    public let mark: Mark
    /// The dotted path of the mapping; empty for the root.
    public let path: String
    let log: Log
    private let entries: [Node.Entry]
    /// Whether this stands in for a mapping that could not be read; then nothing is reported about it.
    private let isPlaceholder: Bool
    /// The keys that somebody asked for, in order and for look-up.
    private var asked: [String] = []
    private var known: Set<String> = []

    /// A reader of a whole document, which must be a mapping.
    public convenience init(_ root: Node) {
        let log = Log()
        if case .mapping(let entries, let mark) = root {
            self.init(entries, mark: mark, path: "", log: log)
        } else {
            log.diagnostics.append(Diagnostic("the file must hold a mapping, not \(root.phrase)", at: root.mark))
            self.init(nil, mark: root.mark, path: "", log: log)
        }
    }

    init(_ entries: [Node.Entry]?, mark: Mark, path: String, log: Log) {
        self.entries = entries ?? []
        self.isPlaceholder = entries == nil
        self.mark = mark
        self.path = path
        self.log = log
        log.readers.append(self)
    }

    /// The value of a required key; notes an error if it is missing.
    public func key(_ name: String) -> Element {
        if let element = element(name) { return element }
        if !isPlaceholder {
            let place = path.isEmpty ? "" : " in '\(path)'"
            log.diagnostics.append(Diagnostic("missing key '\(name)'\(place)", at: mark, keyPath: joined(name)))
        }
        return Element(nil, mark: mark, path: joined(name), log: log)
    }

    /// The value of an optional key; nil if it is absent or null.
    public func ifPresent(_ name: String) -> Element? {
        guard let element = element(name), element.node?.isNull != true else { return nil }
        return element
    }

    /// All keys with their values, for a mapping whose keys are the user's own names; none is unknown then.
    public func allEntries() -> [(name: Field<String>, value: Element)] {
        entries.map { entry in
            let path = joined(entry.key)
            know(entry.key)
            let element = Element(entry.value, mark: entry.keyMark, path: path, log: log)
            return (Field(entry.key, mark: entry.keyMark, path: path), element)
        }
    }

    /// Notes a mistake found by the caller.
    public func report(_ message: String, at mark: Mark, keyPath: String? = nil, suggestion: String? = nil) {
        log.diagnostics.append(Diagnostic(message, at: mark, keyPath: keyPath, suggestion: suggestion))
    }

    /// Notes a contradiction between two keys, citing both places:
    /// `'tRAS' is 10 ns but must be at least tRCD (14 ns), set at edge.yaml:20:11`.
    ///
    /// Says nothing if either value is already known to be wrong.
    public func require<First, Second>(
        _ condition: @autoclosure () -> Bool, _ field: Field<First>, _ relation: String, _ other: Field<Second>
    ) {
        guard field.isValid, other.isValid, !condition() else { return }
        let message =
            "'\(field.name)' is \(field.value) but \(relation) \(other.name) (\(other.value)), set at \(other.mark)"
        log.diagnostics.append(Diagnostic(message, at: field.mark, keyPath: field.path))
    }

    /// Notes that one value is not acceptable: `'rows' is 100 but must be a power of two`.
    public func require<Value>(_ condition: @autoclosure () -> Bool, _ field: Field<Value>, _ rule: String) {
        guard field.isValid, !condition() else { return }
        let message = "'\(field.name)' is \(field.value) but \(rule)"
        log.diagnostics.append(Diagnostic(message, at: field.mark, keyPath: field.path))
    }

    /// Ends the decoding of the whole file.
    ///
    /// - Throws: every mistake noted, and every key that was not asked for with the nearest one that was.
    public func finish() throws(DiagnosticList) {
        for reader in log.readers {
            reader.reportUnknownKeys()
        }
        log.readers.removeAll()
        guard !log.diagnostics.isEmpty else { return }
        let ordered = log.diagnostics.enumerated().sorted { left, right in
            switch (left.element.mark.position, right.element.mark.position) {
            case (let first?, let second?) where first != second: first < second
            case (.some, .none): true
            case (.none, .some): false
            default: left.offset < right.offset
            }
        }
        throw DiagnosticList(ordered.map(\.element))
    }

    private func reportUnknownKeys() {
        for entry in entries where !known.contains(entry.key) {
            let suggestion = nearestName(to: entry.key, in: asked)
            let place = path.isEmpty ? "" : " in '\(path)'"
            log.diagnostics.append(
                Diagnostic(
                    "unknown key '\(entry.key)'\(place)", at: entry.keyMark, keyPath: joined(entry.key),
                    suggestion: suggestion))
        }
    }

    private func element(_ name: String) -> Element? {
        know(name)
        guard let entry = entries.first(where: { $0.key == name }) else { return nil }
        return Element(entry.value, mark: entry.keyMark, path: joined(name), log: log)
    }

    private func know(_ name: String) {
        if known.insert(name).inserted { asked.append(name) }
    }

    private func joined(_ name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }
}

extension Reader {
    /// A stand-in for a mapping that the file may leave out: nothing in it is found, and nothing is reported missing.
    public func absentSection(_ name: String) -> Reader {
        Reader(nil, mark: mark, path: path.isEmpty ? name : "\(path).\(name)", log: log)
    }
}
