/// The part of the scratchpad for operand blocks, shared by the programs that run beside each other.
///
/// A block takes its bytes in the account of every program that holds it, from its request until its last use there.
/// Weights that the parts of a batch read in turn may stay after that, in the account `kept`, until each part has had
/// them. No program can be held up by what others hold or keep: each can always hold a `window`, and what is held
/// beyond the windows and kept never exceeds the capacity. Nothing that is kept is given up for something new: parts
/// go through the weights in the same order, and giving up the oldest would give up what is needed next.
struct OperandSpace: Sendable {
    /// Where a block of weights is.
    private struct SharedBlock: Sendable {
        var bytes: Int
        /// Programs that hold it now, and parts of the batch that have not asked for it yet.
        var holders = 0
        var partsToCome: Int
        var isKept = false
        /// NPU cycle in which it was there; `nil` while it is under way.
        var arrival: Int?
        /// Blocks of other programs that wait for the same transfer.
        var waiting: [Waiting] = []
    }

    struct Waiting: Sendable {
        var run: Int
        var block: Int
    }

    /// What a program gets that asks for a block of weights.
    enum Answer {
        /// Nothing for the time being.
        case noRoom
        /// It must be transferred.
        case fetch
        /// It is there, or will be when the transfer ends that another program waits for.
        case held(since: Int?)
    }

    private let capacity: Int
    /// Whether weights stay for the parts of the batch that have not read them.
    private let keepsWeights: Bool
    /// Programs that share the space, and what each may hold whatever the others do.
    private var programs = 1
    private var window: Int
    private var held: [Int]
    private(set) var kept = 0
    private var shared: [Int: SharedBlock] = [:]

    /// A program's window: enough for the blocks under way at full bandwidth, so that streaming goes on when all else
    /// is taken.
    private static let windowsInShare = 8

    init(capacity: Int, keepsWeights: Bool, slots: Int) {
        self.capacity = capacity
        self.keepsWeights = keepsWeights
        window = capacity / Self.windowsInShare
        held = [Int](repeating: 0, count: slots)
    }

    /// Begins a program in a slot; a number of programs other than before means another cut of the batch, for which
    /// nothing was kept.
    mutating func begin(slot: Int, programs: Int) {
        held[slot] = 0
        guard programs != self.programs else { return }
        self.programs = programs
        window = capacity / (programs * Self.windowsInShare)
        shared = [:]
        kept = 0
    }

    /// Takes room for a block that no other program can use.
    mutating func take(_ bytes: Int, slot: Int) -> Bool {
        guard hasRoom(for: bytes, slot) else { return false }
        held[slot] += bytes
        return true
    }

    /// Asks for the block of weights whose first burst is `address`.
    mutating func take(weights address: Int, _ bytes: Int, slot: Int, block: Int) -> Answer {
        guard keepsWeights && programs > 1 else { return take(bytes, slot: slot) ? .fetch : .noRoom }
        guard var entry = shared[address], entry.isKept || entry.holders > 0 else {
            guard take(bytes, slot: slot) else { return .noRoom }
            let partsToCome = (shared[address]?.partsToCome ?? programs) - 1
            shared[address] = SharedBlock(bytes: bytes, holders: 1, partsToCome: partsToCome)
            return .fetch
        }
        if entry.isKept {
            // From one account to the other: what is taken up in all stays the same.
            entry.isKept = false
            kept -= bytes
            held[slot] += bytes
        } else if !take(bytes, slot: slot) {
            return .noRoom
        }
        entry.holders += 1
        entry.partsToCome = max(0, entry.partsToCome - 1)
        if entry.arrival == nil { entry.waiting.append(Waiting(run: slot, block: block)) }
        shared[address] = entry
        return .held(since: entry.arrival)
    }

    /// Notes that a block of weights has arrived; returns the other programs' blocks that waited for it.
    mutating func note(arrivalOf address: Int, at cycle: Int) -> [Waiting] {
        guard shared[address] != nil else { return [] }
        shared[address]!.arrival = cycle
        defer { shared[address]!.waiting = [] }
        return shared[address]!.waiting
    }

    /// Ends a program's use of a block; of weights if `address` is given.
    mutating func release(_ bytes: Int, slot: Int, weights address: Int?) {
        held[slot] -= bytes
        guard let address, var entry = shared[address] else { return }
        entry.holders -= 1
        if entry.holders == 0 {
            if entry.partsToCome == 0 {
                shared[address] = nil
                return
            }
            if kept + bytes + beyondWindows <= capacity {
                entry.isKept = true
                kept += bytes
            }
        }
        shared[address] = entry
    }

    /// What the programs hold, each at least its window.
    private var beyondWindows: Int {
        var sum = max(0, programs - held.count) * window
        for slot in 0..<min(programs, held.count) { sum += max(held[slot], window) }
        return sum
    }

    private func hasRoom(for bytes: Int, _ slot: Int) -> Bool {
        let after = held[slot] + bytes
        if held[slot] == 0 || after <= window { return true }
        guard after <= (capacity - kept) / programs else { return false }
        return kept + beyondWindows - max(held[slot], window) + after <= capacity
    }

    /// What must always hold: no account is negative, and what is kept is kept once.
    func checkInvariants() {
        precondition(kept >= 0 && held.allSatisfy { $0 >= 0 }, "an account is negative")
        let blocks = shared.values.reduce(0) { $0 + ($1.isKept ? $1.bytes : 0) }
        precondition(kept == blocks, "\(kept) bytes are kept, in blocks of \(blocks)")
    }
}
