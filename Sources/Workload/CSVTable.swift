import YAMLTree

/// The records of a CSV file (RFC 4180) with the place of every cell.
///
/// Accepts LF and CRLF, quoted cells with doubled quotes and line breaks inside, and a byte-order mark. Blank lines and
/// lines that begin with `#` are skipped. Blanks belong to their cell.
public struct CSVTable: Sendable {
    public struct Cell: Hashable, Sendable {
        public let text: String
        public let mark: Mark
    }

    /// One record for each line that holds data, the header among them.
    public let records: [[Cell]]

    /// - Throws: the first mistake of the syntax with its place: bad UTF-8, a quote that is not closed, text behind a
    ///   closing quote, a quote inside a bare cell, a lone carriage return.
    public init(_ file: SourceFile) throws(DiagnosticList) {
        var scanner = try CSVRecords(file)
        var records: [[Cell]] = []
        while let record = try scanner.next() { records.append(record) }
        self.records = records
    }
}

/// The records of a CSV file one after the other, for files that are too long to hold all cells; as `CSVTable`.
public struct CSVRecords: Sendable {
    let file: String
    let bytes: [UInt8]
    var index = 0
    var line = 1
    var column = 1

    public init(_ file: SourceFile) throws(DiagnosticList) {
        self.file = file.name
        bytes = Array(try file.validatedUTF8())
    }

    private var mark: Mark { Mark(file: file, line: line, column: column) }
    private var byte: UInt8? { index < bytes.count ? bytes[index] : nil }

    /// The next record; nil at the end.
    public mutating func next() throws(DiagnosticList) -> [CSVTable.Cell]? {
        while let byte {
            if byte == UInt8(ascii: "#") {
                while self.byte != nil, self.byte != UInt8(ascii: "\n") { advance() }
            } else if !(try skipLineEnd()) {
                return try record()
            }
        }
        return nil
    }

    private mutating func record() throws(DiagnosticList) -> [CSVTable.Cell] {
        var cells: [CSVTable.Cell] = []
        while true {
            cells.append(try cell())
            if byte == UInt8(ascii: ",") {
                advance()
            } else {
                _ = try skipLineEnd()
                return cells
            }
        }
    }

    /// A cell up to, but not including, its comma or line end.
    private mutating func cell() throws(DiagnosticList) -> CSVTable.Cell {
        let start = mark
        if byte == UInt8(ascii: "\"") { return CSVTable.Cell(text: try quoted(start), mark: start) }
        let first = index
        while let byte, byte != UInt8(ascii: ","), byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") {
            if byte == UInt8(ascii: "\"") {
                throw error("a quote inside a cell; put the whole cell in quotes and double this one", mark)
            }
            advance()
        }
        return CSVTable.Cell(text: String(decoding: bytes[first..<index], as: UTF8.self), mark: start)
    }

    private mutating func quoted(_ start: Mark) throws(DiagnosticList) -> String {
        var text: [UInt8] = []
        advance()
        while let byte {
            advance()
            if byte != UInt8(ascii: "\"") {
                text.append(byte)
            } else if self.byte == UInt8(ascii: "\"") {
                text.append(byte)
                advance()
            } else {
                let ends: [UInt8?] = [nil, UInt8(ascii: ","), UInt8(ascii: "\n"), UInt8(ascii: "\r")]
                if !ends.contains(self.byte) { throw error("text behind the closing quote of a cell", mark) }
                return String(decoding: text, as: UTF8.self)
            }
        }
        throw error("the quote opened here is not closed", start)
    }

    /// Skips one line end if there is one here.
    private mutating func skipLineEnd() throws(DiagnosticList) -> Bool {
        if byte == UInt8(ascii: "\r") {
            guard index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "\n") else {
                throw error("a carriage return without a line feed; save the file with LF or CRLF line ends", mark)
            }
            index += 1
        }
        guard byte == UInt8(ascii: "\n") else { return false }
        advance()
        return true
    }

    private mutating func advance() {
        if bytes[index] == UInt8(ascii: "\n") {
            (line, column) = (line + 1, 1)
        } else if index + 1 >= bytes.count || bytes[index + 1] & 0xC0 != 0x80 {
            column += 1
        }
        index += 1
    }

    private func error(_ message: String, _ mark: Mark) -> DiagnosticList {
        DiagnosticList(Diagnostic(message, at: mark))
    }
}
