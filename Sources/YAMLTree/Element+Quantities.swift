import Quantities

extension Element {
    /// A number with a unit, within bounds if given.
    ///
    /// A wrong unit is answered with the accepted ones; a unit in the wrong case with the right one.
    public func quantity<Value: Quantity>(
        _ type: Value.Type, atLeast lower: Value? = nil, atMost upper: Value? = nil
    ) -> Field<Value> {
        let stand = Value(baseUnits: Ratio(1))
        guard let text = scalar("\(Value.kind.phrase) such as '\(Value.kind.example)'") else { return wrong(stand) }
        let value: Value
        do {
            value = try Value(parsing: text)
        } catch {
            note("'\(path)' is '\(text)'\(error.message)", suggestion: error.suggestion)
            return wrong(stand)
        }
        if let lower, value < lower {
            note("'\(path)' is \(value) but must be at least \(lower)")
            return wrong(lower)
        }
        if let upper, value > upper {
            note("'\(path)' is \(value) but must be at most \(upper)")
            return wrong(upper)
        }
        return field(value)
    }

    /// A clock frequency of at least 1 Hz.
    public func frequency(atLeast lower: Hertz = Hertz(1), atMost upper: Hertz? = nil) -> Field<Hertz> {
        quantity(Hertz.self, atLeast: lower, atMost: upper)
    }

    public func size(atLeast lower: Bytes? = nil, atMost upper: Bytes? = nil) -> Field<Bytes> {
        quantity(Bytes.self, atLeast: lower, atMost: upper)
    }

    public func time(atLeast lower: Picoseconds? = nil, atMost upper: Picoseconds? = nil) -> Field<Picoseconds> {
        quantity(Picoseconds.self, atLeast: lower, atMost: upper)
    }

    public func cycles(atLeast lower: Cycles? = nil, atMost upper: Cycles? = nil) -> Field<Cycles> {
        quantity(Cycles.self, atLeast: lower, atMost: upper)
    }

    /// A bandwidth of at least 1 B/s.
    public func bandwidth(atLeast lower: BytesPerSecond = BytesPerSecond(1)) -> Field<BytesPerSecond> {
        quantity(BytesPerSecond.self, atLeast: lower)
    }

    /// A rate of operations of at least 1 FLOP/s.
    public func operationRate() -> Field<OperationsPerSecond> {
        quantity(OperationsPerSecond.self, atLeast: OperationsPerSecond(1))
    }

    public func energy() -> Field<Picojoules> { quantity(Picojoules.self) }

    public func energyPerBit() -> Field<PicojoulesPerBit> { quantity(PicojoulesPerBit.self) }

    public func power() -> Field<Milliwatts> { quantity(Milliwatts.self) }

    public func current() -> Field<Milliamperes> { quantity(Milliamperes.self) }

    public func voltage() -> Field<Volts> { quantity(Volts.self) }

    /// A wait in time or in cycles: `14 ns` or `14 cycles`.
    public func delay() -> Field<Delay> {
        guard let text = scalar("a time such as '14 ns' or a number of cycles such as '14 cycles'") else {
            return wrong(.cycles(Cycles(1)))
        }
        do {
            return field(try Delay(parsing: text))
        } catch {
            note("'\(path)' is '\(text)'\(error.message), or cycles", suggestion: error.suggestion)
            return wrong(.cycles(Cycles(1)))
        }
    }
}
