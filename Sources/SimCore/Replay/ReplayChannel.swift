import Hardware

/// One DRAM channel of any standard under the controller of Ramulator 2.1, for replaying traces.
///
/// What goes in: requests in the order of their ticks (`enqueue`). What comes out: the tick of the last answer, command
/// counts, read latencies and on request the command log. Exact to the tick: `run` visits only the ticks in which
/// something can happen.
///
/// A request that may be offered from tick k on is taken before tick k + 1 of the controller, one a tick, in order; one
/// that finds its buffer full holds up those behind it. In a tick, in this order: refresh falls due; the row policy asks
/// for precharges; a command starts (where the standard has two buses, a column command and a row command); it is chosen
/// from the requests whose row was opened for them, then maintenance, then the read or the write buffer.
///
/// The rules follow Ramulator 2.1 (commit c5b1c3a, MIT): `src/ramulator/controller`. One thing differs: where an
/// automatic precharge closes a row on which another request waits after its ACT, that request opens it again.
public struct ReplayChannel: ~Copyable, Sendable {
    static let closed: Int32 = -1
    static let activating: Int32 = -2
    static let idle = Int.max

    let device: StandardDevice
    let controller: ReplayController
    let map: ReplayAddressMap
    let organization: DRAMOrganization
    let rankBanks: FixedBuffer<UInt64>
    let bankRank: FixedBuffer<Int>
    let buses: CommandBuses
    let activate: DRAMCommand
    let readLatency: Int
    /// Writes are served once more than `drainAbove` wait, until fewer than `drainBelow` do.
    let drainAbove: Int
    let drainBelow: Int
    let closesAfterOne: Bool

    // Banks: the open row, and the request whose ACT opened it and which has not been served.
    var timing: TimingState
    let openRow: FixedBuffer<Int32>
    /// Banks that are open, or between ACT1 and ACT2.
    var openBanks: UInt64 = 0
    let activeSlot: FixedBuffer<Int16>
    var activeBanks: UInt64 = 0
    /// Those of them whose row is open, by what their request is.
    var activeReads: UInt64 = 0
    var activeWrites: UInt64 = 0
    /// Ticks from which the bank's own rules let a row command start (ACT or PRE, as its state has it), and banks for
    /// which that tick has come; lower bounds for RD and WR.
    let rowBound: FixedBuffer<Int>
    var ripeRows: UInt64 = 0
    let readBound: FixedBuffer<Int>
    let writeBound: FixedBuffer<Int>
    var bounds = Bounds.unknown

    // Requests.
    var port: [ReplayAccess] = []
    var portHead = 0
    /// Where the burst at `portHead` lies; looked up once.
    var headPlace = ReplayAddressMap.Place(bank: 0, row: 0, column: 0)
    var placedHead = -1
    let pool: FixedBuffer<ReplayRequest>
    var freeSlot: Int16 = 0
    var reads: ReplayQueue
    var writes: ReplayQueue
    var isDraining = false
    var outstanding = 0

    // Maintenance, and rows that the policy wants closed.
    var maintenance = MaintenanceQueue()
    var refresh: RefreshClock
    var cappedBanks: UInt64 = 0
    var askedBanks: UInt64 = 0

    // The last row command on a rising edge, with the tick in which it limits precharges (`rowAndColumnOnEdges`).
    var edges = EdgePairing()

    // Split activation: the bank between ACT1 and ACT2, and the write clock.
    var split: SplitActivation

    // Time and what is reported.
    var now = 0
    var nextTick = 1
    var wake = ReplayChannel.idle
    var lastAnswer = 0
    /// Advances row streaks without looking for what else could start (`runStreak`); the commands are the same.
    public var usesClosedForms = true
    /// Skips no tick; for the tests.
    var visitsEveryTick = false
    /// Commands started, indexed by `DRAMCommand.rawValue`; and what else is counted.
    let counts: FixedBuffer<Int>
    var tally = ReplayStatistics(commands: [])
    /// Ticks of each rank with a row open, up to the last time that it had none; and since when it has.
    let openTicks: FixedBuffer<Int>
    let openSince: FixedBuffer<Int>
    /// What the data buses' time is spent on, if asked for.
    var account: BusAccount?
    var log: [LoggedCommand]?

