/// One matrix product: inputs `[m, k]` times weights `[k, n]` gives outputs `[m, n]`, all row-major, sizes in words.
///
/// SCALE-Sim calls the three operands ifmap, filter and ofmap. What a word is (bytes, format) is decided elsewhere.
public struct GEMMShape: Hashable, Sendable {
    public let m: Int
    public let n: Int
    public let k: Int

    /// - Precondition: every size is positive and `m * n * k` is at most `maximumMACs`.
    public init(m: Int, n: Int, k: Int) {
        precondition(m > 0 && n > 0 && k > 0, "a GEMM has at least one row, one column and one inner element")
        precondition(GEMMShape.isRepresentable(m: m, n: n, k: k), "a GEMM has at most 2^53 multiply-accumulates")
        self.m = m
        self.n = n
        self.k = k
    }

    /// The largest count that is exact both as an `Int` and as a `Double`; cycle and access counts stay below it times
    /// the array's edge, so nothing overflows 64 bits.
    public static let maximumMACs = 1 << 53

    /// True when the product fits `maximumMACs`: to be asked of sizes that come from a file.
    public static func isRepresentable(m: Int, n: Int, k: Int) -> Bool {
        let (mn, overflowsFirst) = m.multipliedReportingOverflow(by: n)
        let (mnk, overflowsSecond) = mn.multipliedReportingOverflow(by: k)
        return !overflowsFirst && !overflowsSecond && mnk <= maximumMACs
    }

    /// Multiply-accumulates of the dense product.
    public var macs: Int { m * n * k }

    /// Words of each operand.
    public var inputWords: Int { m * k }
    public var weightWords: Int { k * n }
    public var outputWords: Int { m * n }

    /// The size along one axis.
    public subscript(axis: GEMMAxis) -> Int {
        switch axis {
        case .m: m
        case .n: n
        case .k: k
        }
    }
}

/// The three loops of a matrix product: rows of the inputs, columns of the weights, and the summed inner index.
public enum GEMMAxis: String, Sendable {
    case m, n, k
}

/// The three matrices of a product.
public enum GEMMOperand: String, Sendable, CaseIterable {
    case inputs, weights, outputs
}
