import Foundation
import Reporting

/// What the machine's peaks allow, and where each operator lies below them.
///
/// An operator's rate is its FLOP over the sum of its times from start to end, waiting included; its intensity is FLOP
/// over the bytes that it asked DRAM for. PIM units take one weight from their bank for each multiply-accumulate,
/// whatever is on the bus: their operators lie at the ratio of the PIM peaks.
struct Roofline {
    struct Roof {
        var title: String
        var style: String
        /// FLOP/s and bytes/s.
        var peak: Double
        var bandwidth: Double

        var ridge: Double { peak / bandwidth }
        func limit(at intensity: Double) -> Double { min(peak, bandwidth * intensity) }
    }

    struct Point {
        var total: OperatorTable.Total
        /// FLOP/B; nil if the operator asked DRAM for nothing.
        var intensity: Double?
        /// FLOP/s.
        var rate: Double
        /// Share of what its roof allows; nil without a roof.
        var share: Double?
    }

    let roofs: [Roof]
    let points: [Point]

    init(_ run: RunFolder) {
        var roofs: [Roof] = []
        if let peak = run.figure("NPU peak"), let memory = run.figure("memory peak"), peak > 0, memory > 0 {
            roofs.append(Roof(title: "NPU and DRAM", style: "systolic", peak: peak * 1e12, bandwidth: memory * 1e9))
        }
        if let peak = run.figure("PIM peak"), let memory = run.figure("PIM peak bandwidth"), peak > 0, memory > 0 {
            roofs.append(Roof(title: "PIM units and banks", style: "pim", peak: peak * 1e12, bandwidth: memory * 1e9))
        }
        let cycle = run.cycleNanoseconds / 1e9
        points = run.operators.totals.compactMap { total in
            guard total.macs > 0, total.cycles > 0 else { return nil }
            let isPIM = total.unit == "pim"
            let roof = roofs.first { $0.style == (isPIM ? "pim" : "systolic") }
            let intensity =
                isPIM ? roof?.ridge : total.dramBytes > 0 ? 2 * total.macs / total.dramBytes : nil
            let rate = 2 * total.macs / (total.cycles * cycle)
            return Point(
                total: total, intensity: intensity, rate: rate,
                share: roof.map { rate / (intensity.map($0.limit) ?? $0.peak) })
        }
        self.roofs = roofs
    }

    /// Empty if there is nothing to show.
    var html: String {
        let shown = points.filter { $0.intensity != nil }
        guard !roofs.isEmpty, !shown.isEmpty else { return "" }
        let intensities = shown.map { $0.intensity! } + roofs.map(\.ridge)
        let low = (intensities.min() ?? 1) / 3
        let high = (intensities.max() ?? 1) * 4
        let x = Scale([low, high], from: 76, to: Drawing.pageWidth - 16, isLogarithmic: true)
        let rates = shown.map(\.rate) + roofs.map { $0.peak * 1.6 } + roofs.map { $0.limit(at: $0.ridge) / 8 }
        let y = Scale(rates.map { $0 / 1e12 }, from: 400, to: 34, isLogarithmic: true)
        let plot = Plot(x: x, y: y)
        var drawing = Drawing(height: 446, label: "Roofline: rate over intensity of each operator")
        let units = shown.map(\.total.unit).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        Legend(units.map { (UnitNames.title($0), UnitNames.style($0)) }, width: 900).draw(in: &drawing, x: 76, y: 8)
        plot.drawAxes(in: &drawing, x: "intensity (FLOP for each byte)", y: "rate (TFLOPS)")
        var placer = LabelPlacer(within: plot)
        for roof in roofs { draw(roof, plot, &placer, in: &drawing) }
        for point in shown { placer.avoid(x: x.place(point.intensity!), y: y.place(point.rate / 1e12), radius: 5) }
        for point in shown.sorted(by: { $0.total.cycles > $1.total.cycles }) {
            draw(point, plot, &placer, in: &drawing)
        }
        return drawing.html
    }

    private func draw(_ roof: Roof, _ plot: Plot, _ placer: inout LabelPlacer, in drawing: inout Drawing) {
        let from = max(plot.x.low, plot.y.low * 1e12 / roof.bandwidth)
        let corners = [from, max(from, roof.ridge), plot.x.high].map {
            (x: plot.x.place($0), y: plot.y.place(roof.limit(at: $0) / 1e12))
        }
        let words =
            "\(roof.title): \(Shown.number(roof.peak / 1e12)) TFLOPS, \(Shown.number(roof.bandwidth / 1e9)) GB/s, "
            + "meeting at \(Shown.number(roof.ridge)) FLOP/B"
        drawing.polyline(corners, class: "roof l-\(roof.style)", tip: words)
        for step in 0...40 {
            let t = Double(step) / 40
            placer.avoid(
                x: corners[0].x + (corners[1].x - corners[0].x) * t,
                y: corners[0].y + (corners[1].y - corners[0].y) * t, radius: 2)
        }
        let name = "\(roof.title): \(Shown.number(roof.peak / 1e12)) TFLOPS"
        drawing.text(name, x: plot.right - 6, y: corners[2].y - 6, anchor: .end, class: "t")
        let width = TextWidth.of(name)
        for step in 0...Int(width / 12) {
            placer.avoid(x: plot.right - 6 - 12 * Double(step), y: corners[2].y - 8, radius: 8)
        }
    }

    private func draw(_ point: Point, _ plot: Plot, _ placer: inout LabelPlacer, in drawing: inout Drawing) {
        let (x, y) = (plot.x.place(point.intensity!), plot.y.place(point.rate / 1e12))
        let share = point.share.map { ", \(Figure.percent($0)) of its roof" } ?? ""
        let tip =
            "\(point.total.name) on \(UnitNames.title(point.total.unit)): \(Shown.number(point.intensity!)) FLOP/B, "
            + "\(Shown.number(point.rate / 1e12)) TFLOPS\(share), \(Shown.number(point.total.cycles)) cycles in all"
        drawing.circle(x: x, y: y, radius: 5, class: "point \(UnitNames.style(point.total.unit))", tip: tip)
        if let place = placer.place(point.total.name, besideX: x, y: y, radius: 5) {
            drawing.text(point.total.name, x: place.x, y: place.y, class: "t small", tip: tip)
        }
    }
}