    public init(_ device: StandardDevice, _ controller: ReplayController) {
        let organization = device.organization
        precondition(organization.banks <= 64, "a channel has at most 64 banks, got \(organization.banks)")
        self.device = device
        self.controller = controller
        self.organization = organization
        map = ReplayAddressMap(organization, controller.mapping, bits: controller.addressBits)
        timing = TimingState(
            CompiledTiming(
                organization: organization, rules: device.rules, commands: Self.commands(of: controller)))
        let banks = organization.banks
        let perRank = organization.banksPerRank
        rankBanks = FixedBuffer(
            (0..<organization.ranks).map { rank in
                let all: UInt64 = perRank == 64 ? .max : (1 << UInt64(perRank)) - 1
                return all << UInt64(rank * perRank)
            })
        bankRank = FixedBuffer((0..<banks).map { $0 / perRank })
        buses = device.standard.buses
        activate = device.standard.splitsActivation ? .act1 : .act
        readLatency = device.ticks("nCL + \(device.burst)")
        drainAbove = Int((controller.drainStart * Double(controller.writeBufferDepth)).rounded(.down))
        drainBelow = Int((controller.drainStop * Double(controller.writeBufferDepth)).rounded(.up))
        closesAfterOne = controller.rowPolicy == .closedAfterOne
        openRow = FixedBuffer(repeating: Self.closed, count: banks)
        activeSlot = FixedBuffer(repeating: ReplayQueue.none, count: banks)
        rowBound = FixedBuffer(repeating: 0, count: banks)
        readBound = FixedBuffer(repeating: 0, count: banks)
        writeBound = FixedBuffer(repeating: 0, count: banks)
        let slots = controller.readBufferDepth + controller.writeBufferDepth + banks
        pool = FixedBuffer(repeating: ReplayRequest(), count: slots)
        for slot in 0..<slots { pool[slot].next = slot + 1 < slots ? Int16(slot + 1) : ReplayQueue.none }
        reads = ReplayQueue(banks: banks)
        writes = ReplayQueue(banks: banks)
        refresh = RefreshClock(device, controller.refresh)
        split = SplitActivation(device)
        counts = FixedBuffer(repeating: 0, count: DRAMCommand.allCases.count)
        openTicks = FixedBuffer(repeating: 0, count: organization.ranks)
        openSince = FixedBuffer(repeating: 0, count: organization.ranks)
    }

    /// The commands that a controller may give.
    private static func commands(of controller: ReplayController) -> [DRAMCommand] {
        var commands: [DRAMCommand] = [.act, .act1, .act2, .pre, .rd, .wr, .casRd, .casWr]
        if controller.rowPolicy == .closedAfterOne { commands += [.rda, .wra] }
        if controller.refresh == .perBank { commands.append(.refpb) }
        if controller.refresh == .allBank || controller.refresh == .allBankStaggered { commands += [.prea, .refab] }
        return commands
    }

    public var statistics: ReplayStatistics {
        var statistics = tally
        statistics.commands = (0..<counts.count).map { counts[$0] }
        return statistics
    }

    /// Ticks with a row open, for each rank, in a replay that ended at `ticks`.
    public func openTicks(at ticks: Int) -> [Int] {
        (0..<organization.ranks).map { rank in
            openTicks[rank] + (openBanks & rankBanks[rank] != 0 ? ticks - openSince[rank] : 0)
        }
    }

    /// Accounts for the time of the data buses, from the beginning; costs some speed.
    public mutating func accountsForBuses() {
        precondition(now == 0, "bus time is accounted for from the first tick on")
        account = BusAccount(device, timing.table, commands: Self.commands(of: controller))
    }

    /// What the ticks of the data buses were spent on, in a replay that ended at `ticks`; nil if not asked for.
    public func busTimes(at ticks: Int) -> BusTimes? { account?.times(at: ticks) }

