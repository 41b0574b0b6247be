import Hardware

/// The state of one channel's devices, which every controller drives: timing, row buffers, command buses, write clock.
///
/// It answers when a command may start (`earliest`) and carries commands out (`apply`); which command starts is the
/// controller's choice. It models both row buffers of a bank, the activation window, clock edges on which commands may
/// start, the second half of a split activation, and the write clock. It does not look at requests or at refresh policy.
struct DRAMDeviceState: Sendable {
    /// Values of `openRow` and `pimRow` besides a row's number: no row, and between ACT1 and ACT2.
    static let closed: Int32 = -1
    static let activating: Int32 = -2

    let organization: DRAMOrganization
    let intervals: DRAMIntervals
    let buses: CommandBuses
    /// ACT, or ACT1 where activation is split.
    let activate: DRAMCommand
    /// Banks of each rank, as bits.
    let rankBanks: [UInt64]
    let bankRank: [Int]

    var timing: TimingState
    var openRow: [Int32]
    var pimRow: [Int32]
    /// Banks with a row in their memory row buffer (or between ACT1 and ACT2), and in their PIM row buffer.
    private(set) var openBanks: UInt64 = 0
    private(set) var openPIMBanks: UInt64 = 0
    var edges = EdgePairing()
    var split: SplitCommands

    /// Commands started, indexed by `DRAMCommand.rawValue`.
    var commands = [Int](repeating: 0, count: DRAMCommand.allCases.count)
    var log: [LoggedCommand]?

    /// - Parameters:
    ///   - usesBothBuses: `false`: one command in a tick, whatever buses the standard has.
    ///   - rules: rules beside the device's own, such as those of PIM commands.
    init(_ device: StandardDevice, usesBothBuses: Bool = true, rules: [TimingRule] = []) {
        organization = device.organization
        precondition(organization.banks <= 64, "a channel has at most 64 banks, got \(organization.banks)")
        intervals = DRAMIntervals(device)
        let standardBuses = device.standard.buses
        buses = usesBothBuses || standardBuses == .rowAndColumnOnEdges ? standardBuses : .shared
        activate = device.standard.activation
        timing = TimingState(CompiledTiming(organization: organization, rules: device.rules + rules))
        let perRank = organization.banksPerRank
        rankBanks = (0..<organization.ranks).map { rank in
            let all: UInt64 = perRank == 64 ? .max : (1 << UInt64(perRank)) - 1
            return all << UInt64(rank * perRank)
        }
        bankRank = (0..<organization.banks).map { $0 / perRank }
        openRow = [Int32](repeating: Self.closed, count: organization.banks)
        pimRow = openRow
        split = SplitCommands(device)
    }

    /// First tick in which the rules and the clock edges let a command start; before `now` if it could already.
    @inline(__always)
    func earliest(_ command: DRAMCommand, bank: Int, now: Int) -> Int {
        let tick = timing.earliest(command, bank: bank)
        return buses == .rowAndColumnOnEdges ? onEdge(command, tick, bank: bank, now: now) : tick
    }

    /// Carries out a command: timing, bank state, counts, log. The caller has seen to it that it may start.
    ///
    /// - Parameter logsBank: `false` for commands of the whole channel.
    mutating func apply(
        _ command: DRAMCommand, bank: Int, at cycle: Int, row: Int32? = nil, column: Int? = nil, dotProducts: Int = 0,
        logsBank: Bool = true
    ) {
        commands[Int(command.rawValue)] += 1
        log?.append(
            LoggedCommand(
                cycle: cycle, command: command, bank: logsBank ? bank : nil, row: row.map(Int.init), column: column,
                dotProducts: dotProducts))
        timing.issue(command, bank: bank, at: cycle, dotProducts: dotProducts)
        switch command {
        case .act, .act1:
            timing.activate(rank: bankRank[bank], at: cycle, count: 1)
            setRow(bank, command == .act ? row! : Self.activating)
            if command == .act1 { split.begin(bank: bank, row: row!, at: cycle) }
        case .act2:
            setRow(bank, split.row)
            split.end()
        case .pre, .rda, .wra: setRow(bank, Self.closed)
        case .prea: for other in banks(ofRank: bankRank[bank]) { setRow(other, Self.closed) }
        case .pimPrecharge: setPIMRow(bank, Self.closed)
        default: break
        }
        if split.isUsed, command.isColumn { split.extendClock(command, at: cycle) }
        if buses == .rowAndColumnOnEdges, cycle & 1 == 1, !command.usesColumnBus {
            edges.note(command, bank, at: cycle)
        }
    }

    /// Opens or closes a memory row buffer without a command of its own.
    mutating func setRow(_ bank: Int, _ row: Int32) {
        openRow[bank] = row
        let bit: UInt64 = 1 << UInt64(bank)
        openBanks = row == Self.closed ? openBanks & ~bit : openBanks | bit
    }

    mutating func setPIMRow(_ bank: Int, _ row: Int32) {
        pimRow[bank] = row
        let bit: UInt64 = 1 << UInt64(bank)
        openPIMBanks = row == Self.closed ? openPIMBanks & ~bit : openPIMBanks | bit
    }

    func banks(ofRank rank: Int) -> Range<Int> {
        rank * organization.banksPerRank..<(rank + 1) * organization.banksPerRank
    }
}
