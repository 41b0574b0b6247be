import Reporting
import YAMLTree

/// All points of a sweep: axes, the columns of their kind, and the error of a point that could not run.
public struct SweepTable: Sendable {
    public private(set) var columns: [String]
    public private(set) var rows: [[String]]
    /// How many of the columns are axes.
    public let axes: Int

    /// - Parameter columns: of the points, `error` the last.
    init(axes: [String], columns: [String], rows: [[String]]) {
        self.axes = axes.count
        self.columns = axes + columns
        self.rows = rows
    }

    /// `points.csv`.
    public var csv: String {
        var table = CSVWriter(columns: columns)
        for row in rows { table.append(row.map { CSVCell($0) }) }
        return table.text
    }

    /// Points that have an error instead of figures.
    public var failures: Int {
        cells(SweepFolder.errorColumn)?.count { !$0.isEmpty } ?? 0
    }

    /// The columns besides the axes that are shown to people.
    public var shownColumns: [String] { SweepKind.of(columns: columns)?.shownColumns ?? [] }

    /// The cells of a column; nil if there is none of that name.
    public func cells(_ column: String) -> [String]? {
        columns.firstIndex(of: column).map { index in rows.map { $0[index] } }
    }

    /// Adds the column `pareto`: 1 for each point that no other is better than in all of the measures, 0 for the rest
    /// and for points with an error.
    public mutating func markFrontier(_ measures: [ParetoMeasure]) throws(DiagnosticList) {
        var figures: [[Double]?] = Array(repeating: [], count: rows.count)
        let errors = cells(SweepFolder.errorColumn)!
        for measure in measures {
            guard let cells = cells(measure.column) else {
                throw measure.mistake(
                    "there is no column '\(measure.column)'", suggestion: nearestName(to: measure.column, in: columns))
            }
            for (index, cell) in cells.enumerated() {
                if !errors[index].isEmpty {
                    figures[index] = nil
                } else if let figure = Double(cell), figure.isFinite {
                    figures[index]?.append(measure.isBetterHigher ? figure : -figure)
                } else {
                    throw measure.mistake("column '\(measure.column)' has '\(cell)', which is no number")
                }
            }
        }
        let frontier = ParetoFrontier.members(figures)
        columns.append("pareto")
        for index in rows.indices { rows[index].append(frontier[index] ? "1" : "0") }
    }
}
