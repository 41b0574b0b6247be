/// An amount of data in bytes.
@frozen
public struct Bytes: Hashable, Comparable, Sendable {
    /// The number of bytes.
    public var count: Int64

    @inlinable
    public init(_ count: Int64) {
        self.count = count
    }

    public static let zero = Bytes(0)

    public static func kibibytes(_ count: Int64) -> Bytes { Bytes(count << 10) }

    public static func mebibytes(_ count: Int64) -> Bytes { Bytes(count << 20) }

    public static func gibibytes(_ count: Int64) -> Bytes { Bytes(count << 30) }

    @inlinable
    public static func + (left: Bytes, right: Bytes) -> Bytes { Bytes(left.count + right.count) }

    @inlinable
    public static func - (left: Bytes, right: Bytes) -> Bytes { Bytes(left.count - right.count) }

    @inlinable
    public static func * (left: Bytes, right: Int64) -> Bytes { Bytes(left.count * right) }

    @inlinable
    public static func += (left: inout Bytes, right: Bytes) { left.count += right.count }

    @inlinable
    public static func < (left: Bytes, right: Bytes) -> Bool { left.count < right.count }
}

extension Bytes: CustomStringConvertible {
    /// In the largest binary unit that divides the count: `32 MiB`, `1000 B`.
    public var description: String {
        let units: [(name: String, shift: Int64)] = [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)]
        for unit in units where count != 0 && count & ((1 << unit.shift) - 1) == 0 {
            return "\(count >> unit.shift) \(unit.name)"
        }
        return "\(count) B"
    }
}

/// A rate of data transfer in whole bytes per second.
@frozen
public struct BytesPerSecond: Hashable, Comparable, Sendable {
    /// Bytes per second.
    public let count: Int64

    @inlinable
    public init(_ count: Int64) {
        self.count = count
    }

    /// The exact time that `bytes` take at this rate, which must be positive.
    public func duration(of bytes: Bytes) -> Picoseconds {
        guard let time = Ratio(exactly: Int128(bytes.count) * 1_000_000_000_000, over: Int128(count)) else {
            preconditionFailure("the time of a transfer exceeds 64 bits")
        }
        return Picoseconds(time)
    }

    @inlinable
    public static func < (left: BytesPerSecond, right: BytesPerSecond) -> Bool { left.count < right.count }
}

extension BytesPerSecond: CustomStringConvertible {
    /// In decimal units: `32 GB/s`.
    public var description: String {
        let units: [(name: String, size: Int64)] = [
            ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000),
        ]
        for unit in units where count >= unit.size {
            return "\(Ratio(count, over: unit.size)) \(unit.name)/s"
        }
        return "\(count) B/s"
    }
}
