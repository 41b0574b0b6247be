/// A length of time in exact picoseconds.
///
/// Stored as a ratio: 937.5 ps and a third of a nanosecond are both exact. At whole picoseconds the range is
/// about 106 days. It is a length, not an instant.
@frozen
public struct Picoseconds: Hashable, Comparable, Sendable {
    /// The number of picoseconds.
    public let value: Ratio

    public init(_ value: Ratio) {
        self.value = value
    }

    public init(_ count: Int64) {
        self.value = Ratio(count)
    }

    public static let zero = Picoseconds(0)

    public static func nanoseconds(_ count: Int64) -> Picoseconds { Picoseconds(Ratio(count) * Ratio(1000)) }

    public static func microseconds(_ count: Int64) -> Picoseconds { Picoseconds(Ratio(count) * Ratio(1_000_000)) }

    /// Nanoseconds as a floating-point number, for reports only.
    public var approximateNanoseconds: Double {
        Double(value.numerator) / (Double(value.denominator) * 1000)
    }

    public static func + (left: Picoseconds, right: Picoseconds) -> Picoseconds {
        Picoseconds(left.value + right.value)
    }

    public static func - (left: Picoseconds, right: Picoseconds) -> Picoseconds {
        Picoseconds(left.value - right.value)
    }

    public static func * (left: Picoseconds, right: Int64) -> Picoseconds {
        Picoseconds(left.value * Ratio(right))
    }

    public static func < (left: Picoseconds, right: Picoseconds) -> Bool { left.value < right.value }
}

extension Picoseconds: CustomStringConvertible {
    /// The largest unit that leaves a number of at least one: `14 ns`, `937.5 ps`, `1.95 us`.
    public var description: String {
        let units: [(name: String, size: Int64)] = [
            ("s", 1_000_000_000_000), ("ms", 1_000_000_000), ("us", 1_000_000), ("ns", 1000),
        ]
        for unit in units where value >= Ratio(unit.size) {
            return "\(value / Ratio(unit.size)) \(unit.name)"
        }
        return "\(value) ps"
    }
}
