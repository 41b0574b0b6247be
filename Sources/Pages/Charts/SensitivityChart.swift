/// What one axis of a sweep does to a figure: a panel for each figure, the axis's values from left to right.
enum SensitivityChart {
    private static let panelWidth = 486.0
    private static let panelHeight = 220.0

    static func html(_ effect: Sensitivity) -> String {
        var drawing = Drawing(
            width: panelWidth, height: panelHeight, label: "Effect of \(effect.axis) on \(effect.figure)")
        drawing.text(
            TextWidth.cut(effect.figure, to: panelWidth - 70), x: 64, y: 14, class: "t strong", tip: effect.figure)
        let bounds: [Double] = effect.values.map(\.low) + effect.values.map(\.high) + [1]
        let isWide = bounds.max()! / bounds.min()! > 8
        let y = Scale(bounds, from: panelHeight - 52, to: 26, isLogarithmic: isWide, zero: !isWide)
        let count = effect.values.count
        let x = Scale(low: -0.5, high: Double(count) - 0.5, from: 64, to: panelWidth - 8)
        let plot = Plot(x: x, y: y)
        drawing.rectangle(
            x: plot.left, y: plot.top, width: plot.right - plot.left, height: plot.bottom - plot.top, class: "frame")
        for tick in y.ticks(4) {
            drawing.line(plot.left, y.place(tick), plot.right, y.place(tick), class: "grid")
            drawing.text("\(Tick.text(tick))x", x: plot.left - 8, y: y.place(tick) + 4, anchor: .end, class: "tick")
        }
        drawing.line(plot.left, y.place(1), plot.right, y.place(1), class: "unity")
        let places = effect.values.indices.map { (x: x.place(Double($0)), y: y.place(effect.values[$0].mean)) }
        if count > 1 { drawing.polyline(places, class: "effect") }
        for (value, place) in zip(effect.values, places) {
            drawing.line(place.x, y.place(value.low), place.x, y.place(value.high), class: "whisker")
            drawing.circle(
                x: place.x, y: place.y, radius: 4.5, class: "point k0",
                tip: "\(effect.axis) \(value.value): \(effect.figure) \(Shown.number(value.mean))x, "
                    + "\(Shown.number(value.low))x to \(Shown.number(value.high))x in \(effect.groups) settings of the others"
            )
        }
        drawLabels(effect, x, plot, in: &drawing)
        return drawing.html
    }

    /// The values below the axis, as many as fit.
    private static func drawLabels(_ effect: Sensitivity, _ x: Scale, _ plot: Plot, in drawing: inout Drawing) {
        let slot = x.place(1) - x.place(0)
        let widest = effect.values.map { TextWidth.of($0.value) }.max() ?? 0
        let step = min(effect.values.count, max(1, Int((min(widest + 10, 110) / slot).rounded(.up))))
        for index in stride(from: 0, to: effect.values.count, by: step) {
            let room = slot * Double(step) - 8
            let text = TextWidth.cut(effect.values[index].value, to: room)
            let half = TextWidth.of(text) / 2
            let place = min(max(x.place(Double(index)), plot.left - 40 + half), panelWidth - half)
            drawing.text(
                text, x: place, y: plot.bottom + 17, anchor: .middle, class: "tick", tip: effect.values[index].value)
        }
        drawing.text(
            TextWidth.cut(effect.axis, to: plot.right - plot.left), x: (plot.left + plot.right) / 2,
            y: plot.bottom + 38, anchor: .middle, class: "axis", tip: effect.axis)
    }
}
