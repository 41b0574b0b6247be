import Foundation

/// Maps values to places on an axis, and says where its ticks are.
struct Scale {
    let low: Double
    let high: Double
    let isLogarithmic: Bool
    /// Places of `low` and `high`.
    let from: Double
    let to: Double

    /// An axis that holds all of the values, ending on ticks.
    ///
    /// - Parameter zero: begins at 0 (linear axes of values that are not negative).
    init(
        _ values: some Sequence<Double>, from: Double, to: Double, isLogarithmic: Bool = false, zero: Bool = false
    ) {
        let finite = values.filter { $0.isFinite && (!isLogarithmic || $0 > 0) }
        var (low, high) = (finite.min() ?? (isLogarithmic ? 1 : 0), finite.max() ?? 1)
        if isLogarithmic {
            if high / low < 1.2 { (low, high) = (low / 1.5, high * 1.5) }
            // Whole 1-2-5 steps where the range is short, decades where it is long.
            (low, high) =
                high / low > 200
                ? (pow(10, floor(log10(low))), pow(10, ceil(log10(high))))
                : (Self.step(below: low), Self.step(above: high))
        } else {
            if zero { low = min(0, low) }
            if high <= low {
                let spread = max(abs(low) * 0.1, high == 0 ? 1 : abs(high) * 0.1)
                (low, high) = zero ? (low, low + spread * 10) : (low - spread, high + spread)
            }
            let step = Self.step(for: (high - low) / 5)
            (low, high) = (floor(low / step + 1e-9) * step, ceil(high / step - 1e-9) * step)
        }
        (self.low, self.high, self.isLogarithmic, self.from, self.to) = (low, high, isLogarithmic, from, to)
    }

    /// An axis with exact ends.
    init(low: Double, high: Double, from: Double, to: Double, isLogarithmic: Bool = false) {
        (self.low, self.high) = (low, high > low ? high : low + 1)
        (self.isLogarithmic, self.from, self.to) = (isLogarithmic, from, to)
    }

    func place(_ value: Double) -> Double {
        let share =
            isLogarithmic
            ? (log10(max(value, low * 1e-6, .leastNormalMagnitude)) - log10(low)) / (log10(high) - log10(low))
            : (value - low) / (high - low)
        return from + (to - from) * share
    }

    func holds(_ value: Double) -> Bool {
        let room = isLogarithmic ? 0.001 * value.magnitude : 1e-9 * (high - low)
        return value >= low - room && value <= high + room
    }

    /// About `count` round values.
    func ticks(_ count: Int = 6) -> [Double] {
        guard isLogarithmic else {
            let step = Self.step(for: (high - low) / Double(max(1, count)))
            let first = Int((low / step - 1e-6).rounded(.up))
            let last = Int((high / step + 1e-6).rounded(.down))
            return last - first > 100 || last < first ? [low, high] : (first...last).map { Double($0) * step }
        }
        let decades = log10(high) - log10(low)
        let factors: [Double] = decades <= 2.4 ? [1, 2, 5] : [1]
        let stride = max(1, Int((decades / Double(max(1, count))).rounded(.up)))
        var ticks: [Double] = []
        for exponent in Swift.stride(from: Int(floor(log10(low * 1.0001))), through: Int(ceil(log10(high))), by: stride)
        {
            ticks += factors.map { $0 * pow(10, Double(exponent)) }.filter(holds)
        }
        return ticks
    }

    /// The round step (1, 2 or 5 times a power of ten) that is next above `size`.
    private static func step(for size: Double) -> Double {
        guard size > 0, size.isFinite else { return 1 }
        let power = pow(10, floor(log10(size)))
        for factor in [1.0, 2, 5] where factor * power >= size * 0.999 { return factor * power }
        return 10 * power
    }

    private static func step(above value: Double) -> Double { step(for: value) }

    private static func step(below value: Double) -> Double {
        let power = pow(10, floor(log10(value)))
        return [5.0, 2, 1].first { $0 * power <= value * 1.001 }.map { $0 * power } ?? power
    }
}

/// Numbers on axes.
enum Tick {
    /// As short as the value allows: `0`, `0.25`, `1.5k`, `20M`, `1e-7`.
    static func text(_ value: Double) -> String {
        guard value.isFinite else { return "" }
        if value == 0 { return "0" }
        let size = value.magnitude
        if size < 1e-3 || size >= 1e15 {
            let exponent = Int(floor(log10(size) + 1e-9))
            // In two steps, because 10 to a large negative power is nothing.
            let mantissa = value / pow(10, Double(exponent / 2)) / pow(10, Double(exponent - exponent / 2))
            return "\(trimmed(mantissa, digits: 2))e\(exponent)"
        }
        for (unit, name) in [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e4, "k")] where size >= unit * 0.99999 {
            return trimmed(value / (name == "k" ? 1e3 : unit), digits: 2) + name
        }
        return trimmed(value, digits: 4)
    }

    private static func trimmed(_ value: Double, digits: Int) -> String {
        let scale = pow(10, Double(digits))
        let scaled = Int((value.magnitude * scale).rounded())
        var text = "\(scaled / Int(scale))"
        var fraction = String(String(scaled % Int(scale) + Int(scale)).dropFirst())
        while fraction.hasSuffix("0") { fraction.removeLast() }
        if !fraction.isEmpty { text += ".\(fraction)" }
        return (value < 0 && scaled > 0 ? "-" : "") + text
    }
}

/// The unit in which a range of times is shown.
struct TimeUnit {
    let name: String
    /// Nanoseconds of one.
    let nanoseconds: Double

    init(longest: Double) {
        let units: [(String, Double)] = [("s", 1e9), ("ms", 1e6), ("us", 1e3)]
        (name, nanoseconds) = units.first { longest >= 2 * $0.1 } ?? ("ns", 1)
    }
}
