/// The rows of a hand-written comma-separated file, with the place of every cell.
///
/// Takes what spreadsheets and editors leave behind: UTF-8 with or without byte order mark, LF, CRLF or CR line ends, a
/// trailing comma or none, tabs and spaces around cells, rows separated by tabs or semicolons when they have no comma,
/// quoted cells (RFC 4180), blank rows (also rows of only commas), and comments: a row or cell that starts with `#` or
/// `//` and all that follows it.
struct TableText {
    struct Cell: Equatable {
        /// Without surrounding blanks.
        let text: String
        /// 1-based position of the first character that is not blank, or of the empty cell.
        let column: Int
    }

    struct Row: Equatable {
        let line: Int
        /// At least one cell is not empty. Trailing empty cells are dropped.
        let cells: [Cell]
        /// Where the row ends: the place to name when a cell is missing.
        let endColumn: Int
    }

    let rows: [Row]

    init(_ bytes: [UInt8], file: String) throws(TableMistakes) {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            let message = "the file is UTF-16; save it as UTF-8"
            throw TableMistakes([TableMistake(file: file, line: 1, column: 1, message: message)])
        }
        let bom: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = String(decoding: bytes.starts(with: bom) ? bytes[3...] : bytes[...], as: UTF8.self)
        var rows: [Row] = []
        for (index, line) in TableText.lines(of: text).enumerated() {
            let cells = TableText.cells(of: line)
            if cells.contains(where: { !$0.text.isEmpty }) {
                rows.append(Row(line: index + 1, cells: cells, endColumn: max(1, line.count)))
            }
        }
        self.rows = rows
    }

    /// Lines without their ends; each as Unicode scalars, so that CR LF is two.
    static func lines(of text: String) -> [[Unicode.Scalar]] {
        var lines: [[Unicode.Scalar]] = []
        var line: [Unicode.Scalar] = []
        var afterReturn = false
        for scalar in text.unicodeScalars {
            if scalar == "\n" && afterReturn {
                afterReturn = false
                continue
            }
            afterReturn = scalar == "\r"
            if scalar == "\n" || scalar == "\r" {
                lines.append(line)
                line = []
            } else {
                line.append(scalar)
            }
        }
        lines.append(line)
        return lines
    }

    private static func cells(of line: [Unicode.Scalar]) -> [Cell] {
        let separator: Unicode.Scalar = line.contains(",") ? "," : line.contains("\t") ? "\t" : ";"
        var cells: [Cell] = []
        var start = 0
        var quoted = false
        for end in 0...line.count {
            if end < line.count, line[end] == "\"" { quoted.toggle() }
            guard end == line.count || (line[end] == separator && !quoted) else { continue }
            let cell = trimmed(line[start..<end])
            if cell.text.hasPrefix("#") || cell.text.hasPrefix("//") { break }
            cells.append(cell)
            start = end + 1
        }
        while cells.last?.text.isEmpty == true { cells.removeLast() }
        return cells
    }

    private static func trimmed(_ slice: ArraySlice<Unicode.Scalar>) -> Cell {
        let blank: (Unicode.Scalar) -> Bool = { $0.properties.isWhitespace || $0 == "\u{FEFF}" }
        guard let first = slice.firstIndex(where: { !blank($0) }), let last = slice.lastIndex(where: { !blank($0) })
        else { return Cell(text: "", column: slice.startIndex + 1) }
        var text = String(String.UnicodeScalarView(slice[first...last]))
        if text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") {
            text = text.dropFirst().dropLast().split(separator: "\"\"", omittingEmptySubsequences: false)
                .joined(separator: "\"")
        }
        return Cell(text: text, column: first + 1)
    }
}

extension TableText.Cell {
    /// The cell as a whole number: digits, or digits with a fraction of zeros, as spreadsheets write them.
    var wholeNumber: Int? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, parts[1].contains(where: { $0 != "0" }) { return nil }
        guard let digits = parts.first, !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else {
            return nil
        }
        return Int(digits)
    }
}
