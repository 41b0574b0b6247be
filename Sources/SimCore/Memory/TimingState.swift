import Hardware

/// The earliest cycle at which each command may start, per node of the channel's tree.
struct TimingState: Sendable {
    let table: CompiledTiming
    /// `earliest[node * commandCount + command]`.
    private var earliest: [Int]
    /// Times of the last four activations of each rank, oldest first by `windowHead`.
    private var windowTimes: [Int]
    private var windowHead: [Int]
    private var awaitsFirstDotProduct = true

    /// Before any command: far enough back that no rule holds.
    private static let never = -1_000_000_000

    init(_ table: CompiledTiming) {
        self.table = table
        earliest = [Int](repeating: 0, count: table.nodeCount * CompiledTiming.commandCount)
        let ranks = table.organization.ranks
        windowTimes = [Int](repeating: Self.never, count: ranks * CompiledTiming.activationsPerWindow)
        windowHead = [Int](repeating: 0, count: ranks)
    }

    /// Whether two states answer alike to all questions from `cycle` on.
    func isAlike(_ other: TimingState, from cycle: Int) -> Bool {
        guard awaitsFirstDotProduct == other.awaitsFirstDotProduct else { return false }
        for slot in earliest.indices where max(earliest[slot], cycle) != max(other.earliest[slot], cycle) {
            return false
        }
        for rank in windowHead.indices {
            for count in 1...CompiledTiming.activationsPerWindow
            where max(activationRoom(rank: rank, for: count), cycle)
                != max(other.activationRoom(rank: rank, for: count), cycle)
            {
                return false
            }
        }
        return true
    }

    /// Earliest start of `command` on `bank` (any bank of its node for commands of wider scope).
    @inline(__always)
    func earliest(_ command: DRAMCommand, bank: Int) -> Int {
        let index = Int(command.rawValue)
        let base = bank * CompiledTiming.levelCount
        var time = 0
        let levels = table.holdingLevels[index]
        for level in 0..<CompiledTiming.levelCount where levels & (1 << UInt8(level)) != 0 {
            time = max(time, earliest[table.ancestors[base + level] * CompiledTiming.commandCount + index])
        }
        return time
    }

    /// Earliest start of `command` on `bank` as far as the levels below the rank decide.
    @inline(__always)
    func earliestBelowRank(_ command: DRAMCommand, bank: Int) -> Int {
        let index = Int(command.rawValue)
        let base = bank * CompiledTiming.levelCount
        var time = 0
        let levels = table.holdingLevels[index]
        for level in DRAMLevel.stack.rawValue..<CompiledTiming.levelCount where levels & (1 << UInt8(level)) != 0 {
            time = max(time, earliest[table.ancestors[base + level] * CompiledTiming.commandCount + index])
        }
        return time
    }

    /// Earliest start of a command as far as one level alone decides: a lower bound for all banks of that node.
    @inline(__always)
    func earliest(_ command: DRAMCommand, on level: DRAMLevel, node: Int) -> Int {
        earliest[(table.nodeStart[level.rawValue] + node) * CompiledTiming.commandCount + Int(command.rawValue)]
    }

    /// Earliest time at which the rank's activation window has room for `count` more activations.
    @inline(__always)
    func activationRoom(rank: Int, for count: Int) -> Int {
        guard table.activationWindow > 0 else { return 0 }
        let size = CompiledTiming.activationsPerWindow
        let slot = (windowHead[rank] + count - 1) % size
        return windowTimes[rank * size + slot] + table.activationWindow
    }

    /// Records `count` activations of `rank` at `cycle`.
    mutating func activate(rank: Int, at cycle: Int, count: Int) {
        let size = CompiledTiming.activationsPerWindow
        for _ in 0..<count {
            windowTimes[rank * size + windowHead[rank]] = cycle
            windowHead[rank] = (windowHead[rank] + 1) % size
        }
    }

    /// Applies the rules that follow from `command` starting at `cycle`.
    @inline(__always)
    mutating func issue(_ command: DRAMCommand, bank: Int, at cycle: Int, dotProducts: Int = 0) {
        let index = Int(command.rawValue)
        let base = bank * CompiledTiming.levelCount
        let table = table
        earliest.withUnsafeMutableBufferPointer { earliest in
            for position in table.plainStart[index]..<table.plainStart[index + 1] {
                let entry = table.plain[position]
                let slot = table.ancestors[base + Int(entry.level)] * CompiledTiming.commandCount + Int(entry.next)
                let time = cycle + Int(entry.distance)
                if earliest[slot] < time { earliest[slot] = time }
            }
            for position in table.siblingStart[index]..<table.siblingStart[index + 1] {
                let entry = table.siblings[position]
                let time = cycle + Int(entry.distance)
                let node = table.ancestors[base + Int(entry.level)]
                let first = table.firstSiblings[base + Int(entry.level)]
                for other in first..<first + table.siblingCount[Int(entry.level)] where other != node {
                    let slot = other * CompiledTiming.commandCount + Int(entry.next)
                    if earliest[slot] < time { earliest[slot] = time }
                }
            }
        }
        if table.entryStart[index] != table.entryStart[index + 1] {
            issueOthers(command, base: base, at: cycle, dotProducts)
        }
        if command == .pimDotProduct { awaitsFirstDotProduct = false }
        if command == .pimRdResult { awaitsFirstDotProduct = true }
    }

    /// Those rules of PIM operations whose distance is not fixed.
    private mutating func issueOthers(_ command: DRAMCommand, base: Int, at cycle: Int, _ dotProducts: Int) {
        let index = Int(command.rawValue)
        let isFirst = awaitsFirstDotProduct
        for position in table.entryStart[index]..<table.entryStart[index + 1] {
            let entry = table.entries[position]
            if entry.firstOnly && !isFirst { continue }
            let time = cycle + entry.distance + entry.perDotProduct * max(dotProducts, entry.minimumDotProducts)
            let node = table.ancestors[base + entry.level]
            if entry.sibling {
                let first = table.firstSiblings[base + entry.level]
                for other in first..<first + table.siblingCount[entry.level] where other != node {
                    raise(other, entry.next, to: time)
                }
            } else {
                raise(node, entry.next, to: time)
            }
        }
    }

    @inline(__always)
    private mutating func raise(_ node: Int, _ next: Int, to time: Int) {
        let slot = node * CompiledTiming.commandCount + next
        if earliest[slot] < time { earliest[slot] = time }
    }
}
