/// A value that a file states as a number with a unit.
public protocol Quantity: Comparable, Sendable, CustomStringConvertible {
    static var kind: QuantityKind { get }

    /// The value of `baseUnits` of the kind's base unit (`QuantityKind.units`).
    init(baseUnits: Ratio)
}

extension Quantity {
    /// Reads a text such as `14 ns`.
    ///
    /// - Throws: `QuantityError` if the number, the unit or the size of the value is wrong.
    public init(parsing text: String) throws(QuantityError) {
        self.init(baseUnits: try parseQuantity(text, as: Self.kind))
    }
}

extension Hertz: Quantity {
    public static var kind: QuantityKind { .frequency }
    public init(baseUnits: Ratio) { self.init(baseUnits.numerator) }
}

extension Bytes: Quantity {
    public static var kind: QuantityKind { .size }
    public init(baseUnits: Ratio) { self.init(baseUnits.numerator) }
}

extension Picoseconds: Quantity {
    public static var kind: QuantityKind { .time }
    public init(baseUnits: Ratio) { self.init(baseUnits) }
}

extension Cycles: Quantity {
    public static var kind: QuantityKind { .cycles }
    public init(baseUnits: Ratio) { self.init(baseUnits.numerator) }
}

extension BytesPerSecond: Quantity {
    public static var kind: QuantityKind { .bandwidth }
    public init(baseUnits: Ratio) { self.init(baseUnits.numerator) }
}

extension Picojoules: Quantity {
    public static var kind: QuantityKind { .energy }
    public init(baseUnits: Ratio) { self.init(baseUnits.approximate) }
}

extension PicojoulesPerBit: Quantity {
    public static var kind: QuantityKind { .energyPerBit }
    public init(baseUnits: Ratio) { self.init(baseUnits.approximate) }
}

extension Milliwatts: Quantity {
    public static var kind: QuantityKind { .power }
    public init(baseUnits: Ratio) { self.init(baseUnits.approximate) }
}

extension Milliamperes: Quantity {
    public static var kind: QuantityKind { .current }
    public init(baseUnits: Ratio) { self.init(baseUnits.approximate) }
}

extension Volts: Quantity {
    public static var kind: QuantityKind { .voltage }
    public init(baseUnits: Ratio) { self.init(baseUnits.approximate) }
}

extension OperationsPerSecond: Quantity {
    public static var kind: QuantityKind { .operationRate }
    public init(baseUnits: Ratio) { self.init(baseUnits.numerator) }
}
