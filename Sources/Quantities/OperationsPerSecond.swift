/// A rate of arithmetic operations; a multiplication with its addition is two.
@frozen
public struct OperationsPerSecond: Hashable, Comparable, Sendable {
    /// Operations per second.
    public let count: Int64

    @inlinable
    public init(_ count: Int64) {
        self.count = count
    }

    @inlinable
    public static func < (left: OperationsPerSecond, right: OperationsPerSecond) -> Bool { left.count < right.count }
}

extension OperationsPerSecond: CustomStringConvertible {
    /// In decimal units: `1.33 TFLOP/s`.
    public var description: String {
        let units: [(name: String, size: Int64)] = [
            ("TFLOP", 1_000_000_000_000), ("GFLOP", 1_000_000_000), ("MFLOP", 1_000_000),
        ]
        for unit in units where count >= unit.size {
            return "\(Ratio(count, over: unit.size)) \(unit.name)/s"
        }
        return "\(count) FLOP/s"
    }
}
