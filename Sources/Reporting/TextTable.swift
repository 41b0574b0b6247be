/// A table for people: columns under one another, numbers to the right.
public struct TextTable: Sendable {
    public enum Alignment: Sendable { case left, right }

    private let alignments: [Alignment]
    private var rows: [[String]] = []
    private var rulesBefore: Set<Int> = []

    public init(_ alignments: [Alignment]) {
        self.alignments = alignments
    }

    public mutating func append(_ row: [String]) {
        precondition(row.count == alignments.count, "a row has a cell for each column")
        rows.append(row)
    }

    /// A line between the row before and the next one.
    public mutating func appendRule() { rulesBefore.insert(rows.count) }

    public var text: String {
        let widths = alignments.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let rule = String(repeating: "-", count: widths.reduce(0, +) + 2 * (widths.count - 1)) + "\n"
        var text = ""
        for (index, row) in rows.enumerated() {
            if rulesBefore.contains(index) { text += rule }
            var line = ""
            for (column, cell) in row.enumerated() {
                let blanks = String(repeating: " ", count: widths[column] - cell.count)
                line += (column > 0 ? "  " : "") + (alignments[column] == .left ? cell + blanks : blanks + cell)
            }
            while line.hasSuffix(" ") { line.removeLast() }
            text += line + "\n"
        }
        return text
    }
}

/// Numbers as people read them.
public enum Figure {
    /// About four significant digits, thousands apart: `1,234`, `12.35`, `0.001235`.
    public static func number(_ value: Double) -> String {
        guard value.isFinite else { return "-" }
        let size = value.magnitude
        if size >= 1e15 { return "\(value)" }
        if size >= 1000 || value == 0 { return count(Int(value.rounded())) }
        var digits = size >= 100 ? 1 : size >= 10 ? 2 : 3
        var limit = 0.1
        while size < limit, digits < 12 { (limit, digits) = (limit / 10, digits + 1) }
        return decimal(value, digits: digits)
    }

    /// `48.3 %`.
    public static func percent(_ fraction: Double) -> String { decimal(100 * fraction, digits: 1) + " %" }

    /// Thousands apart: `1,234,567`.
    public static func count(_ value: Int) -> String {
        let digits = Array(String(value.magnitude))
        var text = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return text
    }

    /// A time in the unit that leaves a number of at least one.
    public static func time(seconds: Double) -> String {
        let units: [(name: String, size: Double)] = [("s", 1), ("ms", 1e-3), ("us", 1e-6)]
        for unit in units where seconds >= unit.size { return "\(number(seconds / unit.size)) \(unit.name)" }
        return "\(number(seconds / 1e-9)) ns"
    }

    /// An energy in the unit that leaves a number of at least one.
    public static func energy(joules: Double) -> String {
        let units: [(name: String, size: Double)] = [("J", 1), ("mJ", 1e-3), ("uJ", 1e-6), ("nJ", 1e-9)]
        for unit in units where joules >= unit.size { return "\(number(joules / unit.size)) \(unit.name)" }
        return "\(number(joules / 1e-12)) pJ"
    }

    static func decimal(_ value: Double, digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        guard value.magnitude * scale < 1e18 else { return "\(value)" }
        let scaled = Int((value.magnitude * scale).rounded())
        let fraction = String(String(scaled % Int(scale) + Int(scale)).dropFirst())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        return "\(sign)\(count(scaled / Int(scale)))" + (digits > 0 ? ".\(fraction)" : "")
    }
}
