/// A piece of a YAML document with its place: a scalar, a list or a mapping.
///
/// Aliases are already expanded; tags are not supported; a scalar is kept as text and given a type by its reader.
public indirect enum Node: Hashable, Sendable {
    /// Text, and whether it was written without quotes (a plain `null` or nothing at all means no value).
    case scalar(text: String, isPlain: Bool, mark: Mark)
    case list([Node], mark: Mark)
    case mapping([Entry], mark: Mark)

    /// A key with its place and value.
    public struct Entry: Hashable, Sendable {
        public let key: String
        public let keyMark: Mark
        public var value: Node

        public init(key: String, keyMark: Mark, value: Node) {
            self.key = key
            self.keyMark = keyMark
            self.value = value
        }
    }

    /// Where the node begins.
    public var mark: Mark {
        switch self {
        case .scalar(_, _, let mark), .list(_, let mark), .mapping(_, let mark): mark
        }
    }

    /// Whether this is an unquoted `null`, `~` or nothing.
    public var isNull: Bool {
        guard case .scalar(let text, true, _) = self else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// What the node is, in words for messages: `a list`, `a mapping`, `'text'` or `empty`.
    public var phrase: String {
        switch self {
        case .scalar(let text, _, _): isNull ? "empty" : "'\(text)'"
        case .list: "a list"
        case .mapping: "a mapping"
        }
    }

    /// The value of a key of a mapping; nil for a missing key or another kind of node.
    public subscript(key: String) -> Node? {
        guard case .mapping(let entries, _) = self else { return nil }
        return entries.first { $0.key == key }?.value
    }
}
