/// Timing and couplings of the PIM units of a channel, in cycles of the channel's clock.
///
/// The rules follow NeuPIMs (ASPLOS 2024, sections 4 and 5) and its published simulator (`extern/NewtonSim`,
/// commit f299af3). Where that simulator departs from the physics the choice is a parameter here.
public struct PIMTiming: Sendable, Equatable {
    /// Row buffers of a bank: 1 (the PIM units share the memory row buffer) or 2.
    public var rowBuffers: Int
    /// Cycles for which `PIM_GWRITE` holds the operand path while it copies one row segment.
    public var nGWRITE: Int
    /// Cycles from one dot-product slice to the next.
    public var nDOT: Int
    /// Dot-products that the adder tree takes to fill: fewer are charged as this many.
    public var fillDotProducts: Int
    /// When the PIM row may close.
    public var close: PIMClose
    /// When the result of a `PIM_GEMV` is on the bus.
    public var result: PIMResult
    /// How activations of the PIM side and of the memory side share a rank's activation power.
    public var activation: PIMActivationSharing
    /// Where the units sit.
    public var level: PIMLevel
    /// Registers of a unit for finished sums: with a second one the next dot-products go on while a result moves out.
    public var resultRegisters: Int

    public init(
        rowBuffers: Int, nGWRITE: Int, nDOT: Int, fillDotProducts: Int, close: PIMClose, result: PIMResult,
        activation: PIMActivationSharing, level: PIMLevel = .bank, resultRegisters: Int = 1
    ) {
        self.rowBuffers = rowBuffers
        self.nGWRITE = nGWRITE
        self.nDOT = nDOT
        self.fillDotProducts = fillDotProducts
        self.close = close
        self.result = result
        self.activation = activation
        self.level = level
        self.resultRegisters = resultRegisters
    }
}

/// When the row that PIM units work on may be closed.
public enum PIMClose: String, Sendable, CaseIterable {
    /// nRTP after the last dot-product has read its column.
    case afterDotProducts = "after-dot-products"
    /// nRTP after the command was issued, however many dot-products it stands for (published simulator).
    case afterIssue = "after-issue"
}

extension PIMTiming {
    /// Bursts on each data bus that one result takes: an fp16 sum of every bank.
    public func resultBursts(on device: StandardDevice) -> Int {
        let bytes = 2 * device.organization.banks / device.dataBuses
        return (bytes + device.organization.burstBytes - 1) / device.organization.burstBytes
    }
}

/// When the result of a composite `PIM_GEMV` is returned.
public enum PIMResult: String, Sendable, CaseIterable {
    /// nCL + nBL after the last dot-product.
    case afterDotProducts = "after-dot-products"
    /// nCL + nBL after the command was issued (published simulator).
    case afterIssue = "after-issue"
}

/// How many rows `PIM_ACTIVATE` opens at once, and how it shares the four-activate window of a rank with ACT.
public enum PIMActivationSharing: String, Sendable, CaseIterable {
    /// A `PIM_ACTIVATE` counts as four activations in the window. From the time a header closes rows until the GEMV's
    /// last activation in a rank the window is the PIM side's, and from then until the next header the memory side's.
    case sharedWindow = "shared-window"
    /// A `PIM_ACTIVATE` keeps every activation of its rank away for nFAW, but does not look at the ACTs before it
    /// (published simulator).
    case spacing
    /// A `PIM_ACTIVATE` opens the row in every bank of the channel at once, and closing it is one command as well
    /// (`PREA` of each rank, or `PIM_PRECHARGE` of all banks with two row buffers). It neither looks at the window nor
    /// enters it: what it draws is a limit on how fast dot-products may follow one another (AttAcc).
    case allBanks = "all-banks"
}
