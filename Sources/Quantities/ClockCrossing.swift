/// The way from the ticks of one clock to the ticks of another; both clocks tick at time zero.
///
/// With periods p and q, tick t of the source happens at t·p, and the first tick of the destination not earlier is
/// ceil(t·p / q). The quotient is one reduced ratio applied to t in 128 bits, so nothing accumulates: the answer for
/// tick 10^15 is as exact as that for tick 1.
@frozen
public struct ClockCrossing: Hashable, Sendable {
    /// Destination ticks per source tick, in lowest terms.
    @usableFromInline let numerator: UInt64
    @usableFromInline let denominator: UInt64

    /// The crossing from a clock of period `source` to one of period `destination`.
    public init(from source: ClockPeriod, to destination: ClockPeriod) {
        let ratio = source.time.value / destination.time.value
        numerator = UInt64(ratio.numerator)
        denominator = UInt64(ratio.denominator)
    }

    /// The first destination tick that is not earlier than the source tick `instant`, which must not be negative.
    @inlinable
    public func firstTick(notBefore instant: Cycle) -> Cycle {
        if numerator == denominator { return instant }
        precondition(instant.tick >= 0, "a tick instant must not be negative")
        let product = UInt64(instant.tick).multipliedFullWidth(by: numerator)
        precondition(product.high < denominator, "a clock crossing exceeds 64 bits")
        let (quotient, remainder) = denominator.dividingFullWidth(product)
        return Cycle(Int64(remainder == 0 ? quotient : quotient + 1))
    }

    /// The last destination tick that is not later than the source tick `instant`, which must not be negative.
    @inlinable
    public func lastTick(notAfter instant: Cycle) -> Cycle {
        if numerator == denominator { return instant }
        precondition(instant.tick >= 0, "a tick instant must not be negative")
        let product = UInt64(instant.tick).multipliedFullWidth(by: numerator)
        precondition(product.high < denominator, "a clock crossing exceeds 64 bits")
        return Cycle(Int64(denominator.dividingFullWidth(product).quotient))
    }
}
