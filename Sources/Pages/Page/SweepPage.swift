import Reporting
import YAMLTree

/// The page on a sweep.
enum SweepPage {
    /// Figures whose sensitivity is shown if they differ, the most telling first.
    private static let telling = [
        "tokens_per_s", "energy_per_token_mJ", "ttft_mean_ns", "tpot_mean_ns", "npu_mac_utilization",
        "dram_bandwidth_utilization", "total_time_ns",
    ]
    /// Figures for which panels are drawn, and rows of the table of points.
    private static let figuresShown = 4
    private static let rowsShown = 1000

    /// - Parameters:
    ///   - x: the column on the horizontal axis of the points' chart; nil: a figure that tells much.
    static func page(_ points: SweepPoints, x: String?, y: String?) throws(DiagnosticList) -> Page {
        let figures = points.figures
        let preferred = telling.filter(figures.contains) + figures.filter { !telling.contains($0) }
        let xColumn = try checked(x, "--x", points) ?? preferred.first { $0 != y }
        let yColumn = try checked(y, "--y", points) ?? preferred.first { $0 != xColumn }
        func name(_ column: String) -> String {
            let values = Set(points.cells(column))
            return values.count == 1 ? values.first! : "\(values.count) \(column)s"
        }
        let subject = points.rows.isEmpty ? "" : ": \(name("model")) on \(name("machine"))"
        let failed = points.failures == 0 ? "" : ", \(points.failures) more could not run"
        var page = Page(
            title: "Sweep\(subject)",
            subtitle: "\(points.rows.count) points over \(points.axes.joined(separator: ", "))\(failed)",
            version: points.cells("version").first ?? "")
        page.append("Points", chart(points, xColumn, yColumn))
        page.append("Sensitivity", sensitivity(points, preferred))
        page.append("Table", table(points))
        return page
    }

    /// A column that was asked for; must hold numbers.
    private static func checked(_ column: String?, _ option: String, _ points: SweepPoints) throws(DiagnosticList)
        -> String?
    {
        guard let column else { return nil }
        guard points.numbers[column] == nil else { return column }
        let known = points.columns.filter { points.numbers[$0] != nil }
        let problem =
            points.columns.contains(column)
            ? "column '\(column)' does not hold a number in each row" : "there is no column '\(column)' in points.csv"
        throw DiagnosticList(
            Diagnostic(problem, at: Mark(file: option), kind: .usage, suggestion: nearestName(to: column, in: known)))
    }

    private static func chart(_ points: SweepPoints, _ x: String?, _ y: String?) -> String {
        guard let x, let y, !points.rows.isEmpty else {
            return Markup.paragraph(
                points.rows.isEmpty ? "No point could run." : "No two figures differ among the points.", class: "soft")
        }
        let frontier =
            points.columns.contains("pareto")
            ? " Outlined points, joined by a line, are on the frontier that --pareto marked: no other point is better in "
                + "all of its columns."
            : " 'dualrow collect --pareto' marks a frontier."
        return Markup.paragraph("Each point of the sweep, \(y) over \(x).\(frontier)", class: "soft")
            + ScatterChart.html(points, x: x, y: y)
    }

    private static func sensitivity(_ points: SweepPoints, _ figures: [String]) -> String {
        let shown = Array(figures.prefix(figuresShown))
        var html = ""
        var rows: [[String]] = []
        for axis in points.axes {
            let effects = shown.compactMap { Sensitivity(points, axis: axis, figure: $0) }
            if effects.isEmpty {
                html += "<h3>\(Markup.escaped(axis))</h3>\n"
                html += Markup.paragraph("No two points differ in this axis alone.", class: "soft")
                continue
            }
            let held = effects[0].groups == 1 ? "1 setting" : "\(effects[0].groups) settings"
            html += "<h3>\(Markup.escaped(axis)), in \(held) of the other axes</h3>\n"
            html += Page.pair(effects.map(SensitivityChart.html))
            rows.append(
                [axis]
                    + shown.map { figure in
                        effects.first { $0.figure == figure }.map { "\(Tick.text(($0.span * 1000).rounded() / 1000))x" }
                            ?? ""
                    })
        }
        guard !html.isEmpty else { return "" }
        let table = Markup.table(
            ["axis"] + shown, rows, numeric: Set(1...max(1, shown.count)),
            caption: "Largest mean over smallest mean along each axis.")
        return Markup.paragraph(
            "What an axis does to a figure while the other axes stay as they are: relative to the axis's first value, the "
                + "geometric mean over all settings of the others, with the least and the largest as a line.",
            class: "soft") + (rows.isEmpty ? "" : table) + html
    }

    private static func table(_ points: SweepPoints) -> String {
        guard !points.rows.isEmpty else { return "" }
        let differing = Set(points.figures)
        let columns = points.columns.filter { column in
            points.axes.contains(column) || differing.contains(column) || column == "pareto"
        }
        let rows = points.rows.indices.prefix(rowsShown).map { row in
            columns.map { column -> String in
                let cell = points.rows[row][points.columns.firstIndex(of: column)!]
                guard differing.contains(column), let value = Double(cell) else { return cell }
                return Column.text(column, value)
            }
        }
        let numeric = Set(columns.indices.filter { points.numbers[columns[$0]] != nil })
        let rest = points.rows.count > rowsShown ? "; \(points.rows.count - rowsShown) more rows in points.csv" : ""
        return Markup.table(
            columns, rows, numeric: numeric, caption: "Axes, and the figures that differ among the points\(rest).")
    }
}
