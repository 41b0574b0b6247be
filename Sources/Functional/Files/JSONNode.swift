/// One value of a JSON text and the byte where it begins.
public struct JSONNode: Sendable {
    public var value: JSONValue
    /// Byte offset of the value's first character in its text.
    public var offset: Int
}

/// A JSON value. An object keeps its members in the order of the text; the parser has refused duplicate keys.
public enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONNode])
    case object([JSONMember])

    /// The word an error message uses for this kind of value.
    public var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// A number as a finite Double and, where it was written as an integer that fits, exactly.
public struct JSONNumber: Sendable, Equatable {
    public var double: Double
    public var integer: Int?
}

/// A key and its value.
public struct JSONMember: Sendable {
    public var key: String
    public var keyOffset: Int
    public var node: JSONNode
}

/// A parsed JSON text with what is needed to say where something stands in it.
public struct JSONDocument: Sendable {
    public let file: String
    public let root: JSONNode
    let bytes: [UInt8]

    /// Line and column (both from 1; columns count bytes) of a byte offset.
    public func position(at offset: Int) -> ModelFileError.Position {
        Self.position(at: offset, in: bytes)
    }

    static func position(at offset: Int, in bytes: [UInt8]) -> ModelFileError.Position {
        var line = 1
        var lineStart = 0
        for index in 0..<min(offset, bytes.count) where bytes[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        return .text(line: line, column: min(offset, bytes.count) - lineStart + 1)
    }

    /// An error about `node`.
    public func error(
        _ message: String, at node: JSONNode, subject: String? = nil, kind: ModelFileError.Kind = .badData
    ) -> ModelFileError {
        ModelFileError(kind, file: file, position: position(at: node.offset), subject: subject, message)
    }
}

/// A string that is equal to another only when their bytes are, where `String` takes canonically equivalent texts
/// for the same: two tokens of a vocabulary may differ by nothing else.
struct ExactString: Hashable {
    var string: String

    init(_ string: String) { self.string = string }

    static func == (left: Self, right: Self) -> Bool { left.string.utf8.elementsEqual(right.string.utf8) }

    func hash(into hasher: inout Hasher) {
        var copy = string
        copy.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
