import Foundation

/// A histogram of times with its median and 99th percentile.
enum DistributionChart {
    private static let width = 486.0
    private static let height = 230.0

    /// - Parameter nanoseconds: the values; empty gives an empty text.
    static func html(_ title: String, nanoseconds values: [Double]) -> String {
        let sorted = values.sorted()
        guard let least = sorted.first, let most = sorted.last else { return "" }
        let unit = TimeUnit(longest: most)
        let scaled = sorted.map { $0 / unit.nanoseconds }
        let x = Scale(
            [least / unit.nanoseconds, most / unit.nanoseconds], from: 76, to: width - 18, zero: least < most / 3)
        let bins = max(1, min(40, Int(Double(values.count).squareRoot() * 2)))
        var counts = [Int](repeating: 0, count: bins)
        for value in scaled {
            let share = (value - x.low) / (x.high - x.low)
            counts[min(bins - 1, max(0, Int(share * Double(bins))))] += 1
        }
        let y = Scale([0, Double(counts.max()!)], from: height - 44, to: 40, zero: true)
        let plot = Plot(x: x, y: y)
        var drawing = Drawing(width: width, height: height, label: title)
        drawing.text(title, x: 76, y: 14, class: "t strong")
        let (median, high) = (percentile(0.5, scaled), percentile(0.99, scaled))
        drawing.text(
            "median \(Shown.number(median)), 99 % below \(Shown.number(high)), mean "
                + "\(Shown.number(scaled.reduce(0, +) / Double(scaled.count))) \(unit.name)", x: 76, y: 30,
            class: "tick")
        plot.drawAxes(
            in: &drawing, x: "time (\(unit.name))", y: "requests", ticks: (5, 4))
        let step = (x.high - x.low) / Double(bins)
        for (index, count) in counts.enumerated() where count > 0 {
            let from = x.low + Double(index) * step
            drawing.rectangle(
                x: x.place(from), y: y.place(Double(count)), width: x.place(from + step) - x.place(from) - 1,
                height: plot.bottom - y.place(Double(count)), class: "bar k0",
                tip: "\(Shown.number(from)) to \(Shown.number(from + step)) \(unit.name): \(count) requests")
        }
        for (value, name) in [(median, "median"), (high, "99 %")] {
            drawing.line(
                x.place(value), plot.top, x.place(value), plot.bottom, class: "mark-\(name == "median" ? "a" : "b")")
        }
        return drawing.html
    }

    /// The least value that so large a share of the sorted values does not exceed.
    private static func percentile(_ share: Double, _ sorted: [Double]) -> Double {
        sorted[max(0, min(sorted.count, Int((share * Double(sorted.count)).rounded(.up))) - 1)]
    }
}
