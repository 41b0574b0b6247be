/// The page on several machines with one workload.
enum ComparisonPage {
    static func page(_ runs: [RunFolder]) -> Page {
        let first = runs[0].summary
        var page = Page(
            title: "\(first.text("model")) on \(runs.count) machines", subtitle: RunPage.subtitle(first),
            version: first.text("version"))
        page.append("Comparison", comparison(runs))
        page.append("Energy", energy(runs))
        for run in runs { RunPage.append(run, to: &page, label: run.name) }
        return page
    }

    private static func comparison(_ runs: [RunFolder]) -> String {
        let columns = runs[0].summary.columns.filter { column in
            runs.allSatisfy { $0.summary.number(column) != nil } && !["seed", "layers", "iterations"].contains(column)
        }
        let rows = columns.map { column -> [String] in
            let values = runs.map { $0.summary.number(column)! }
            let name = Column.shown(column, "0")?.name ?? column
            return [name]
                + values.flatMap { value in
                    [Column.text(column, value), values[0] > 0 ? ratio(value, values[0]) : ""]
                }
        }
        let header = [""] + runs.flatMap { [$0.name, "ratio"] }
        let notes = Array(Set(runs.flatMap(\.remarks).filter { $0.hasPrefix("note:") })).sorted()
        return Page.pair([
            chart("Throughput (tokens/s)", "tokens_per_s", runs), chart("Time", "total_time_ns", runs),
        ])
            + (notes.count == 1 ? Markup.paragraph(notes[0], class: "note") : "")
            + Markup.table(
                header, rows, numeric: Set(1..<header.count), caption: "Ratios are to \(runs[0].name).")
    }

    /// Two decimals, as the terminal shows it.
    private static func ratio(_ value: Double, _ first: Double) -> String {
        "\(Tick.text((value / first * 100).rounded() / 100))x"
    }

    private static func chart(_ title: String, _ column: String, _ runs: [RunFolder]) -> String {
        let values = runs.map { $0.summary.number(column) ?? 0 }
        let bars = zip(runs, values).map { run, value in
            let ratio = values[0] > 0 ? ", \(ratio(value, values[0]))" : ""
            let words = Column.text(column, value) + ratio
            return BarChart.Bar(name: run.name, parts: [(value, "k0", "\(run.name): \(words)")], value: words)
        }
        return
            "<div>\n<h3>\(Markup.escaped(title))</h3>\n\(BarChart(bars: bars, label: title, width: 486).html)</div>\n"
    }

    private static func energy(_ runs: [RunFolder]) -> String {
        let chart = EnergyChart.html(runs)
        guard !chart.isEmpty else { return "" }
        let tables = Set(runs.map { $0.summary.text("energy_table") }).sorted().joined(separator: "; ")
        return Markup.paragraph("By component, priced by \(tables).", class: "soft") + chart
            + runs.map { Page.details("All events of \($0.name)", RunPage.energyTable($0)) }.joined()
    }
}
