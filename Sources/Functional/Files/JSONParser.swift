/// A strict parser of JSON (RFC 8259) with limits, for files that may be hostile.
///
/// It refuses what the grammar refuses, and also: nesting deeper than `maximumDepth`, duplicate keys (compared byte by
/// byte), numbers longer than 64 characters or beyond the range of a Double, ill-formed UTF-8, and lone surrogates.
/// Memory is proportional to the text, one node per two bytes at worst, and `maximumNodes` bounds it.
public struct JSONParser {
    /// Containers inside containers; a `config.json` has 3, a `tokenizer.json` 7.
    public static let maximumDepth = 64
    static let longestNumber = 64
    /// Values in a text; the tokenizer of a vocabulary of 150,000 has 600,000.
    public static let maximumNodes = 4_000_000

    private let file: String
    private let bytes: [UInt8]
    private var index = 0
    private var nodes = 0

    /// Parses a whole text.
    /// - Parameters:
    ///   - bytes: the text, UTF-8, without a byte-order mark.
    ///   - file: the name that errors carry.
    public static func parse(_ bytes: [UInt8], file: String) throws(ModelFileError) -> JSONDocument {
        var parser = JSONParser(file: file, bytes: bytes)
        parser.skipSpace()
        let root = try parser.value(depth: 0)
        parser.skipSpace()
        if parser.index < bytes.count { throw parser.error("text after the end of the JSON value") }
        return JSONDocument(file: file, root: root, bytes: bytes)
    }

    private init(file: String, bytes: [UInt8]) {
        self.file = file
        self.bytes = bytes
    }

    private func error(_ message: String, at offset: Int? = nil) -> ModelFileError {
        ModelFileError(file: file, position: JSONDocument.position(at: offset ?? index, in: bytes), message)
    }

    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return
            }
        }
    }

    private mutating func value(depth: Int) throws(ModelFileError) -> JSONNode {
        let start = index
        nodes += 1
        if nodes > Self.maximumNodes { throw error("more than \(Self.maximumNodes) values") }
        guard let byte = current else { throw error("the text ends where a value was expected") }
        switch byte {
        case UInt8(ascii: "{"):
            return JSONNode(value: .object(try object(depth: depth)), offset: start)
        case UInt8(ascii: "["):
            return JSONNode(value: .array(try array(depth: depth)), offset: start)
        case UInt8(ascii: "\""):
            return JSONNode(value: .string(try string()), offset: start)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return JSONNode(value: .number(try number()), offset: start)
        default:
            for (word, value) in [("true", JSONValue.bool(true)), ("false", .bool(false)), ("null", .null)]
            where bytes[index...].starts(with: word.utf8) {
                index += word.utf8.count
                return JSONNode(value: value, offset: start)
            }
            throw error("expected a JSON value, found byte 0x\(String(byte, radix: 16, uppercase: true))")
        }
    }

    private func checkDepth(_ depth: Int) throws(ModelFileError) {
        if depth >= Self.maximumDepth { throw error("nesting deeper than \(Self.maximumDepth)") }
    }

    private mutating func array(depth: Int) throws(ModelFileError) -> [JSONNode] {
        try checkDepth(depth)
        index += 1
        var elements: [JSONNode] = []
        skipSpace()
        if current == UInt8(ascii: "]") {
            index += 1
            return elements
        }
        while true {
            skipSpace()
            elements.append(try value(depth: depth + 1))
            skipSpace()
            switch current {
            case UInt8(ascii: ","): index += 1
            case UInt8(ascii: "]"):
                index += 1
                return elements
            default: throw error("expected ',' or ']' in an array")
            }
        }
    }

    private mutating func object(depth: Int) throws(ModelFileError) -> [JSONMember] {
        try checkDepth(depth)
        index += 1
        var members: [JSONMember] = []
        var seen = Set<ExactString>()
        skipSpace()
        if current == UInt8(ascii: "}") {
            index += 1
            return members
        }
        while true {
            skipSpace()
            let keyOffset = index
            guard current == UInt8(ascii: "\"") else { throw error("expected a key in double quotes") }
            let key = try string()
            if !seen.insert(ExactString(key)).inserted {
                throw error("duplicate key '\(printable(key))'", at: keyOffset)
            }
            skipSpace()
            guard current == UInt8(ascii: ":") else { throw error("expected ':' after key '\(printable(key))'") }
            index += 1
            skipSpace()
            members.append(JSONMember(key: key, keyOffset: keyOffset, node: try value(depth: depth + 1)))
            skipSpace()
            switch current {
            case UInt8(ascii: ","): index += 1
            case UInt8(ascii: "}"):
                index += 1
                return members
            default: throw error("expected ',' or '}' in an object")
            }
        }
    }

    private mutating func number() throws(ModelFileError) -> JSONNumber {
        let start = index
        var isInteger = true
        if current == UInt8(ascii: "-") { index += 1 }
        let integerStart = index
        try digits()
        if bytes[integerStart] == UInt8(ascii: "0"), index - integerStart > 1 {
            throw error("a number has a leading zero", at: start)
        }
        if current == UInt8(ascii: ".") {
            isInteger = false
            index += 1
            try digits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isInteger = false
            index += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { index += 1 }
            try digits()
        }
        guard index - start <= Self.longestNumber else {
            throw error("a number of \(index - start) characters; at most \(Self.longestNumber) are read", at: start)
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        guard let double = Double(text), double.isFinite else {
            throw error("the number \(text) is beyond the range of a 64-bit float", at: start)
        }
        return JSONNumber(double: double, integer: isInteger ? Int(text) : nil)
    }

    private mutating func digits() throws(ModelFileError) {
        let start = index
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
        if index == start { throw error("expected a digit") }
    }

    private mutating func string() throws(ModelFileError) -> String {
        let start = index
        index += 1
        var text: [UInt8] = []
        while true {
            guard let byte = current else { throw error("a string that never ends", at: start) }
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw error("a string is not valid UTF-8", at: start)
                }
                return string
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw error("a control character inside a string", at: index - 1)
            default: text.append(byte)
            }
        }
    }

    private mutating func escape(into text: inout [UInt8]) throws(ModelFileError) {
        let start = index - 1
        guard let byte = current else { throw error("a string that never ends", at: start) }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexUnit(from: start)
            if (0xD800..<0xDC00).contains(code), bytes[index...].starts(with: #"\u"#.utf8) {
                index += 2
                let low = try hexUnit(from: start)
                guard (0xDC00..<0xE000).contains(low) else { throw error("a lone surrogate escape", at: start) }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw error("a lone surrogate escape", at: start) }
            text.append(contentsOf: UTF8.encode(scalar)!)
        default: throw error("an unknown escape in a string", at: start)
        }
    }

    private mutating func hexUnit(from start: Int) throws(ModelFileError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw error("an escape \\u needs four hexadecimal digits", at: start)
            }
            code = code << 4 + UInt32(digit)
            index += 1
        }
        return code
    }

    private func printable(_ key: String) -> String { key.count > 60 ? key.prefix(60) + "…" : key }
}
