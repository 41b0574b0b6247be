import Reporting

/// How evenly the channels were loaded.
enum ChannelChart {
    private struct Series {
        var title: String
        var style: String
        var cycles: (ChannelRow) -> Double
    }

    /// Empty for a single channel, or if the length of the run in memory cycles is not known.
    static func html(_ run: RunFolder) -> String {
        let whole = run.utilization.first { $0.unit == "dram" }?.wholeCycles ?? 0
        guard run.channels.count > 1, whole > 0 else { return "" }
        var series = [Series(title: UnitNames.title("dram"), style: "dram", cycles: \.memoryBusyCycles)]
        if run.channels.contains(where: { $0.pimBusyCycles > 0 }) {
            series.append(Series(title: UnitNames.title("pim"), style: "pim", cycles: \.pimBusyCycles))
        }
        var drawing = Drawing(height: 232, label: "Busy time of each channel")
        Legend(series.map { ($0.title, $0.style) }, width: 900).draw(in: &drawing, x: 76, y: 4)
        let shares = run.channels.flatMap { row in series.map { $0.cycles(row) / whole } }
        let plot = Plot(
            x: Scale(low: 0, high: Double(run.channels.count), from: 76, to: Drawing.pageWidth - 16),
            y: Scale([0, 100 * (shares.max() ?? 1)], from: 186, to: 28, zero: true))
        drawing.rectangle(
            x: plot.left, y: plot.top, width: plot.right - plot.left, height: plot.bottom - plot.top, class: "frame")
        for tick in plot.y.ticks(4) {
            drawing.line(plot.left, plot.y.place(tick), plot.right, plot.y.place(tick), class: "grid")
            drawing.text(
                "\(Tick.text(tick)) %", x: plot.left - 8, y: plot.y.place(tick) + 4, anchor: .end, class: "tick")
        }
        let slot = plot.x.place(1) - plot.x.place(0)
        let labelled = max(1, Int((36 / slot).rounded(.up)))
        for (index, row) in run.channels.enumerated() {
            let width = slot * 0.8 / Double(series.count)
            for (number, one) in series.enumerated() {
                let share = one.cycles(row) / whole
                let top = plot.y.place(100 * share)
                drawing.rectangle(
                    x: plot.x.place(Double(index) + 0.1) + Double(number) * width, y: top, width: width,
                    height: plot.bottom - top, class: "bar \(one.style)",
                    tip: "channel \(row.channel): \(one.title) \(Figure.percent(share)) busy; "
                        + "\(Shown.number(row.requests)) requests with \(Shown.number(row.tokens)) tokens")
            }
            guard index.isMultiple(of: labelled) else { continue }
            drawing.text(
                TextWidth.cut(row.channel, to: 40), x: plot.x.place(Double(index) + 0.5), y: 202, anchor: .middle,
                class: "tick")
        }
        drawing.text("channel", x: (plot.left + plot.right) / 2, y: 224, anchor: .middle, class: "axis")
        drawing.text("busy", x: 20, y: 107, anchor: .middle, class: "axis", angle: -90)
        return drawing.html
    }
}
