/// A wait stated either as time or as cycles of the clock it belongs to, as data sheets do (`14 ns`, `2 cycles`).
@frozen
public enum Delay: Hashable, Sendable {
    case time(Picoseconds)
    case cycles(Cycles)

    /// Reads `14 ns` or `14 cycles`.
    ///
    /// - Throws: `QuantityError`; a unit that is neither is reported as a wrong unit of time.
    public init(parsing text: String) throws(QuantityError) {
        if let cycles = try? Cycles(parsing: text) {
            self = .cycles(cycles)
        } else {
            self = .time(try Picoseconds(parsing: text))
        }
    }

    /// The fewest whole cycles of a clock that cover the delay.
    public func cycles(of clock: ClockPeriod) -> Cycles {
        switch self {
        case .time(let time): clock.cycles(covering: time)
        case .cycles(let cycles): cycles
        }
    }

    /// The length of time it takes with a given clock.
    public func duration(with clock: ClockPeriod) -> Picoseconds {
        switch self {
        case .time(let time): time
        case .cycles(let cycles): clock.duration(of: cycles)
        }
    }
}

extension Delay: CustomStringConvertible {
    public var description: String {
        switch self {
        case .time(let time): "\(time)"
        case .cycles(let cycles): "\(cycles)"
        }
    }
}
