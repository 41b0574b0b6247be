import Workload
import YAMLTree

/// A CSV file with a header, read row by row; notes every mistake, up to a number that a person reads.
final class TableFile {
    let path: String
    let columns: [String]
    private let positions: [String: Int]
    private var records: CSVRecords
    private var mistakes: [Diagnostic] = []

    static let mistakesShown = 20
    /// The largest file that is read.
    static let sizeLimit = 1 << 30

    /// - Parameter required: columns without which the file cannot be used.
    /// - Throws: the file's absence, a mistake in its form, and every missing column.
    init(_ path: String, required: [String]) throws(DiagnosticList) {
        self.path = path
        records = try CSVRecords(try SourceFile.read(path, limit: Self.sizeLimit))
        guard let header = try records.next() else {
            throw DiagnosticList(Diagnostic("the file is empty; expected a header", at: Mark(file: path)))
        }
        columns = header.map(\.text)
        var positions: [String: Int] = [:]
        for (index, cell) in header.enumerated() {
            if positions.updateValue(index, forKey: cell.text) != nil {
                mistakes.append(Diagnostic("column '\(cell.text)' occurs twice", at: cell.mark))
            }
        }
        self.positions = positions
        for name in required where positions[name] == nil {
            mistakes.append(
                Diagnostic(
                    "there is no column '\(name)'", at: header[0].mark, suggestion: nearestName(to: name, in: columns)))
        }
        if !mistakes.isEmpty { throw DiagnosticList(mistakes) }
    }

    func has(_ column: String) -> Bool { positions[column] != nil }

    /// One row.
    struct Row {
        let cells: [CSVTable.Cell]
        fileprivate let table: TableFile

        var mark: Mark { cells[0].mark }
        var texts: [String] { cells.map(\.text) }

        /// The text of a cell; empty if there is no such column.
        func text(_ column: String) -> String { table.positions[column].map { cells[$0].text } ?? "" }

        /// The number in a cell of a required column; notes a mistake if it is none.
        func number(_ column: String) -> Double {
            let cell = cells[table.positions[column]!]
            if let value = Double(cell.text), value.isFinite { return value }
            table.note("'\(column)' must be a number, not '\(cell.text.prefix(40))'", at: cell.mark)
            return 0
        }

        /// The number in a cell; nil if the cell is empty or there is no such column.
        func ifPresent(_ column: String) -> Double? { text(column).isEmpty ? nil : number(column) }

        /// Notes a mistake in the row.
        func report(_ message: String, in column: String) {
            table.note(message, at: table.positions[column].map { cells[$0].mark } ?? mark)
        }
    }

    /// Goes through all rows.
    ///
    /// - Throws: every mistake that the rows have and that `body` noted.
    func readRows(_ body: (Row) -> Void) throws(DiagnosticList) {
        while let cells = try records.next() {
            guard cells.count == columns.count else {
                note("this row has \(cells.count) cells, the header \(columns.count)", at: cells[0].mark)
                continue
            }
            body(Row(cells: cells, table: self))
            if mistakes.count >= Self.mistakesShown { break }
        }
        if !mistakes.isEmpty { throw DiagnosticList(mistakes) }
    }

    private func note(_ message: String, at mark: Mark) {
        if mistakes.count < Self.mistakesShown { mistakes.append(Diagnostic(message, at: mark)) }
    }
}
