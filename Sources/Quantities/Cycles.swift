/// A length counted in cycles of some clock.
///
/// The clock is not part of the value: a component keeps all its lengths in its own clock, and only a
/// `ClockCrossing` or a `ClockPeriod` turns them into another clock's ticks or into time.
@frozen
public struct Cycles: Hashable, Comparable, Sendable {
    /// The number of cycles.
    public var count: Int64

    @inlinable
    public init(_ count: Int64) {
        self.count = count
    }

    public static let zero = Cycles(0)

    @inlinable
    public static func + (left: Cycles, right: Cycles) -> Cycles { Cycles(left.count + right.count) }

    @inlinable
    public static func - (left: Cycles, right: Cycles) -> Cycles { Cycles(left.count - right.count) }

    @inlinable
    public static func * (left: Cycles, right: Int64) -> Cycles { Cycles(left.count * right) }

    @inlinable
    public static func += (left: inout Cycles, right: Cycles) { left.count += right.count }

    @inlinable
    public static func < (left: Cycles, right: Cycles) -> Bool { left.count < right.count }
}

extension Cycles: CustomStringConvertible {
    public var description: String { count == 1 ? "1 cycle" : "\(count) cycles" }
}

/// An instant: the tick of some clock, counted from that clock's tick 0.
@frozen
public struct Cycle: Hashable, Comparable, Sendable {
    /// Ticks since tick 0.
    public var tick: Int64

    @inlinable
    public init(_ tick: Int64) {
        self.tick = tick
    }

    public static let zero = Cycle(0)

    @inlinable
    public static func + (left: Cycle, right: Cycles) -> Cycle { Cycle(left.tick + right.count) }

    /// The length from `right` to `left`.
    @inlinable
    public static func - (left: Cycle, right: Cycle) -> Cycles { Cycles(left.tick - right.tick) }

    @inlinable
    public static func += (left: inout Cycle, right: Cycles) { left.tick += right.count }

    @inlinable
    public static func < (left: Cycle, right: Cycle) -> Bool { left.tick < right.tick }
}

extension Cycle: CustomStringConvertible {
    public var description: String { "cycle \(tick)" }
}
