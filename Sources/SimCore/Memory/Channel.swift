import Hardware

/// One DRAM channel with its controller and, where the machine has them, its PIM units: commands, banks, queues, time.
///
/// What goes in: segments of reads and writes (`enqueue`) and PIM programs, each with its arrival cycle. What comes
/// out: a `Completion` for each segment and each awaited PIM result, command counts, and on request the command log.
/// Exact to the cycle: `run(until:)` visits only the cycles in which something can happen, and nothing can happen in
/// the others (the tests hold it against a controller that visits every cycle).
///
/// In one cycle, in this order: the port accepts requests; a due refresh becomes pending; one command starts (two on a
/// split command bus); one request moves from the request queues to the command queues.
public struct Channel: Sendable {
    static let closed = DRAMDeviceState.closed
    static let idle = Int.max
    // Positions in `ports`; without the last one PIM operations come through the first.
    static let demandPort = 0
    static let prefetchPort = 1
    static let pimPort = 2

    let profile: ControllerProfile
    let pim: PIMTiming?
    // What the hot loop asks of it, because it would copy all of it.
    /// Row buffers of a bank, 0 without PIM units.
    let pimRowBuffers: Int
    let pimSharesWindow: Bool
    let pimResultsTakeBus: Bool
    /// Ticks for which a PIM result takes the data bus beyond its first burst.
    let resultExtra: Int
    /// Whether rows close a rank at a time (`PREA`): where they open all together; else bank by bank, as DRAMsim3 does.
    let hasPREA: Bool
    let map: AddressMap

    // Banks.
    var dram: DRAMDeviceState
    var rowHits: [Int32]
    /// What follows the CAS of the last tick, which started the write clock.
    var afterCAS: AfterCAS?

    // Requests: port, request queues, one command queue per bank.
    var ports: [SegmentPort]
    var segments: SegmentTable
    var readQueue: RequestQueue
    var writeBuffer: RequestQueue
    var bankQueues: [RequestQueue]
    var pendingReads: BurstTable
    var pendingWrites: BurstTable
    var mergedReads: [BurstRequest] = []
    var drainsLeft = 0
    var dependencyLock: Int?
    var movedRequest = false

    // What each bank's command queue waits for, as bit masks over the banks.
    var firstReadHit: [Int16]
    var firstWriteHit: [Int16]
    var waiting: UInt64 = 0
    var wantsActivate: UInt64 = 0
    var wantsRead: UInt64 = 0
    var wantsWrite: UInt64 = 0
    var wantsPrecharge: UInt64 = 0
    var servedBank = 0

    // Refresh.
    let refreshInterval: Int
    var refreshPhase: Int
    let refreshTurns: [[RefreshTurn]]
    var nextRefreshTurn = 0
    /// Cycle in which a refresh falls due next.
    var dueRefresh = Channel.idle
    var pendingRefresh: [RefreshTurn] = []
    var isRefreshing = false

    // PIM.
    var pimProgram = PIMProgramStore()
    var pimRequests: PIMQueue
    var pimCommands: PIMQueue
    var gwriteEnd: Int?
    var gwriteBank: Int?
    var reservedRow = Channel.closed
    var waitsForRefresh = false
    var drainsForPIM = false
    var slack = 0
    var isPIMMode = false
    /// Cycle from which a row that PIM let go for a request may be opened again.
    var pimReleased: [Int]
    /// Starts of the results that may still be due on the data bus, in order.
    var resultSlots: [Int] = []

    // Time and what is reported.
    var now = -1
    public private(set) var nextCycle = Channel.idle
    var nextCommandCycle = 0
    var counters: ChannelStatistics
    var completions: [Completion] = []
    var readLatencies: LatencyHistogram?

    /// - Parameters:
    ///   - refreshPhase: cycles by which refresh time runs ahead of the channel's cycle 0.
    ///   - addressOrder: the fields of a burst's index from the most significant; see `AddressMap`.
    public init(
        device: StandardDevice, profile: ControllerProfile, pim: PIMTiming?, addressOrder: [String],
        refreshPhase: Int = 0
    ) {
        let organization = device.organization
        self.profile = profile
        self.pim = pim
        pimRowBuffers = pim?.rowBuffers ?? 0
        pimSharesWindow = pim?.activation == .sharedWindow
        pimResultsTakeBus = pim?.result == .afterDotProducts
        resultExtra = pim.map { ($0.resultBursts(on: device) - 1) * device.ticks(device.burst) } ?? 0
        hasPREA = pim?.activation == .allBanks && device.standard.has(.prea)
        map = AddressMap(organization: organization, order: addressOrder)
        dram = DRAMDeviceState(
            device, usesBothBuses: profile.splitCommandBus, rules: pim?.rules(on: device) ?? [])
        let banks = organization.banks
        rowHits = [Int32](repeating: 0, count: banks)
        ports = [SegmentPort](repeating: SegmentPort(), count: pim != nil && profile.pim.separatePort ? 3 : 2)
        segments = SegmentTable()
        readQueue = RequestQueue(capacity: profile.readQueueDepth)
        writeBuffer = RequestQueue(capacity: profile.writeBufferDepth)
        bankQueues = [RequestQueue](repeating: RequestQueue(capacity: profile.commandQueueDepth), count: banks)
        pendingReads = BurstTable(capacity: profile.readQueueDepth)
        pendingWrites = BurstTable(capacity: profile.writeBufferDepth)
        firstReadHit = [Int16](repeating: -1, count: banks)
        firstWriteHit = [Int16](repeating: -1, count: banks)
        (refreshInterval, refreshTurns) = RefreshTurn.schedule(device, profile.refresh, closesGroups: pim != nil)
        self.refreshPhase = refreshPhase
        pimRequests = PIMQueue(capacity: pim == nil ? 0 : profile.pim.requestQueueDepth)
        pimCommands = PIMQueue(capacity: pim == nil ? 0 : profile.pim.commandQueueDepth)
        pimReleased = [Int](repeating: 0, count: banks)
        counters = ChannelStatistics(ranks: organization.ranks)
        if refreshInterval > 0 {
            nextRefreshTurn = (refreshPhase / refreshInterval) % refreshTurns.count
            dueRefresh = nextRefreshCycle(after: -1)
            nextCycle = dueRefresh
        }
    }

