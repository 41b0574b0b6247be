/// The reads or the writes that wait, as one list per bank in the order of their arrival.
///
/// For each bank it knows what the scheduler may choose: the oldest request that hits the open row, and the oldest one
/// that needs another row (any request, while the bank is closed). Of one kind, only the oldest can ever be chosen.
struct ReplayQueue: ~Copyable, Sendable {
    static let none: Int16 = -1

    private(set) var count = 0
    private let heads: FixedBuffer<Int16>
    private let tails: FixedBuffer<Int16>
    /// Oldest request that hits the open row, and oldest one that does not, for each bank.
    let hits: FixedBuffer<Int16>
    let misses: FixedBuffer<Int16>
    /// Banks that have one.
    private(set) var hitBanks: UInt64 = 0
    private(set) var missBanks: UInt64 = 0

    init(banks: Int) {
        heads = FixedBuffer(repeating: Self.none, count: banks)
        tails = FixedBuffer(repeating: Self.none, count: banks)
        hits = FixedBuffer(repeating: Self.none, count: banks)
        misses = FixedBuffer(repeating: Self.none, count: banks)
    }

    /// Appends the request in `slot` to its bank's list; `row` is the state of the bank (`ReplayChannel.openRow`). True
    /// if the scheduler has a new choice.
    mutating func append(_ slot: Int16, in pool: borrowing FixedBuffer<ReplayRequest>, row: Int32) -> Bool {
        let bank = Int(pool[Int(slot)].bank)
        let last = tails[bank]
        pool[Int(slot)].next = Self.none
        pool[Int(slot)].previous = last
        if last == Self.none {
            heads[bank] = slot
        } else {
            pool[Int(last)].next = slot
        }
        tails[bank] = slot
        count += 1
        if row == pool[Int(slot)].row {
            guard hits[bank] == Self.none else { return false }
            setHit(slot, bank)
            return true
        }
        guard row != ReplayChannel.activating, misses[bank] == Self.none else { return false }
        setMiss(slot, bank)
        return true
    }

    mutating func remove(_ slot: Int16, in pool: borrowing FixedBuffer<ReplayRequest>, row: Int32) {
        let bank = Int(pool[Int(slot)].bank)
        let after = pool[Int(slot)].next
        let before = pool[Int(slot)].previous
        if before == Self.none { heads[bank] = after } else { pool[Int(before)].next = after }
        if after == Self.none { tails[bank] = before } else { pool[Int(after)].previous = before }
        count -= 1
        // It was the oldest of its kind, so that the next one of that kind is behind it.
        if hits[bank] == slot { setHit(firstHit(from: after, in: pool, row), bank) }
        if misses[bank] == slot {
            let isClosed = row == ReplayChannel.closed
            setMiss(isClosed ? after : firstMiss(from: after, in: pool, row), bank)
        }
    }

    /// Finds the choices of a bank again, after its row changed.
    mutating func find(_ bank: Int, in pool: borrowing FixedBuffer<ReplayRequest>, row: Int32) {
        let head = heads[bank]
        guard head != Self.none else { return }
        switch row {
        case ReplayChannel.closed:
            setHit(Self.none, bank)
            setMiss(head, bank)
        case ReplayChannel.activating:
            setHit(Self.none, bank)
            setMiss(Self.none, bank)
        default:
            setHit(firstHit(from: head, in: pool, row), bank)
            setMiss(firstMiss(from: head, in: pool, row), bank)
        }
    }

    /// Whether a request for this burst waits on the bank.
    func contains(_ burst: Int, bank: Int, in pool: borrowing FixedBuffer<ReplayRequest>) -> Bool {
        var slot = heads[bank]
        while slot != Self.none {
            if pool[Int(slot)].burst == burst { return true }
            slot = pool[Int(slot)].next
        }
        return false
    }

    private func firstHit(from slot: Int16, in pool: borrowing FixedBuffer<ReplayRequest>, _ row: Int32) -> Int16 {
        var slot = slot
        while slot != Self.none, pool[Int(slot)].row != row { slot = pool[Int(slot)].next }
        return slot
    }

    private func firstMiss(from slot: Int16, in pool: borrowing FixedBuffer<ReplayRequest>, _ row: Int32) -> Int16 {
        var slot = slot
        while slot != Self.none, pool[Int(slot)].row == row { slot = pool[Int(slot)].next }
        return slot
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
struct ReplayRequest: Sendable, BitwiseCopyable {
    var arrival = 0
    var burst = 0
    var row: Int32 = 0
    var column: Int32 = 0
    var bank: Int16 = 0
    /// Neighbours in the bank's list; the next one also in the list of free slots.
    var next = ReplayQueue.none
    var previous = ReplayQueue.none
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
