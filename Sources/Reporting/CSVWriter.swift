import Foundation

/// A table as CSV by RFC 4180, but with LF line ends, as the files that the program reads have them too.
///
/// Integers are written exactly, floating-point numbers with the fewest digits that read back as the same number, so
/// that the same result gives the same bytes everywhere.
public struct CSVWriter: Sendable {
    public private(set) var text: String
    private let columns: Int

    public init(columns: [String]) {
        self.columns = columns.count
        text = ""
        append(columns.map { CSVCell($0) })
    }

    public mutating func append(_ row: [CSVCell]) {
        precondition(row.count == columns, "a row has \(row.count) cells, the header \(columns)")
        for (index, cell) in row.enumerated() {
            if index > 0 { text += "," }
            text += cell.text
        }
        text += "\n"
    }
}

/// One cell of a CSV table, already in its written form.
public struct CSVCell: Sendable, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral {
    public let text: String
    /// The text without the quotes.
    public var plain: String {
        text.hasPrefix("\"") ? text.dropFirst().dropLast().replacingOccurrences(of: "\"\"", with: "\"") : text
    }

    /// Quoted if the text holds a comma, a quote or a line break.
    public init(_ text: String) {
        let needsQuotes = text.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
        self.text = needsQuotes ? "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : text
    }

    public init(_ number: Int) { text = "\(number)" }

    /// Nothing for nil.
    public init(_ number: Int?) { text = number.map { "\($0)" } ?? "" }

    public init(_ number: UInt64) { text = "\(number)" }

    public init(_ number: Double) { text = number == 0 ? "0" : "\(number)" }

    /// Nothing for nil.
    public init(_ number: Double?) { text = number.map { CSVCell($0).text } ?? "" }

    public init(stringLiteral text: String) { self.init(text) }
    public init(integerLiteral number: Int) { self.init(number) }
}
