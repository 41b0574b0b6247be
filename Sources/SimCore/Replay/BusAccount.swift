import Hardware

/// Accounts for every tick of a channel's data buses (`BusTime`).
///
/// When a column command starts, the ticks between the last burst on its bus and its own are those by which the command
/// came too late. Each of them is charged with the first of these that it falls under, for the request that the command
/// serves:
///
/// 1. no request for the bus was in the buffers: no request;
/// 2. the request itself had not been taken, while others waited for their banks: bank conflict;
/// 3. if the row was opened for this request, as long as its activation came too late, which is what the tick one tRCD
///    earlier was spent on: the request had not been taken then, so that tRCD itself is waited for, bank conflict; a
///    refresh was due and had not started, refresh; the bank's own rules held ACT back, bank conflict; the last refresh
///    did, refresh; tRRD or tFAW did, activation limit; nothing did, command slot;
/// 4. otherwise, a refresh was due and had not started: refresh; the bank's own rules held the column command back
///    (tRCD): bank conflict;
/// 5. rules between reads and writes or between ranks held the column command back: turnaround;
/// 6. rules between commands of one direction did: column spacing;
/// 7. nothing did: command slot.
///
/// Ticks behind the last burst are charged to no request; bursts that would end after the last answer (of writes) are
/// cut there. Where a table lets bursts overlap, the later one is charged with what is left of it.
struct BusAccount: ~Copyable, Sendable {
    struct Hold: BitwiseCopyable, Sendable {
        var level: Int
        var previous: Int
        var distance: Int
        var cause: Int
        var sibling: Bool

        func isLike(_ other: Hold) -> Bool {
            level == other.level && previous == other.previous && cause == other.cause && sibling == other.sibling
        }
    }

    /// A stretch of bus time, for cutting off what lies behind the end.
    struct Stretch: BitwiseCopyable, Sendable {
        var length = 0
        var time = BusTime.transfer.rawValue
    }

    private let table: CompiledTiming
    private let sharesBus: Bool
    private let burst: Int
    private let readLag: Int
    private let writeLag: Int
    private let readHolds: [Hold]
    private let writeHolds: [Hold]
    private let activationHolds: [Hold]
    /// Last start of each command at each node.
    private let last: FixedBuffer<Int>

    // Buses.
    private let accounted: FixedBuffer<Int>
    private let pending: FixedBuffer<Int>
    private let busySince: FixedBuffer<Int>
    private let sums: FixedBuffer<Int>
    private let stretches: FixedBuffer<Stretch>
    private let stretchHeads: FixedBuffer<Int>
    private let stretchesPerBus: Int

    // Banks: what their last activation waited for.
    private let openedAt: FixedBuffer<Int>
    private let bankReadyAt: FixedBuffer<Int>
    private let refreshReadyAt: FixedBuffer<Int>
    private let limitReadyAt: FixedBuffer<Int>

    // The last times for which refresh held up other traffic.
    private let stallStarts = FixedBuffer(repeating: 0, count: Self.stallCount)
    private let stallEnds = FixedBuffer(repeating: 0, count: Self.stallCount)
    private var stalls = 0
    private var stallSince: Int?

    private static let stallCount = 8
    private static let never = -1_000_000_000

