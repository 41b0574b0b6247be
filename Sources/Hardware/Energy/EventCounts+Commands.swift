/// What a channel did in a run, as its controller counts it.
public struct ChannelActivity: Sendable, Equatable {
    /// Commands started, indexed by `DRAMCommand.rawValue`; `PIM_ACTIVATE` counts bank groups.
    public var commands: [Int]
    /// Dot-products carried out, those inside `PIM_GEMV` included.
    public var dotProducts: Int
    /// Operand bursts moved by `PIM_WRITE` on each data bus.
    public var operandBursts: Int
    /// Cycles with at least one open memory row buffer, and with at least one open PIM row buffer, for each rank.
    public var openCycles: [Int]
    public var pimOpenCycles: [Int]
    /// Length of the run in cycles of the memory clock.
    public var cycles: Int

    public init(
        commands: [Int], dotProducts: Int, operandBursts: Int = 0, openCycles: [Int], pimOpenCycles: [Int], cycles: Int
    ) {
        precondition(
            commands.count == DRAMCommand.allCases.count, "there must be a count for each of the DRAM commands")
        self.commands = commands
        self.dotProducts = dotProducts
        self.operandBursts = operandBursts
        self.openCycles = openCycles
        self.pimOpenCycles = pimOpenCycles
        self.cycles = cycles
    }

    public func count(_ command: DRAMCommand) -> Int { commands[Int(command.rawValue)] }
}

extension EventCounts {
    /// The events of one channel of `memory`.
    ///
    /// A read or write moves a burst; `PIM_GWRITE` moves a row of one bank; a dot-product reads one slice of fp16
    /// values for every PIM unit of the channel; a result is one fp16 value of every bank. `PIM_HEADER`, `PRE` and
    /// `PIM_PRECHARGE` are no events of their own: a precharge is part of its activation.
    public init(_ activity: ChannelActivity, of memory: MemorySystem) {
        self.init()
        let organization = memory.organization
        let burstBits = 8 * organization.burstBytes
        self[.rowActivations] = activity.count(.act) + activity.count(.act1)
        self[.readBits] = activity.count(.rd) * burstBits
        self[.writeBits] = activity.count(.wr) * burstBits
        self[.refreshes] = activity.count(.refab)
        self[.bankRefreshes] = activity.count(.refpb)
        self[.openRankCycles] = activity.openCycles.reduce(0, +)
        self[.closedRankCycles] = organization.ranks * activity.cycles - self[.openRankCycles]
        guard let pim = memory.pim else { return }
        let perActivation = pim.timing.activation == .allBanks ? organization.banks : organization.banksPerGroup
        self[.pimRowActivations] = activity.count(.pimActivate) * perActivation
        self[.operandBits] = activity.count(.pimGwrite) * 8 * organization.rowBytes
        self[.pimMACs] = activity.dotProducts * memory.pimUnitsPerChannel * pim.multipliersPerBank
        self[.dotProductBits] = 16 * self[.pimMACs]
        self[.operandBusBits] = activity.operandBursts * memory.device.dataBuses * burstBits
        self[.resultBits] = (activity.count(.pimRdResult) + activity.count(.pimGemv)) * 16 * organization.banks
        if pim.timing.rowBuffers == 2 {
            self[.pimOpenRankCycles] = activity.pimOpenCycles.reduce(0, +)
            self[.pimClosedRankCycles] = organization.ranks * activity.cycles - self[.pimOpenRankCycles]
        }
    }
}
