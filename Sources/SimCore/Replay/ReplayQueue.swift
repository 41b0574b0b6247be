/// The reads or the writes that wait, as one list per bank in the order of their arrival.
///
/// For each bank it knows what the scheduler may choose: the oldest request that hits the open row, and the oldest one
/// that needs another row (any request, while the bank is closed). Of one kind, only the oldest can ever be chosen.
struct ReplayQueue: Sendable {
    static let none: Int16 = -1

    private(set) var count = 0
    private(set) var heads: [Int16]
    private var tails: [Int16]
    /// Oldest request that hits the open row, and oldest one that does not, for each bank.
    private(set) var hits: [Int16]
    private(set) var misses: [Int16]
    /// Banks that have one.
    private(set) var hitBanks: UInt64 = 0
    private(set) var missBanks: UInt64 = 0

    init(banks: Int) {
        heads = [Int16](repeating: Self.none, count: banks)
        tails = heads
        hits = heads
        misses = heads
    }

    /// Appends the request in `slot` to its bank's list. `row` is the state of the bank (`ReplayChannel.openRow`).
    mutating func append(_ slot: Int16, in pool: inout [ReplayRequest], row: Int32) {
        let request = pool[Int(slot)]
        let bank = Int(request.bank)
        pool[Int(slot)].next = Self.none
        if heads[bank] == Self.none {
            heads[bank] = slot
        } else {
            pool[Int(tails[bank])].next = slot
        }
        tails[bank] = slot
        count += 1
        if row == request.row {
            if hits[bank] == Self.none { setHit(slot, bank) }
        } else if row != ReplayChannel.activating, misses[bank] == Self.none {
            setMiss(slot, bank)
        }
    }

    mutating func remove(_ slot: Int16, in pool: inout [ReplayRequest], row: Int32) {
        let bank = Int(pool[Int(slot)].bank)
        let after = pool[Int(slot)].next
        if heads[bank] == slot {
            heads[bank] = after
            if after == Self.none { tails[bank] = Self.none }
        } else {
            var before = heads[bank]
            while pool[Int(before)].next != slot { before = pool[Int(before)].next }
            pool[Int(before)].next = after
            if tails[bank] == slot { tails[bank] = before }
        }
        count -= 1
        if hits[bank] == slot || misses[bank] == slot { find(bank, in: pool, row: row) }
    }

    /// Finds the choices of a bank again, after its row changed.
    mutating func find(_ bank: Int, in pool: [ReplayRequest], row: Int32) {
        var hit = Self.none
        var miss = Self.none
        var slot = heads[bank]
        if row == ReplayChannel.closed {
            miss = slot
        } else if row != ReplayChannel.activating {
            while slot != Self.none, hit == Self.none || miss == Self.none {
                let request = pool[Int(slot)]
                if request.row == row {
                    if hit == Self.none { hit = slot }
                } else if miss == Self.none {
                    miss = slot
                }
                slot = request.next
            }
        }
        setHit(hit, bank)
        setMiss(miss, bank)
    }

    /// Whether a request for this burst waits on the bank.
    func contains(_ burst: Int, bank: Int, in pool: [ReplayRequest]) -> Bool {
        var slot = heads[bank]
        while slot != Self.none {
            if pool[Int(slot)].burst == burst { return true }
            slot = pool[Int(slot)].next
        }
        return false
    }

    private mutating func setHit(_ slot: Int16, _ bank: Int) {
        hits[bank] = slot
        let bit: UInt64 = 1 << UInt64(bank)
        hitBanks = slot == Self.none ? hitBanks & ~bit : hitBanks | bit
    }

    private mutating func setMiss(_ slot: Int16, _ bank: Int) {
        misses[bank] = slot
        let bit: UInt64 = 1 << UInt64(bank)
        missBanks = slot == Self.none ? missBanks & ~bit : missBanks | bit
    }
}

/// One read or write of a replayed trace on its way.
struct ReplayRequest: Sendable {
    var arrival = 0
    var burst = 0
    var row: Int32 = 0
    var column: Int32 = 0
    var bank: Int16 = 0
    /// Next request of the bank's list, or of the list of free slots.
    var next = ReplayQueue.none
    var isWrite = false
    /// Its first command has been counted as row hit, miss or conflict.
    var isCounted = false
}

/// A request of a trace as the channel takes it: the burst's index in the channel.
public struct ReplayAccess: Sendable {
    public var tick: Int
    public var burst: Int
    public var isWrite: Bool

    public init(tick: Int, burst: Int, isWrite: Bool) {
        self.tick = tick
        self.burst = burst
        self.isWrite = isWrite
    }
}

/// What a replay counts.
public struct ReplayStatistics: Sendable, Equatable {
    /// Commands started, indexed by `DRAMCommand.rawValue`.
    public internal(set) var commands: [Int]
    /// How requests found their bank when their first command started: the row open, closed, or another row open.
    public internal(set) var rowHits = 0
    public internal(set) var rowMisses = 0
    public internal(set) var rowConflicts = 0
    public internal(set) var forwardedReads = 0
    public internal(set) var mergedWrites = 0
    public internal(set) var latencies = LatencyHistogram()
}
