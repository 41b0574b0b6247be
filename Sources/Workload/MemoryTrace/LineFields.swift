/// What is wrong in a line, and at which of its bytes.
struct LineMistake: Error {
    let message: String
    let column: Int

    init(_ message: String, at column: Int) {
        self.message = message
        self.column = column
    }
}

/// The blank-separated fields of one line, read from the left.
struct LineFields {
    private let line: [UInt8]
    private(set) var position = 0

    init(_ line: [UInt8]) {
        self.line = line
    }

    /// Goes on to the next field and returns its place; nil at the end of the line.
    mutating func skipBlanks() -> Int? {
        while position < line.count, Self.isBlank(line[position]) { position += 1 }
        return position < line.count ? position : nil
    }

    /// A number below 2^56: decimal, hexadecimal behind `0x`, or hexadecimal throughout.
    mutating func number(_ name: String, isHexadecimal: Bool = false) throws(LineMistake) -> Int {
        let field = try take(name)
        var digits = field
        var radix = isHexadecimal ? 16 : 10
        if digits.count > 2, line[digits.lowerBound] == UInt8(ascii: "0"), line[digits.lowerBound + 1] | 0x20 == 0x78 {
            radix = 16
            digits = digits.lowerBound + 2..<digits.upperBound
        }
        var value = 0
        for index in digits {
            guard let digit = Self.digit(line[index]), digit < radix else {
                throw LineMistake("\(name) must be a number, not '\(text(field))'", at: field.lowerBound)
            }
            value = value * radix + digit
            guard value < 1 << 56 else {
                throw LineMistake("\(name) \(text(field)) is not below 2^56", at: field.lowerBound)
            }
        }
        return value
    }

    /// Whether the next field names a write; the names may be in small letters.
    mutating func operation(read: String, write: String) throws(LineMistake) -> Bool {
        let field = try take("operation")
        let word = text(field)
        if word == read || word == read.lowercased() { return false }
        if word == write || word == write.lowercased() { return true }
        throw LineMistake("the operation must be \(read) or \(write), not '\(word)'", at: field.lowerBound)
    }

    private mutating func take(_ name: String) throws(LineMistake) -> Range<Int> {
        guard let start = skipBlanks() else { throw LineMistake("the \(name) is missing", at: line.count) }
        while position < line.count, !Self.isBlank(line[position]) {
            if line[position] == 0 { throw LineMistake("there is a NUL byte here", at: position) }
            position += 1
        }
        return start..<position
    }

    /// A field for a message: at most 40 characters, what is no text replaced.
    private func text(_ range: Range<Int>) -> String {
        let shown = range.prefix(40).map { line[$0] }
        return String(decoding: shown, as: UTF8.self) + (range.count > 40 ? "..." : "")
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

    private static func digit(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte) - 0x30
        case 0x41...0x46: Int(byte) - 0x41 + 10
        case 0x61...0x66: Int(byte) - 0x61 + 10
        default: nil
        }
    }
}