    /// - Parameter commands: those that the channel may give; the rules behind others are left out.
    init(_ device: StandardDevice, _ table: CompiledTiming, commands: [DRAMCommand]) {
        let organization = device.organization
        self.table = table
        sharesBus = !device.standard.hasPseudoChannels
        burst = device.ticks(device.burst)
        readLag = device.ticks("nCL")
        writeLag = device.ticks("nCWL")
        let rules = device.rules.filter { $0.window == 1 }
        func holds(_ next: DRAMCommand) -> [Hold] {
            var kept: [Hold] = []
            for rule in rules where rule.next == [next] && commands.contains(rule.previous[0]) {
                let hold = Hold(
                    level: rule.level.rawValue, previous: Int(rule.previous[0].rawValue), distance: rule.distance,
                    cause: BusTime(rule).rawValue, sibling: rule.sibling)
                // What only keeps command slots apart is never asked for; of rules alike the longest decides.
                if hold.cause == BusTime.commandSlot.rawValue { continue }
                if let index = kept.firstIndex(where: { hold.isLike($0) }) {
                    kept[index].distance = max(kept[index].distance, hold.distance)
                } else {
                    kept.append(hold)
                }
            }
            return kept
        }
        readHolds = holds(.rd)
        writeHolds = holds(.wr)
        activationHolds = holds(device.standard.splitsActivation ? .act1 : .act)
        last = FixedBuffer(repeating: Self.never, count: table.nodeCount * CompiledTiming.commandCount)
        let buses = device.dataBuses
        accounted = FixedBuffer(repeating: 0, count: buses)
        pending = FixedBuffer(repeating: 0, count: buses)
        busySince = FixedBuffer(repeating: 0, count: buses)
        sums = FixedBuffer(repeating: 0, count: BusTime.allCases.count)
        // Behind the last answer lie at most the data of writes that started by then.
        stretchesPerBus = writeLag + burst + 1
        stretches = FixedBuffer(repeating: Stretch(), count: buses * stretchesPerBus)
        stretchHeads = FixedBuffer(repeating: 0, count: buses)
        openedAt = FixedBuffer(repeating: 0, count: organization.banks)
        bankReadyAt = FixedBuffer(repeating: 0, count: organization.banks)
        refreshReadyAt = FixedBuffer(repeating: 0, count: organization.banks)
        limitReadyAt = FixedBuffer(repeating: 0, count: organization.banks)
    }

    // MARK: What happens

    /// A request for `bank` has been taken and waits.
    mutating func noteRequest(bank: Int, at tick: Int) {
        let bus = bus(of: bank)
        if pending[bus] == 0 { busySince[bus] = tick }
        pending[bus] += 1
    }

    /// Whether refresh holds up other traffic from this tick on.
    mutating func noteStall(_ isStalled: Bool, at tick: Int) {
        if isStalled {
            if stallSince == nil { stallSince = tick }
        } else if let start = stallSince {
            stallStarts[stalls % Self.stallCount] = start
            stallEnds[stalls % Self.stallCount] = tick
            stalls += 1
            stallSince = nil
        }
    }

    /// A command starts. To be called before the rules of the command itself are applied.
    ///
    /// - Parameter room: for an activation, the tick from which tFAW has room for it.
    mutating func note(_ command: DRAMCommand, bank: Int, at tick: Int, room: Int) {
        if command == .act || command == .act1 {
            var ready = (bank: 0, refresh: 0, limit: room)
            for hold in activationHolds {
                let held = heldUntil(hold, bank)
                switch hold.cause {
                case BusTime.bankConflict.rawValue: ready.bank = max(ready.bank, held)
                case BusTime.refresh.rawValue: ready.refresh = max(ready.refresh, held)
                case BusTime.activationLimit.rawValue: ready.limit = max(ready.limit, held)
                default: break
                }
            }
            openedAt[bank] = tick
            bankReadyAt[bank] = ready.bank
            refreshReadyAt[bank] = ready.refresh
            limitReadyAt[bank] = ready.limit
        }
        let base = bank * CompiledTiming.levelCount
        let index = Int(command.rawValue)
        for level in 0...command.scope.rawValue {
            last[table.ancestors[base + level] * CompiledTiming.commandCount + index] = tick
        }
    }

