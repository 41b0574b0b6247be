extension SourceFile {
    /// The bytes without a byte-order mark.
    ///
    /// - Throws: a diagnostic with line and column at the first byte that is not UTF-8.
    public func validatedUTF8() throws(DiagnosticList) -> ArraySlice<UInt8> {
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        var line = 1
        var column = 1
        var index = content.startIndex
        while index < content.endIndex {
            let length = scalarLength(content, at: index)
            guard length > 0 else {
                let hex = String(bytes[index], radix: 16, uppercase: true)
                let message = "byte 0x\(hex.count == 1 ? "0" : "")\(hex) is not UTF-8; save the file as UTF-8"
                throw DiagnosticList(Diagnostic(message, at: Mark(file: name, line: line, column: column)))
            }
            if content[index] == UInt8(ascii: "\n") {
                (line, column) = (line + 1, 1)
            } else {
                column += 1
            }
            index += length
        }
        return content
    }

    /// The place of byte `offset` of text that is known to be UTF-8.
    func mark(ofByte offset: Int, in content: ArraySlice<UInt8>) -> Mark {
        var line = 1
        var column = 1
        for byte in content.prefix(offset) {
            if byte == UInt8(ascii: "\n") {
                (line, column) = (line + 1, 1)
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return Mark(file: name, line: line, column: column)
    }
}

/// The length of the well-formed UTF-8 sequence at `index` (Unicode 15, table 3-7), or 0.
private func scalarLength(_ bytes: ArraySlice<UInt8>, at index: Int) -> Int {
    let first = bytes[index]
    if first < 0x80 { return 1 }
    let second: ClosedRange<UInt8>
    let length: Int
    switch first {
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return 0
    }
    guard index + length <= bytes.endIndex, second.contains(bytes[index + 1]) else { return 0 }
    for offset in 2..<max(2, length) where bytes[index + offset] & 0xC0 != 0x80 { return 0 }
    return length
}