    /// Runs all cycles before `limit` in which something can happen.
    ///
    /// - Parameter pause: when to return before that.
    public mutating func run(until limit: Int, pause: Pause = .never) {
        while nextCycle < limit {
            switch pause {
            case .never: break
            case .whenPortIsEmpty: if ports[Self.demandPort].isEmpty { return }
            case .whenAnswered: if isAnswered { return }
            }
            step()
        }
    }

    /// When a run returns before its limit.
    public enum Pause: Sendable {
        case never
        /// As soon as the port holds no request, so that a caller that streams a trace can hand over the next piece.
        case whenPortIsEmpty
        /// As soon as every request has its answer, known or under way.
        case whenAnswered
    }

    private mutating func step() {
        let cycle = nextCycle
        advance(to: cycle)
        nextCycle = nextInterestingCycle(after: cycle)
    }

    /// Carries out cycle `cycle`. Cycles may be skipped only when `nextCycle` says so.
    mutating func advance(to cycle: Int) {
        now = cycle
        acceptFromPorts()
        noteDueRefresh()
        if nextCommandCycle <= cycle || dram.buses != .shared { startCommands() }
        moveRequest()
    }

    /// Whether every request that was sent has its answer, known or under way; buffered writes may remain.
    public var isAnswered: Bool {
        ports.allSatisfy(\.isEmpty) && segments.underWay == 0
            && pimRequests.isEmpty && pimCommands.isEmpty
    }

    /// `mutating` only so that the compiler does not copy the channel for the call.
    private mutating func nextInterestingCycle(after cycle: Int) -> Int {
        var next = nextCommandCycle
        if movedRequest { next = min(next, cycle + 1) }
        if next > cycle + 1 {
            for index in ports.indices {
                let arrival = ports[index].nextArrival
                if arrival < next, canAccept(index) { next = max(arrival, cycle + 1) }
            }
        }
        next = min(next, dueRefresh)
        return max(next, cycle + 1)
    }

    /// Makes sure that the channel wakes up for an arrival at `cycle`.
    mutating func wake(at cycle: Int) {
        nextCycle = min(nextCycle, max(cycle, now + 1))
    }
}

extension Channel {
    /// Records the latency of every read from now on.
    public mutating func recordsLatency() { readLatencies = LatencyHistogram() }

    /// Read latencies, if they are recorded: from acceptance to the end of the data.
    public var latencies: LatencyHistogram? { readLatencies }

    /// Logs every command from now on.
    public mutating func recordsCommands() { dram.log = [] }

    /// Takes the commands logged since the last call.
    public mutating func takeLog() -> [LoggedCommand] {
        defer { if dram.log != nil { dram.log = [] } }
        return dram.log ?? []
    }

    /// Cycles pass in which nothing happens and which the channel does not count.
    mutating func skipActivity(_ cycles: Int) {
        counters.pimActivity.skip(cycles)
        counters.dataBursts.skip(cycles)
    }

    /// Statistics up to `cycle`, in which states that still last are counted.
    public func settledStatistics(at cycle: Int) -> ChannelStatistics {
        var settled = statistics
        for rank in dram.rankBanks.indices where dram.openBanks & dram.rankBanks[rank] != 0 {
            settled.activeCycles[rank] += cycle - settled.activeSince[rank]
        }
        for rank in dram.rankBanks.indices where dram.openPIMBanks & dram.rankBanks[rank] != 0 {
            settled.pimActiveCycles[rank] += cycle - settled.pimActiveSince[rank]
        }
        if !(pimCommands.isEmpty && pimRequests.isEmpty) { settled.endPIMBusy(at: cycle) }
        return settled
    }

    /// What the channel did up to the cycle that it has reached.
    public var statistics: ChannelStatistics {
        var current = counters
        current.commands = dram.commands
        return current
    }

    var organization: DRAMOrganization { _read { yield dram.organization } }
    var memory: DRAMIntervals { _read { yield dram.intervals } }

    /// What each segment under way is answered under.
    var receiversUnderWay: [Int32] { segments.transfersUnderWay }

    var hasCompletions: Bool { !completions.isEmpty }

    /// Takes the completions reported since the last call.
    public mutating func takeCompletions() -> [Completion] {
        defer { completions.removeAll(keepingCapacity: true) }
        return completions
    }
}