    /// Sends requests to the channel, in the order of their ticks.
    public mutating func enqueue(_ accesses: [ReplayAccess]) {
        if portHead == port.count {
            port.removeAll(keepingCapacity: true)
            portHead = 0
            placedHead = -1
        }
        port.append(contentsOf: accesses)
        nextTick = min(nextTick, portTick)
    }

    /// Runs until the port is empty, so that a caller that streams a trace can hand over the next piece.
    public mutating func run() {
        while portHead < port.count { step() }
    }

    /// Runs until the last answer, and returns its tick.
    public mutating func finish() -> Int {
        while portHead < port.count || outstanding > 0 { step() }
        while nextTick <= lastAnswer { step() }
        return lastAnswer
    }

    /// Keeps a log of the commands, from now on.
    public mutating func recordsCommands() { log = [] }

    /// The commands since the last call.
    public mutating func takeLog() -> [LoggedCommand] {
        defer { log?.removeAll(keepingCapacity: true) }
        return log ?? []
    }

    private mutating func step() {
        precondition(nextTick != Self.idle, "requests wait and nothing can happen")
        now = nextTick
        wake = Self.idle
        accept()
        noteDueRefresh()
        if account != nil { account!.noteStall(maintenance.refreshes > 0, at: now) }
        if closesAfterOne { askForPrecharges() }
        if startCommands() { wake = now + 1 }
        if visitsEveryTick {
            nextTick = now + 1
        } else if usesClosedForms, let bank = streakBank {
            runStreak(on: bank)
        } else {
            nextTick = max(now + 1, min(wake, refresh.due, portTick))
        }
    }

    // MARK: The port

    /// Tick in which the first request of the port can be taken.
    var portTick: Int {
        mutating get {
            guard portHead < port.count else { return Self.idle }
            let head = port[portHead]
            let tick = max(head.tick, now) + 1
            if head.isWrite ? writes.count < controller.writeBufferDepth : reads.count < controller.readBufferDepth {
                return tick
            }
            return writes.count > 0 && waitsAsWrite(head) ? tick : Self.idle
        }
    }

    /// Whether a write of the same burst waits.
    @inline(__always)
    private mutating func waitsAsWrite(_ access: ReplayAccess) -> Bool {
        writes.contains(access.burst, bank: place(ofHead: access).bank, in: pool)
    }

    @inline(__always)
    mutating func place(ofHead access: ReplayAccess) -> ReplayAddressMap.Place {
        if placedHead != portHead {
            headPlace = map.place(of: access.burst)
            placedHead = portHead
        }
        return headPlace
    }

    mutating func accept() {
        guard portHead < port.count, port[portHead].tick < now else { return }
        let access = port[portHead]
        if writes.count > 0, waitsAsWrite(access) {
            portHead += 1
            if access.isWrite {
                tally.mergedWrites += 1
                lastAnswer = max(lastAnswer, now - 1)
            } else {
                tally.forwardedReads += 1
                tally.latencies.record(1)
                lastAnswer = max(lastAnswer, now)
            }
            return
        }
        guard access.isWrite ? writes.count < controller.writeBufferDepth : reads.count < controller.readBufferDepth
        else { return }
        let place = place(ofHead: access)
        portHead += 1
        outstanding += 1
        let slot = freeSlot
        freeSlot = pool[Int(slot)].next
        pool[Int(slot)] = ReplayRequest(
            arrival: now - 1, burst: access.burst, row: Int32(truncatingIfNeeded: place.row),
            column: Int32(truncatingIfNeeded: place.column), bank: Int16(truncatingIfNeeded: place.bank),
            isWrite: access.isWrite)
        let row = openRow[place.bank]
        let isNew =
            access.isWrite ? writes.append(slot, in: pool, row: row) : reads.append(slot, in: pool, row: row)
        if isNew { noteChange(place.bank) }
        if account != nil { account!.noteRequest(bank: place.bank, at: now) }
    }
}
