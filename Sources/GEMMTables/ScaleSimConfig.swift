import SimCore

/// A SCALE-Sim configuration file, v2 or v3: what of it this simulator uses.
///
/// Sizes of scratchpads in kilobytes of 1024 bytes, bandwidths in words of one byte per cycle, as in the file.
public struct ScaleSimConfig: Hashable, Sendable {
    public enum BandwidthMode: String, Sendable {
        /// Report the bandwidth a stall-free run needs.
        case estimate = "CALC"
        /// Stall at a given bandwidth. SCALE-Sim's stalls are not reproduced.
        case user = "USER"
    }

    public var runName = "scale_run"
    public var array: SystolicArrayShape
    public var dataflow: Dataflow
    public var inputKilobytes = 256
    public var weightKilobytes = 256
    public var outputKilobytes = 128
    /// One value for all operands, or one each for inputs, weights and outputs.
    public var bandwidths: [Int] = []
    public var bandwidthMode = BandwidthMode.estimate
    /// N:M sparsity of the topology's column is used only when this is true.
    public var sparsitySupport = false
    /// Row-wise sparsity: SCALE-Sim ignores the column's ratio and stores half of the weights.
    public var optimizedMapping = false
    /// What was missing and got its default, what is read and has no effect.
    public var warnings: [TableMistake] = []

    public init(array: SystolicArrayShape, dataflow: Dataflow) {
        self.array = array
        self.dataflow = dataflow
    }
}
