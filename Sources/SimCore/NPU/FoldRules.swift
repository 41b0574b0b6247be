/// A systolic array's size in processing elements.
public struct SystolicArrayShape: Hashable, Sendable {
    public let rows: Int
    public let columns: Int

    /// - Precondition: each edge is between 1 and `maximumEdge`.
    public init(rows: Int, columns: Int) {
        let valid = 1...SystolicArrayShape.maximumEdge
        precondition(valid.contains(rows) && valid.contains(columns), "an array edge is between 1 and 65536 elements")
        self.rows = rows
        self.columns = columns
    }

    /// Beyond this, counts of a largest GEMM could leave 64 bits.
    public static let maximumEdge = 65_536

    public var elements: Int { rows * columns }
}

/// How one fold follows another.
public enum FoldFill: Hashable, Sendable {
    /// A fold starts when the last output of the one before has left: SCALE-Sim.
    case serial
    /// The next stationary tile shifts in, behind a second register, while this one computes: ONNXim.
    case overlapped
}

/// What a fold costs that uses only a part of the array.
public enum EdgeFolds: Hashable, Sendable {
    /// As much as a full one: data travels through the idle elements too. SCALE-Sim and ONNXim.
    case full
    /// Only its used rows and columns: an array whose edges can be tapped at any row and column.
    case used
}

/// How the finished sums of an output-stationary fold leave the array. The other dataflows drain while they stream.
public enum OutputDrain: Hashable, Sendable {
    /// Each sum leaves over its column's bus in the cycle it is finished. The elements that finish in one cycle lie on
    /// an anti-diagonal, one in each column, so one bus per column is enough. SCALE-Sim's simulator.
    case columnBus
    /// Sums shift down the columns, one row a cycle, once the column's last element is done: one array height more.
    /// SCALE-Sim's published closed form (2R + C + T - 2 for all three dataflows).
    case shifted
}

/// How many multiply-accumulates a processing element does in a cycle for one number format, relative to its own.
///
/// A narrow format packs several neighbouring `k` into one element and one cycle (a dot product of that length); a wide
/// one keeps an element busy for several cycles. Only one of the two numbers differs from 1.
public struct MACRate: Hashable, Sendable {
    public let innerPerCycle: Int
    public let cyclesPerMAC: Int

    public static let one = MACRate(innerPerCycle: 1)

    /// `count` elements of `k` in one cycle.
    public init(innerPerCycle count: Int) {
        precondition(count > 0, "a processing element takes at least one inner element a cycle")
        innerPerCycle = count
        cyclesPerMAC = 1
    }

    /// One element of `k` in `count` cycles.
    public init(cyclesPerMAC count: Int) {
        precondition(count > 0, "a multiply-accumulate takes at least one cycle")
        innerPerCycle = 1
        cyclesPerMAC = count
    }

    /// The multiplier of the array's peak.
    public var multiplier: Double { Double(innerPerCycle) / Double(cyclesPerMAC) }
}

/// All choices that turn a shape and a dataflow into cycles.
public struct FoldRules: Hashable, Sendable {
    public var fill: FoldFill
    public var edges: EdgeFolds
    public var drain: OutputDrain
    public var rate: MACRate

    public init(
        fill: FoldFill = .serial, edges: EdgeFolds = .full, drain: OutputDrain = .columnBus, rate: MACRate = .one
    ) {
        self.fill = fill
        self.edges = edges
        self.drain = drain
        self.rate = rate
    }

    /// What SCALE-Sim v3.0.0 simulates.
    public static let scaleSim = FoldRules()

    /// What ONNXim (commit a1e8629) issues on a weight-stationary core.
    public static let onnxim = FoldRules(fill: .overlapped)
}
