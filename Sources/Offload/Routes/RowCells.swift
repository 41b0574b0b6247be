/// Walks over the cells of one line of plain CSV.
struct RowCells {
    let row: UnsafeRawBufferPointer
    /// Where the next cell begins; beyond the end of the row if there is none.
    private(set) var index = 0
    /// Where the cell that was last asked for begins.
    private(set) var cellStart = 0

    init(_ row: UnsafeRawBufferPointer) {
        self.row = row
    }

    /// The next cell as a number of at most 18 digits; nil, without going on, if it is none.
    @inline(__always)
    mutating func wholeNumber() -> Int? {
        cellStart = index
        var place = index
        var value = 0
        while place < row.count {
            let digit = row[place] &- 0x30
            guard digit < 10 else { break }
            value = value &* 10 &+ Int(digit)
            place += 1
        }
        guard place > index, place - index <= 18, place >= row.count || row[place] == UInt8(ascii: ",") else {
            return nil
        }
        index = place + 1
        return value
    }

    /// The next cell as a decimal number, with or without an exponent; nil, without going on, if it is none.
    @inline(__always)
    mutating func decimal() -> Double? {
        cellStart = index
        var place = index
        var digits = 0
        var fraction = 0
        var seenPoint = false
        while place < row.count, row[place] != UInt8(ascii: ",") {
            let digit = row[place] &- 0x30
            if digit < 10 {
                digits = digits &* 10 &+ Int(digit)
                fraction += seenPoint ? 1 : 0
            } else if row[place] == UInt8(ascii: "."), !seenPoint {
                seenPoint = true
            } else {
                return slowDecimal()
            }
            place += 1
        }
        // Both are exact, so that their quotient is rounded once.
        guard place > index + (seenPoint ? 1 : 0), place - index <= 16 else { return slowDecimal() }
        index = place + 1
        return Double(digits) / Self.powersOfTen[fraction]
    }

    private mutating func slowDecimal() -> Double? {
        let text = cellText
        guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let value = Double(text), value.isFinite
        else { return nil }
        index = cellStart + text.utf8.count + 1
        return value
    }

    /// The cell that was last asked for.
    var cellText: String {
        let rest = row[min(cellStart, row.count)...]
        return String(decoding: rest.prefix { $0 != UInt8(ascii: ",") }, as: UTF8.self)
    }

    /// The cell that was last asked for as a message can show it: at most 40 characters, those that do not print as
    /// `\0`.
    var shownText: String {
        let scalars = cellText.unicodeScalars
        return scalars.prefix(40).map { $0.value < 0x20 || $0.value == 0x7F ? $0.escaped(asASCII: true) : String($0) }
            .joined() + (scalars.count > 40 ? "…" : "")
    }

    /// How many cells a row has.
    static func count(_ row: UnsafeRawBufferPointer) -> Int {
        row.reduce(1) { $0 + ($1 == UInt8(ascii: ",") ? 1 : 0) }
    }

    /// The column, from 1, at which a cell (from 0) of a row begins.
    static func column(of cell: Int, in row: UnsafeRawBufferPointer) -> Int {
        var seen = 0
        for (index, byte) in row.enumerated() where byte == UInt8(ascii: ",") {
            seen += 1
            if seen == cell { return index + 2 }
        }
        return 1
    }

    private static let powersOfTen = (0...16).map { power in (0..<power).reduce(1.0) { value, _ in value * 10 } }
}
