/// Reads of experts from a storage device on a time line in picoseconds: blocks, a queue, and who goes first.
///
/// An expert is read in blocks. While a place in the device's queue is free, the next block goes in: one of the oldest
/// demanded expert if any is left, else one of the oldest prefetch, so that a demand waits for the blocks in flight and
/// for no more. Before the first block of an expert the loader takes the device's overhead, in which no block moves.
/// Blocks end in order, no sooner after one another than the device's throughput with as many in flight
/// allows, and none sooner than it would alone.
struct ReadQueue {
    /// A read of one expert.
    struct Read {
        let bytes: Int
        /// Bytes whose blocks have gone to the device.
        var issued = 0
        /// When it was asked for.
        let asked: Int
        /// When the last block that went to the device ends.
        var end = 0
        var isDropped = false

        var isIssued: Bool { issued == bytes }
    }

    private let blockSize: Int
    private let depth: Int
    private let overhead: Int
    private let curve: BlockCurve
    private(set) var reads: [Read] = []
    /// Numbers in `reads`, oldest first; those before the heads are done with.
    private var demands: [Int] = []
    private var prefetches: [Int] = []
    private var demandHead = 0
    private var prefetchHead = 0
    /// When each of the last `depth` blocks ends, as a ring; all ends are in order.
    private var ends: [Int]
    private var slot = 0
    private var lastEnd = 0
    private var lastIssue = 0
    /// Time with at least one block in flight, and bytes that went through.
    private(set) var busy = 0
    private(set) var bytes = 0

    init(_ device: StorageDevice) {
        blockSize = Int(device.blockSize.count)
        depth = device.queueDepth
        overhead = Int(device.overhead.value.roundedUp)
        curve = BlockCurve(device)
        ends = Array(repeating: 0, count: device.queueDepth)
    }

    /// Asks for an expert; all blocks of earlier time must have been issued with `advance`.
    mutating func ask(bytes: Int, at time: Int, isDemand: Bool) -> Int {
        reads.append(Read(bytes: bytes, asked: time, end: time))
        if isDemand { demands.append(reads.count - 1) } else { prefetches.append(reads.count - 1) }
        return reads.count - 1
    }

    /// Makes a prefetch a demand: the rest of its blocks goes before all prefetches.
    mutating func promote(_ read: Int) {
        if !reads[read].isIssued { demands.append(read) }
    }

    /// Gives up the blocks of a prefetch that have not gone to the device.
    mutating func drop(_ read: Int) { reads[read].isDropped = true }

    /// Issues the blocks that can go before `time`.
    mutating func advance(to time: Int) {
        while let read = next() {
            let start = max(ends[slot], reads[read].asked)
            guard start < time else { return }
            issue(read, at: start)
        }
    }

    /// The time at which a read is complete, issuing what goes before it.
    mutating func completion(of read: Int) -> Int {
        while !reads[read].isIssued {
            guard let first = next() else { preconditionFailure("a read that was dropped never completes") }
            issue(first, at: max(ends[slot], reads[first].asked))
        }
        return reads[read].end
    }

    private mutating func next() -> Int? {
        while demandHead < demands.count {
            let read = demands[demandHead]
            if !reads[read].isIssued, !reads[read].isDropped { return read }
            demandHead += 1
        }
        while prefetchHead < prefetches.count {
            let read = prefetches[prefetchHead]
            if !reads[read].isIssued, !reads[read].isDropped { return read }
            prefetchHead += 1
        }
        return nil
    }

    private mutating func issue(_ read: Int, at slotTime: Int) {
        var time = slotTime
        if overhead > 0, reads[read].issued == 0 {
            time = max(time, lastEnd) + overhead
            busy += time - max(slotTime, lastEnd)
            lastEnd = time
        }
        let size = min(blockSize, reads[read].bytes - reads[read].issued)
        var inFlight = 1
        for place in 0..<depth where place != slot && ends[place] > time { inFlight += 1 }
        let end = max(time + curve.alone(size), max(lastEnd, time) + curve.interval(size, inFlight: inFlight))
        busy += end - max(lastEnd, time)
        ends[slot] = end
        slot = slot + 1 == depth ? 0 : slot + 1
        lastEnd = end
        reads[read].issued += size
        reads[read].end = end
        bytes += size
    }
}

/// The times of a device's blocks in whole nanoseconds, full ones ready made.
private struct BlockCurve {
    private let device: StorageDevice
    private let blockSize: Int
    private let fullAlone: Int
    private let fullIntervals: [Int]

    init(_ device: StorageDevice) {
        self.device = device
        blockSize = Int(device.blockSize.count)
        fullAlone = Self.picoseconds(device.readTime(bytes: blockSize))
        let size = blockSize
        fullIntervals = (1...device.queueDepth).map { inFlight in
            Self.picoseconds(Double(size) / device.throughput(bytes: size, inFlight: inFlight))
        }
    }

    /// One block alone on the device.
    func alone(_ size: Int) -> Int {
        size == blockSize ? fullAlone : Self.picoseconds(device.readTime(bytes: size))
    }

    /// From one block's end to the next one's.
    func interval(_ size: Int, inFlight: Int) -> Int {
        if size == blockSize { return fullIntervals[inFlight - 1] }
        return Self.picoseconds(Double(size) / device.throughput(bytes: size, inFlight: inFlight))
    }

    /// Rounded up to nanoseconds (a millionth of one is noise), so that powers which differ in the last bit agree.
    private static func picoseconds(_ seconds: Double) -> Int { Int((seconds * 1e9 - 1e-6).rounded(.up)) * 1000 }
}
