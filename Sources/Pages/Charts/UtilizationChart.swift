import Reporting

/// How busy each unit was over time: a strip for each, above one common time axis.
enum UtilizationChart {
    private static let left = 200.0
    private static let stripHeight = 56.0
    private static let gap = 16.0

    /// Empty if nothing was recorded.
    static func html(_ units: [UnitUse]) -> String {
        let shown = UnitNames.inOrder(units.map(\.unit)).compactMap { name in
            units.first { $0.unit == name && !$0.stretches.isEmpty }
        }
        let end = shown.flatMap { $0.stretches.map(\.endTime) }.max() ?? 0
        guard !shown.isEmpty, end > 0 else { return "" }
        let height = Double(shown.count) * (stripHeight + gap) + 46
        var drawing = Drawing(height: height, label: "Utilisation of each unit over time")
        let unit = TimeUnit(longest: end)
        let x = Scale(low: 0, high: end / unit.nanoseconds, from: left, to: Drawing.pageWidth - 16)
        for (index, use) in shown.enumerated() {
            draw(use, top: Double(index) * (stripHeight + gap) + 8, x: x, unit: unit, in: &drawing)
        }
        let bottom = height - 40
        let axis = Plot(x: x, y: Scale(low: 0, high: 1, from: bottom, to: bottom))
        axis.drawXAxis(in: &drawing, name: "time (\(unit.name))", hasGrid: false)
        return drawing.html
    }

    private static func draw(_ use: UnitUse, top: Double, x: Scale, unit: TimeUnit, in drawing: inout Drawing) {
        let bottom = top + stripHeight
        drawing.rectangle(x: left, y: top, width: x.to - left, height: stripHeight, class: "frame")
        drawing.line(left, top + stripHeight / 2, x.to, top + stripHeight / 2, class: "grid")
        let title = UnitNames.title(use.unit)
        drawing.text(TextWidth.cut(title, to: left - 50), x: 0, y: top + 24, class: "t strong", tip: title)
        let units = use.units > 1 ? ", mean of \(use.units)" : ""
        drawing.text("\(Figure.percent(use.mean)) busy\(units)", x: 0, y: top + 42, class: "tick")
        drawing.text("100 %", x: left - 6, y: top + 9, anchor: .end, class: "tick small")
        drawing.text("0", x: left - 6, y: bottom, anchor: .end, class: "tick small")
        for stretch in use.stretches where stretch.fraction > 0 {
            let (from, to) = (
                x.place(stretch.startTime / unit.nanoseconds), x.place(stretch.endTime / unit.nanoseconds)
            )
            let size = stripHeight * stretch.fraction
            let times =
                "\(Shown.number(stretch.startTime / unit.nanoseconds)) to "
                + "\(Shown.number(stretch.endTime / unit.nanoseconds)) \(unit.name)"
            drawing.rectangle(
                x: from, y: bottom - size, width: to - from, height: size, class: "bar \(UnitNames.style(use.unit))",
                tip: "\(title), \(times): \(Figure.percent(stretch.fraction)) busy")
        }
    }
}
