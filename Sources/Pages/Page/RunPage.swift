import Reporting

/// The sections on one run.
enum RunPage {
    static func page(_ run: RunFolder) -> Page {
        let summary = run.summary
        var page = Page(
            title: "\(summary.text("model")) on \(run.name)", subtitle: subtitle(summary),
            version: summary.text("version"))
        page.append("Summary", self.summary(run))
        append(run, to: &page, label: "")
        return page
    }

    /// What was run, in a line.
    static func subtitle(_ summary: Summary) -> String {
        var parts = ["workload \(summary.text("workload"))"]
        for (column, noun) in [("batch", "request"), ("iterations", "step"), ("layers", "layer")] {
            guard let count = summary.number(column) else { continue }
            parts.append("\(Shown.number(count)) \(noun)\(count == 1 ? "" : "s")")
        }
        let fidelity = summary.text("fidelity")
        if !fidelity.isEmpty { parts.append("fidelity \(fidelity)") }
        return parts.joined(separator: ", ")
    }

    /// All sections but the summary.
    ///
    /// - Parameter label: goes before their titles; empty on the page of a single run.
    static func append(_ run: RunFolder, to page: inout Page, label: String) {
        let before = label.isEmpty ? "" : "\(label): "
        page.append(before + "Utilisation over time", utilization(run))
        page.append(before + "Requests", requests(run))
        page.append(before + "First layers", opening(run))
        page.append(before + "Roofline", roofline(run))
        if label.isEmpty { page.append("Energy", energy(run)) }
        page.append(before + "Channels", channels(run))
    }

    private static func summary(_ run: RunFolder) -> String {
        let summary = run.summary
        let tiles = [
            "total_time_ns", "tokens_per_s", "energy_per_token_mJ", "npu_busy_fraction", "pim_busy_fraction",
            "dram_bandwidth_utilization", "ttft_mean_ns", "tpot_mean_ns",
        ].compactMap { Column.shown($0, summary.text($0)) }.map { (value: $0.value, name: $0.name) }
        let notes = run.remarks.map { Markup.paragraph($0, class: "note") }.joined()
        let entries = zip(summary.columns, summary.cells).compactMap { Column.shown($0, $1) }
        let figures = Markup.table(
            ["figure", "value", "unit", "from"],
            run.figures.map { [$0.name, Shown.number($0.value), $0.unit, $0.formula] }, numeric: [1])
        let text = run.text.map { "<pre>\(Markup.escaped($0))</pre>\n" } ?? ""
        return Page.tiles(tiles) + notes + Page.list(entries)
            + (run.figures.isEmpty ? "" : Page.details("The machine's figures", figures))
            + Page.details("As the terminal showed it", text)
    }

    private static func utilization(_ run: RunFolder) -> String {
        let chart = UtilizationChart.html(run.utilization)
        guard !chart.isEmpty else {
            return Markup.paragraph(
                "There is no utilization.csv in this folder: the run took no time, or an older version wrote it.",
                class: "soft")
        }
        return Markup.paragraph(
            "Busy time of each unit in each stretch of the run. Arrays are busy while a tile fills, streams or drains; "
                + "PIM while commands wait or are under way, as the mean of the channels; the data bus while it carries "
                + "a burst.", class: "soft") + chart
    }

    private static func requests(_ run: RunFolder) -> String {
        let cycle = run.cycleNanoseconds
        let charts = [
            DistributionChart.html("Time to the first token", nanoseconds: run.requests.compactMap(\.timeToFirstToken)),
            DistributionChart.html("Time for each further token", nanoseconds: run.requests.compactMap(\.timePerToken)),
            DistributionChart.html(
                "Arrival to last token", nanoseconds: run.requests.compactMap { $0.latencyCycles.map { $0 * cycle } }),
            DistributionChart.html(
                "Waiting before the first step",
                nanoseconds: run.requests.compactMap { $0.queueCycles.map { $0 * cycle } }),
        ]
        let batch = BatchChart.html(run)
        return Page.pair(charts) + (batch.isEmpty ? "" : "<h3>Steps over time</h3>\n" + batch)
    }

    private static func opening(_ run: RunFolder) -> String {
        let chart = GanttChart.html(run)
        guard !chart.isEmpty else { return Markup.paragraph("No operators are recorded one by one.", class: "soft") }
        let layers = run.operators.openingLayers
        return Markup.paragraph(
            "Operators of the first \(layers == 1 ? "layer" : "\(layers) layers") of the first step, each from the start "
                + "of its first part to the end of its last; those that overlap on a unit lie below each other.",
            class: "soft") + chart
    }

    private static func roofline(_ run: RunFolder) -> String {
        let roofline = Roofline(run)
        let rows = run.operators.totals.sorted { $0.cycles > $1.cycles }.map { total -> [String] in
            let point = roofline.points.first { $0.total.name == total.name && $0.total.unit == total.unit }
            return [
                total.name, UnitNames.title(total.unit), Figure.count(total.count), Shown.number(total.cycles),
                total.macs > 0 ? Shown.number(total.macs) : "",
                total.dramBytes > 0 ? Shown.number(total.dramBytes) : "",
                point?.intensity.map(Shown.number) ?? "", point.map { Shown.number($0.rate / 1e12) } ?? "",
                point?.share.map(Figure.percent) ?? "",
                total.picojoules > 0 ? Figure.energy(joules: total.picojoules / 1e12) : "",
            ]
        }
        guard !rows.isEmpty else { return "" }
        let table = Markup.table(
            [
                "operator", "unit", "times", "cycles, summed", "MACs", "DRAM bytes", "FLOP/B", "TFLOPS", "of its roof",
                "energy of its own",
            ], rows, numeric: [2, 3, 4, 5, 6, 7, 8, 9])
        let chart = roofline.html
        let words =
            chart.isEmpty
            ? "There is no machine.csv in this folder, or no operator that computes and reads: no roofline is drawn."
            : "Each operator at its intensity (FLOP for each byte asked of DRAM) and its rate (FLOP over its time from "
                + "start to end, waiting included), below what the machine's peaks allow; weights that were fetched before "
                + "an operator began lift it above the slope. Operators on PIM units lie at "
                + "the ratio of the PIM peaks, because a unit reads one weight from its bank for each multiplication."
        return Markup.paragraph(words, class: "soft") + chart + Page.details("All operators", table)
    }

    private static func energy(_ run: RunFolder) -> String {
        let chart = EnergyChart.html(run)
        guard !chart.isEmpty else { return "" }
        let table = run.summary.text("energy_table")
        return Markup.paragraph(
            "By component, priced by \(table.isEmpty ? "the machine's tables" : table). Published tables differ by a "
                + "factor of three.", class: "soft") + chart + Page.details("All events", energyTable(run))
    }

    static func energyTable(_ run: RunFolder) -> String {
        Markup.table(
            ["component", "event", "boundary", "count", "energy", "source"],
            run.energy.filter { $0.count > 0 }.map {
                [
                    $0.component, $0.event, $0.boundary, Shown.number($0.count), Figure.energy(joules: $0.joules),
                    $0.source,
                ]
            }, numeric: [3, 4])
    }

    private static func channels(_ run: RunFolder) -> String {
        let chart = ChannelChart.html(run)
        guard !chart.isEmpty else { return "" }
        return Markup.paragraph("Busy time of each channel, of the whole run.", class: "soft") + chart
    }
}
