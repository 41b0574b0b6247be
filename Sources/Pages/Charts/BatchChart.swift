import Reporting

/// How many requests were in each step of a generation and how many waited, how many tokens it took, and how full the
/// caches were, over time.
enum BatchChart {
    private struct Strip {
        var title: String
        var style: String
        var isShare = false
        var value: @Sendable (IterationRow) -> Double?
    }

    private static let strips = [
        Strip(title: "Requests in the step", style: "k0", value: { $0.requests }),
        Strip(title: "Waiting requests", style: "k1", value: { $0.waiting }),
        Strip(title: "Prompt tokens", style: "k2", value: { $0.promptTokens }),
        Strip(title: "Decoded tokens", style: "k3", value: { $0.decodeTokens }),
        Strip(title: "Caches in use", style: "k4", isShare: true, value: { $0.cacheFraction }),
    ]
    private static let left = 200.0
    private static let stripHeight = 64.0
    /// Steps are joined until there are no more than this; a bar then shows the largest of its steps.
    private static let mostBars = 400

    /// Empty if there are no steps.
    static func html(_ run: RunFolder) -> String {
        let steps = run.iterations
        let end = (steps.map(\.endCycle).max() ?? 0) * run.cycleNanoseconds
        let shown = strips.filter { strip in steps.contains { strip.value($0) ?? 0 > 0 } }
        guard end > 0, !shown.isEmpty else { return "" }
        let unit = TimeUnit(longest: end)
        let scale = run.cycleNanoseconds / unit.nanoseconds
        let x = Scale(low: 0, high: end / unit.nanoseconds, from: left, to: Drawing.pageWidth - 16)
        let height = Double(shown.count) * (stripHeight + 16) + 48
        var drawing = Drawing(height: height, label: "Requests and tokens of each step over time")
        let group = max(1, (steps.count + mostBars - 1) / mostBars)
        for (index, strip) in shown.enumerated() {
            let top = Double(index) * (stripHeight + 16) + 8
            let values = steps.map { strip.value($0) ?? 0 }
            let y = Scale([0, strip.isShare ? 1 : values.max() ?? 1], from: top + stripHeight, to: top, zero: true)
            drawing.rectangle(x: left, y: top, width: x.to - left, height: stripHeight, class: "frame")
            drawing.text(strip.title, x: 0, y: top + 24, class: "t strong")
            let most = values.max() ?? 0
            let words = strip.isShare ? "at most \(Figure.percent(most))" : "at most \(Shown.number(most))"
            drawing.text(words, x: 0, y: top + 42, class: "tick")
            drawing.text(
                strip.isShare ? "100 %" : Tick.text(y.high), x: left - 6, y: top + 9, anchor: .end, class: "tick small")
            drawing.text("0", x: left - 6, y: top + stripHeight, anchor: .end, class: "tick small")
            for first in stride(from: 0, to: steps.count, by: group) {
                let last = min(first + group, steps.count) - 1
                let value = values[first...last].max() ?? 0
                let (from, to) = (steps[first].startCycle * scale, steps[last].endCycle * scale)
                let shownValue = strip.isShare ? Figure.percent(value) : Shown.number(value)
                let name = first == last ? "step \(first)" : "steps \(first) to \(last)"
                drawing.rectangle(
                    x: x.place(from), y: y.place(value), width: x.place(to) - x.place(from),
                    height: top + stripHeight - y.place(value), class: "bar \(strip.style)",
                    tip: "\(name), \(Shown.number(from)) to \(Shown.number(to)) \(unit.name): "
                        + "\(strip.title.lowercased()) \(group > 1 ? "at most " : "")\(shownValue)")
            }
        }
        let bottom = height - 40
        Plot(x: x, y: Scale(low: 0, high: 1, from: bottom, to: bottom)).drawXAxis(
            in: &drawing, name: "time (\(unit.name))", hasGrid: false)
        return drawing.html
    }
}
