/// An energy in picojoules.
@frozen
public struct Picojoules: Hashable, Comparable, Sendable {
    public var value: Double

    @inlinable
    public init(_ value: Double) {
        self.value = value
    }

    public static let zero = Picojoules(0)

    @inlinable
    public static func + (left: Picojoules, right: Picojoules) -> Picojoules {
        Picojoules(left.value + right.value)
    }

    @inlinable
    public static func * (left: Picojoules, right: Int64) -> Picojoules {
        Picojoules(left.value * Double(right))
    }

    @inlinable
    public static func += (left: inout Picojoules, right: Picojoules) { left.value += right.value }

    @inlinable
    public static func < (left: Picojoules, right: Picojoules) -> Bool { left.value < right.value }
}

extension Picojoules: CustomStringConvertible {
    public var description: String { "\(value) pJ" }
}

/// An energy per transferred bit, in picojoules per bit.
@frozen
public struct PicojoulesPerBit: Hashable, Comparable, Sendable {
    public var value: Double

    @inlinable
    public init(_ value: Double) {
        self.value = value
    }

    @inlinable
    public static func < (left: PicojoulesPerBit, right: PicojoulesPerBit) -> Bool { left.value < right.value }
}

extension PicojoulesPerBit: CustomStringConvertible {
    public var description: String { "\(value) pJ/bit" }
}

/// A power in milliwatts.
@frozen
public struct Milliwatts: Hashable, Comparable, Sendable {
    public var value: Double

    @inlinable
    public init(_ value: Double) {
        self.value = value
    }

    @inlinable
    public static func < (left: Milliwatts, right: Milliwatts) -> Bool { left.value < right.value }
}

extension Milliwatts: CustomStringConvertible {
    public var description: String { "\(value) mW" }
}

/// A current in milliamperes.
@frozen
public struct Milliamperes: Hashable, Comparable, Sendable {
    public var value: Double

    @inlinable
    public init(_ value: Double) {
        self.value = value
    }

    @inlinable
    public static func < (left: Milliamperes, right: Milliamperes) -> Bool { left.value < right.value }
}

extension Milliamperes: CustomStringConvertible {
    public var description: String { "\(value) mA" }
}

/// A voltage in volts.
@frozen
public struct Volts: Hashable, Comparable, Sendable {
    public var value: Double

    @inlinable
    public init(_ value: Double) {
        self.value = value
    }

    @inlinable
    public static func < (left: Volts, right: Volts) -> Bool { left.value < right.value }
}

extension Volts: CustomStringConvertible {
    public var description: String { "\(value) V" }
}
