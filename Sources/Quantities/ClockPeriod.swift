/// A clock frequency as a whole number of hertz.
@frozen
public struct Hertz: Hashable, Comparable, Sendable {
    /// Cycles per second.
    public let count: Int64

    @inlinable
    public init(_ count: Int64) {
        self.count = count
    }

    public static func megahertz(_ count: Int64) -> Hertz { Hertz(count * 1_000_000) }

    public static func gigahertz(_ count: Int64) -> Hertz { Hertz(count * 1_000_000_000) }

    @inlinable
    public static func < (left: Hertz, right: Hertz) -> Bool { left.count < right.count }
}

extension Hertz: CustomStringConvertible {
    public var description: String {
        let units: [(name: String, size: Int64)] = [("GHz", 1_000_000_000), ("MHz", 1_000_000), ("kHz", 1000)]
        for unit in units where count >= unit.size {
            return "\(Ratio(count, over: unit.size)) \(unit.name)"
        }
        return "\(count) Hz"
    }
}

/// The exact time between two ticks of a clock: a positive ratio of picoseconds, such as 625/2 ps at 3.2 GHz.
@frozen
public struct ClockPeriod: Hashable, Comparable, Sendable {
    /// One cycle's length.
    public let time: Picoseconds

    /// A clock with the given time between ticks, which must be positive.
    public init(_ time: Picoseconds) {
        precondition(time > .zero, "a clock period must be positive")
        self.time = time
    }

    /// The period of a clock of the given frequency, which must be positive: 10^12 / f picoseconds, exactly.
    public init(of frequency: Hertz) {
        precondition(frequency.count > 0, "a clock frequency must be positive")
        self.time = Picoseconds(Ratio(1_000_000_000_000, over: frequency.count))
    }

    /// The frequency in hertz, for reports; exact where it is a whole number below 2^53.
    public var approximateHertz: Double {
        1e12 * Double(time.value.denominator) / Double(time.value.numerator)
    }

    /// How long a number of cycles takes.
    public func duration(of cycles: Cycles) -> Picoseconds { time * cycles.count }

    /// The fewest cycles that last at least `time`: how a JEDEC time in nanoseconds becomes a count of clocks.
    ///
    /// The quotient is formed in 128 bits, so that only the count itself must fit into 64.
    public func cycles(covering time: Picoseconds) -> Cycles {
        let above = Int128(time.value.numerator) * Int128(self.time.value.denominator)
        let below = Int128(time.value.denominator) * Int128(self.time.value.numerator)
        let (quotient, remainder) = above.quotientAndRemainder(dividingBy: below)
        guard let count = Int64(exactly: remainder > 0 ? quotient + 1 : quotient) else {
            preconditionFailure("a time in cycles exceeds 64 bits")
        }
        return Cycles(count)
    }

    public static func < (left: ClockPeriod, right: ClockPeriod) -> Bool { left.time < right.time }
}

extension ClockPeriod: CustomStringConvertible {
    public var description: String { "\(time)" }
}
