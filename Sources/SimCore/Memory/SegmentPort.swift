/// A run of consecutive bursts, or a piece of a PIM program, that was sent to a channel in one go.
struct Segment: Sendable {
    /// First burst of the run (its index in the channel), or first operation of the piece.
    var base: Int
    var count: Int
    /// Cycle in which the first request is at the port; the following ones come `interval` cycles apart.
    var arrival: Int
    var interval: Int
    /// Entry of the channel's segment table that counts completions; unused for PIM.
    var slot: Int32
    var isWrite: Bool
    var isPIM: Bool

    enum Kind { case read, write, pim }
}

/// First-in-first-out port through which requests reach a channel.
struct SegmentPort: Sendable {
    private var segments: [Segment] = []
    private var head = 0
    private var done = 0
    /// Cycle in which the next request is at the port; `idle` if there is none.
    private(set) var nextArrival = Self.idle
    /// The segment of the next request; one without meaning if there is none.
    private(set) var headSegment = Segment(
        base: 0, count: 0, arrival: 0, interval: 0, slot: 0, isWrite: false, isPIM: false)

    static let idle = Int.max

    var isEmpty: Bool { head == segments.count }
    var headKind: Segment.Kind { headSegment.isPIM ? .pim : headSegment.isWrite ? .write : .read }
    /// Position of the next request within its segment.
    var position: Int { done }

    mutating func append(_ segment: Segment) {
        precondition(segment.count > 0, "a segment has at least one request")
        segments.append(segment)
        if head == segments.count - 1 { beginHead() }
    }

    private mutating func beginHead() {
        headSegment = segments[head]
        nextArrival = headSegment.arrival
    }

    /// Lets the next request pass.
    mutating func advance() {
        done += 1
        guard done == headSegment.count else {
            nextArrival += headSegment.interval
            return
        }
        done = 0
        head += 1
        if head == segments.count {
            segments.removeAll(keepingCapacity: true)
            head = 0
            nextArrival = Self.idle
            return
        }
        if head >= 1024 && head * 2 >= segments.count {
            segments.removeFirst(head)
            head = 0
        }
        beginHead()
    }
}

/// Counts how many requests of each segment under way are still to complete.
struct SegmentTable: Sendable {
    struct Entry: Sendable {
        var transfer: Int32
        var remaining: Int
        var lastCompletion: Int
    }

    private var entries: [Entry] = []
    private var free: [Int32] = []

    /// Segments with requests that are not complete.
    var underWay: Int { entries.count - free.count }

    /// What each segment under way is answered under.
    var transfersUnderWay: [Int32] { entries.filter { $0.remaining > 0 }.map(\.transfer) }

    mutating func open(transfer: Int32, count: Int) -> Int32 {
        let entry = Entry(transfer: transfer, remaining: count, lastCompletion: 0)
        if let slot = free.popLast() {
            entries[Int(slot)] = entry
            return slot
        }
        entries.append(entry)
        return Int32(entries.count - 1)
    }

    /// Records the completion of one request at `cycle`; returns the finished segment after its last one.
    mutating func complete(_ slot: Int32, at cycle: Int) -> Completion? {
        let index = Int(slot)
        entries[index].remaining -= 1
        entries[index].lastCompletion = max(entries[index].lastCompletion, cycle)
        guard entries[index].remaining == 0 else { return nil }
        free.append(slot)
        return Completion(transfer: entries[index].transfer, cycle: entries[index].lastCompletion)
    }
}

/// The last request of a segment, or an awaited PIM result, is done.
public struct Completion: Sendable, Equatable {
    public var transfer: Int32
    /// Channel cycle in which the data is there (read), the write is accepted, or the result has arrived.
    public var cycle: Int

    public init(transfer: Int32, cycle: Int) {
        self.transfer = transfer
        self.cycle = cycle
    }
}