    /// A column command starts. To be called before `note` of the same command.
    ///
    /// - Parameters:
    ///   - taken: the tick in which its request was taken.
    ///   - openedRow: whether the row was opened for this request.
    mutating func noteColumn(isWrite: Bool, bank: Int, taken: Int, openedRow: Bool, at tick: Int) {
        let bus = bus(of: bank)
        let data = tick + (isWrite ? writeLag : readLag)
        let gap = data - accounted[bus]
        if gap > 0 {
            var ready = (bank: 0, turnaround: 0, spacing: 0)
            for hold in isWrite ? writeHolds : readHolds {
                let held = heldUntil(hold, bank)
                switch hold.cause {
                case BusTime.bankConflict.rawValue: ready.bank = max(ready.bank, held)
                case BusTime.turnaround.rawValue: ready.turnaround = max(ready.turnaround, held)
                case BusTime.columnSpacing.rawValue: ready.spacing = max(ready.spacing, held)
                default: break
                }
            }
            var late = Late(bus: bus, cursor: tick - gap, end: tick)
            charge(.noRequest, until: busySince[bus], &late)
            charge(.bankConflict, until: taken, stalledBy: 0, &late)
            if openedRow {
                let lag = max(0, ready.bank - openedAt[bank])
                charge(.bankConflict, until: min(taken + lag, ready.bank), &late)
                charge(.bankConflict, until: bankReadyAt[bank] + lag, stalledBy: lag, &late)
                charge(.refresh, until: refreshReadyAt[bank] + lag, &late)
                charge(.activationLimit, until: limitReadyAt[bank] + lag, stalledBy: lag, &late)
                charge(.commandSlot, until: openedAt[bank] + lag, stalledBy: lag, &late)
                charge(.turnaround, until: ready.turnaround, &late)
                charge(.columnSpacing, until: ready.spacing, &late)
                charge(.commandSlot, until: tick, &late)
            } else {
                charge(.bankConflict, until: ready.bank, stalledBy: 0, &late)
                charge(.turnaround, until: ready.turnaround, stalledBy: 0, &late)
                charge(.columnSpacing, until: ready.spacing, stalledBy: 0, &late)
                charge(.commandSlot, until: tick, stalledBy: 0, &late)
            }
        }
        add(.transfer, min(burst, data + burst - accounted[bus]), bus)
        pending[bus] -= 1
    }

    /// The sums for a replay that ended at `ticks`.
    func times(at ticks: Int) -> BusTimes {
        var times = BusTimes()
        for time in BusTime.allCases { times[time] = sums[time.rawValue] }
        for bus in 0..<accounted.count {
            if accounted[bus] < ticks { times[.noRequest] += ticks - accounted[bus] }
            var excess = max(0, accounted[bus] - ticks)
            var back = stretchHeads[bus]
            while excess > 0 {
                back -= 1
                let stretch = stretches[bus * stretchesPerBus + back % stretchesPerBus]
                let cut = min(excess, stretch.length)
                precondition(cut > 0, "more bus time behind the end than a write's data")
                times[BusTime(rawValue: stretch.time)!] -= cut
                excess -= cut
            }
        }
        return times
    }

    // MARK: Steps

    /// The ticks by which a command came late that are still to be charged.
    struct Late {
        var bus: Int
        var cursor: Int
        var end: Int
    }

    private func bus(of bank: Int) -> Int { sharesBus ? 0 : table.organization.node(ofBank: bank, on: .rank) }

    /// Charges the ticks from the cursor to `limit`; if `lag` is given, those that lie `lag` behind a stall to refresh.
    private mutating func charge(_ time: BusTime, until limit: Int, stalledBy lag: Int? = nil, _ late: inout Late) {
        let end = min(limit, late.end)
        guard end > late.cursor else { return }
        if let lag, stalls > 0 {
            for index in max(0, stalls - Self.stallCount)..<stalls {
                let start = max(stallStarts[index % Self.stallCount] + lag, late.cursor)
                let stop = min(stallEnds[index % Self.stallCount] + lag, end)
                guard start < stop else { continue }
                add(time, start - late.cursor, late.bus)
                add(.refresh, stop - start, late.bus)
                late.cursor = stop
            }
        }
        add(time, end - late.cursor, late.bus)
        late.cursor = end
    }

    private mutating func add(_ time: BusTime, _ length: Int, _ bus: Int) {
        guard length > 0 else { return }
        sums[time.rawValue] += length
        accounted[bus] += length
        let head = stretchHeads[bus]
        stretches[bus * stretchesPerBus + head % stretchesPerBus] = Stretch(length: length, time: time.rawValue)
        stretchHeads[bus] = head + 1
    }

    /// Until when a rule holds back its next command on `bank`.
    @inline(__always)
    private func heldUntil(_ hold: Hold, _ bank: Int) -> Int {
        let node = table.ancestors[bank * CompiledTiming.levelCount + hold.level]
        guard hold.sibling else { return last[node * CompiledTiming.commandCount + hold.previous] + hold.distance }
        let first = table.nodeStart[hold.level]
        let count = table.nodeStart[hold.level + 1] - first
        let perParent = hold.level == 0 ? count : count / (first - table.nodeStart[hold.level - 1])
        let base = node - (node - first) % perParent
        var latest = Self.never
        for other in base..<base + perParent where other != node {
            latest = max(latest, last[other * CompiledTiming.commandCount + hold.previous])
        }
        return latest + hold.distance
    }
}
