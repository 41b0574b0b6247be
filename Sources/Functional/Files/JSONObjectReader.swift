/// Reads typed values out of one JSON object; each refusal names the key and its place.
public struct JSONObjectReader {
    public let document: JSONDocument
    public let node: JSONNode
    private let path: String
    private let members: [JSONMember]

    /// - Parameter path: key path of the object inside the document, empty for the root.
    public init(_ document: JSONDocument, _ node: JSONNode, path: String = "") throws(ModelFileError) {
        guard case .object(let members) = node.value else {
            throw document.error(
                "expected an object, found \(node.value.kindName)", at: node, subject: path.isEmpty ? nil : path)
        }
        self.document = document
        self.node = node
        self.path = path
        self.members = members
    }

    /// The value of `key`; `null` counts as absent.
    public func node(_ key: String) -> JSONNode? {
        guard let member = members.first(where: { $0.key == key }) else { return nil }
        if case .null = member.node.value { return nil }
        return member.node
    }

    public var all: [JSONMember] { members }

    /// Whether the key is written at all, be it with `null`.
    public func isWritten(_ key: String) -> Bool { members.contains { $0.key == key } }

    public func keyPath(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    public func error(
        _ message: String, key: String, kind: ModelFileError.Kind = .badData
    ) -> ModelFileError {
        document.error(message, at: node(key) ?? node, subject: keyPath(key), kind: kind)
    }

    /// An integer in `range`, or nil if the key is absent.
    public func integer(_ key: String, in range: ClosedRange<Int>) throws(ModelFileError) -> Int? {
        guard let node = node(key) else { return nil }
        guard case .number(let number) = node.value, let integer = number.integer else {
            throw error("expected an integer, found \(describe(node.value))", key: key)
        }
        guard range.contains(integer) else {
            throw error("\(integer) is outside \(range.lowerBound)...\(range.upperBound)", key: key)
        }
        return integer
    }

    public func requiredInteger(_ key: String, in range: ClosedRange<Int>) throws(ModelFileError) -> Int {
        guard let integer = try integer(key, in: range) else { throw missing(key) }
        return integer
    }

    /// A finite number in `range`, or nil if the key is absent.
    public func number(_ key: String, in range: ClosedRange<Double>) throws(ModelFileError) -> Double? {
        guard let node = node(key) else { return nil }
        guard case .number(let number) = node.value else {
            throw error("expected a number, found \(describe(node.value))", key: key)
        }
        guard range.contains(number.double) else {
            throw error("\(number.double) is outside \(range.lowerBound)...\(range.upperBound)", key: key)
        }
        return number.double
    }

    public func bool(_ key: String) throws(ModelFileError) -> Bool? {
        guard let node = node(key) else { return nil }
        guard case .bool(let value) = node.value else {
            throw error("expected true or false, found \(describe(node.value))", key: key)
        }
        return value
    }

    public func string(_ key: String) throws(ModelFileError) -> String? {
        guard let node = node(key) else { return nil }
        guard case .string(let value) = node.value else {
            throw error("expected a string, found \(describe(node.value))", key: key)
        }
        return value
    }

    public func array(_ key: String) throws(ModelFileError) -> [JSONNode]? {
        guard let node = node(key) else { return nil }
        guard case .array(let value) = node.value else {
            throw error("expected an array, found \(describe(node.value))", key: key)
        }
        return value
    }

    public func object(_ key: String) throws(ModelFileError) -> JSONObjectReader? {
        guard let node = node(key) else { return nil }
        return try JSONObjectReader(document, node, path: keyPath(key))
    }

    public func missing(_ key: String) -> ModelFileError {
        document.error("the key '\(keyPath(key))' is missing", at: node)
    }

    private func describe(_ value: JSONValue) -> String {
        if case .number(let number) = value { return number.integer.map(String.init) ?? "\(number.double)" }
        return value.kindName
    }
}
