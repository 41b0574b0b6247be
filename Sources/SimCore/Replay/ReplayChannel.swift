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
    let rankBanks: [UInt64]
    let bankRank: [Int]
    let buses: CommandBuses
    let activate: DRAMCommand
    let readLatency: Int
    let drainAbove: Double
    let drainBelow: Double

    // Banks: the open row, and the request whose ACT opened it and which has not been served.
    var timing: TimingState
    var openRow: [Int32]
    /// Banks that are open, or between ACT1 and ACT2.
    var openBanks: UInt64 = 0
    var activeSlot: [Int16]
    var activeBanks: UInt64 = 0
    /// Ticks before which a row command (ACT or PRE, as the bank's state has it), RD or WR cannot start; lower bounds.
    var rowBound: [Int]
    var readBound: [Int]
    var writeBound: [Int]

    // Requests.
    var port: [ReplayAccess] = []
    var portHead = 0
    var pool: [ReplayRequest]
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
    var edgeCommand = DRAMCommand.pre
    var edgeBank = 0
    var pairedTick = -1

    // Split activation: the bank between ACT1 and ACT2, and the write clock.
    var split: SplitActivation

    // Time and what is reported.
    var now = 0
    var nextTick = 1
    var wake = ReplayChannel.idle
    var lastAnswer = 0
    /// Skips no tick; for the tests.
    var visitsEveryTick = false
    public internal(set) var statistics: ReplayStatistics
    var log: [LoggedCommand]?

    public init(_ device: StandardDevice, _ controller: ReplayController) {
        let organization = device.organization
        precondition(organization.banks <= 64, "a channel has at most 64 banks, got \(organization.banks)")
        self.device = device
        self.controller = controller
        self.organization = organization
        map = ReplayAddressMap(organization, controller.mapping)
        timing = TimingState(CompiledTiming(organization: organization, rules: device.rules))
        let banks = organization.banks
        let perRank = organization.banksPerRank
        rankBanks = (0..<organization.ranks).map { rank in
            let all: UInt64 = perRank == 64 ? .max : (1 << UInt64(perRank)) - 1
            return all << UInt64(rank * perRank)
        }
        bankRank = (0..<banks).map { $0 / perRank }
        buses = device.standard.buses
        activate = device.standard.splitsActivation ? .act1 : .act
        readLatency = device.ticks("nCL + \(device.burst)")
        drainAbove = controller.drainStart * Double(controller.writeBufferDepth)
        drainBelow = controller.drainStop * Double(controller.writeBufferDepth)
        openRow = [Int32](repeating: Self.closed, count: banks)
        activeSlot = [Int16](repeating: ReplayQueue.none, count: banks)
        rowBound = [Int](repeating: 0, count: banks)
        readBound = rowBound
        writeBound = rowBound
        pool = [ReplayRequest](
            repeating: ReplayRequest(), count: controller.readBufferDepth + controller.writeBufferDepth + banks)
        for slot in pool.indices { pool[slot].next = slot + 1 < pool.count ? Int16(slot + 1) : ReplayQueue.none }
        reads = ReplayQueue(banks: banks)
        writes = ReplayQueue(banks: banks)
        refresh = RefreshClock(device, controller.refresh)
        split = SplitActivation(device)
        statistics = ReplayStatistics(commands: [Int](repeating: 0, count: DRAMCommand.allCases.count))
    }

    /// Sends requests to the channel, in the order of their ticks.
    public mutating func enqueue(_ accesses: [ReplayAccess]) {
        if portHead == port.count {
            port.removeAll(keepingCapacity: true)
            portHead = 0
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
        if controller.rowPolicy == .closedAfterOne { askForPrecharges() }
        if startCommands() { wake = now + 1 }
        nextTick = visitsEveryTick ? now + 1 : max(now + 1, min(wake, refresh.due, portTick))
    }

    // MARK: The port

    /// Tick in which the first request of the port can be taken.
    private var portTick: Int {
        guard portHead < port.count else { return Self.idle }
        let head = port[portHead]
        let tick = max(head.tick, now) + 1
        if head.isWrite ? writes.count < controller.writeBufferDepth : reads.count < controller.readBufferDepth {
            return tick
        }
        return writes.count > 0 && waitsAsWrite(head) ? tick : Self.idle
    }

    private func waitsAsWrite(_ access: ReplayAccess) -> Bool {
        writes.contains(access.burst, bank: map.place(of: access.burst).bank, in: pool)
    }

    private mutating func accept() {
        guard portHead < port.count, port[portHead].tick < now else { return }
        let access = port[portHead]
        let place = map.place(of: access.burst)
        if writes.count > 0, writes.contains(access.burst, bank: place.bank, in: pool) {
            portHead += 1
            if access.isWrite {
                statistics.mergedWrites += 1
                lastAnswer = max(lastAnswer, now - 1)
            } else {
                statistics.forwardedReads += 1
                statistics.latencies.record(1)
                lastAnswer = max(lastAnswer, now)
            }
            return
        }
        guard access.isWrite ? writes.count < controller.writeBufferDepth : reads.count < controller.readBufferDepth
        else { return }
        portHead += 1
        outstanding += 1
        let slot = freeSlot
        freeSlot = pool[Int(slot)].next
        pool[Int(slot)] = ReplayRequest(
            arrival: now - 1, burst: access.burst, row: Int32(place.row), column: Int32(place.column),
            bank: Int16(place.bank), isWrite: access.isWrite)
        let row = openRow[place.bank]
        if access.isWrite {
            writes.append(slot, in: &pool, row: row)
        } else {
            reads.append(slot, in: &pool, row: row)
        }
    }
}
