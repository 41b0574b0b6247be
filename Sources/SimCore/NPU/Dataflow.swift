/// Which operand stays in the processing elements of a systolic array while the others stream past.
///
/// The raw values are the spellings of SCALE-Sim's `Dataflow` key and of the command line.
public enum Dataflow: String, CaseIterable, Sendable {
    case weightStationary = "ws"
    case outputStationary = "os"
    case inputStationary = "is"

    /// Which loop lies along the rows, along the columns and in time: the whole difference between dataflows.
    ///
    /// Source: SCALE-Sim v3.0.0 `compute/systolic_compute_{ws,os,is}.py` (Sr, Sc and T of
    /// Samajdar et al., "A systematic methodology for characterizing scalability of DNN accelerators using SCALE-Sim",
    /// ISPASS 2020, Table 1).
    ///
    /// | dataflow | rows | columns | time | stationary |
    /// |---|---|---|---|---|
    /// | ws | k | n | m | weights |
    /// | os | m | n | k | outputs |
    /// | is | k | m | n | inputs |
    public var mapping: DataflowMapping {
        switch self {
        case .weightStationary: DataflowMapping(rows: .k, columns: .n, time: .m, stationary: .weights)
        case .outputStationary: DataflowMapping(rows: .m, columns: .n, time: .k, stationary: .outputs)
        case .inputStationary: DataflowMapping(rows: .k, columns: .m, time: .n, stationary: .inputs)
        }
    }
}

/// One row of the dataflow table.
public struct DataflowMapping: Hashable, Sendable {
    /// The loop unrolled over the array's rows (SCALE-Sim's Sr).
    public let rows: GEMMAxis
    /// The loop unrolled over the array's columns (Sc).
    public let columns: GEMMAxis
    /// The loop that runs in time (T).
    public let time: GEMMAxis
    /// The operand that does not move during a fold.
    public let stationary: GEMMOperand

    /// True when the stationary operand has to be shifted in before a fold can start (all but output-stationary).
    public var preloads: Bool { stationary != .outputs }
}
