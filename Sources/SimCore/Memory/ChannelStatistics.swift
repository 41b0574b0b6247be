import Hardware

/// What a channel did: commands by kind, row hits, and time in each state. All integers.
public struct ChannelStatistics: Sendable, Equatable {
    /// Commands started, indexed by `DRAMCommand.rawValue`.
    public internal(set) var commands = [Int](repeating: 0, count: DRAMCommand.allCases.count)
    /// Dot-products carried out, those inside `PIM_GEMV` included.
    public internal(set) var dotProducts = 0
    /// Operand bursts that `PIM_WRITE` moved, on each data bus.
    public internal(set) var operandBursts = 0
    /// Column commands that found their row open and were not the first since its activation.
    public internal(set) var rowHits = 0
    /// Precharges made for a waiting request of another row.
    public internal(set) var rowConflicts = 0
    public internal(set) var requests = 0
    public internal(set) var forwardedReads = 0
    public internal(set) var mergedWrites = 0
    /// Reads of a burst that another read is already waiting for.
    public internal(set) var mergedReads = 0
    /// Cycles with at least one open memory row buffer, per rank.
    public internal(set) var activeCycles: [Int]
    /// Cycles with at least one open PIM row buffer, per rank.
    public internal(set) var pimActiveCycles: [Int]
    /// Cycles with a PIM command waiting or under way.
    public internal(set) var pimBusyCycles = 0
    /// The same over time, and RD and WR over time by the cycle in which they start.
    public internal(set) var pimActivity = ActivityProfile()
    public internal(set) var dataBursts = ActivityProfile()
    var activeSince: [Int]
    var pimActiveSince: [Int]
    var pimBusySince = 0

    init(ranks: Int) {
        activeCycles = [Int](repeating: 0, count: ranks)
        pimActiveCycles = activeCycles
        activeSince = activeCycles
        pimActiveSince = activeCycles
    }

    /// Ends a stretch in which PIM commands were waiting or under way.
    mutating func endPIMBusy(at cycle: Int) {
        pimBusyCycles += cycle - pimBusySince
        pimActivity.add(from: pimBusySince, until: cycle)
    }

    public func count(_ command: DRAMCommand) -> Int { commands[Int(command.rawValue)] }

    /// Counts commands that the channel did not go through, of idle time.
    public mutating func add(_ command: DRAMCommand, count: Int) { commands[Int(command.rawValue)] += count }

    /// Counts of PIM work as they are with so much of it; other counts stay.
    public mutating func scalePIM(by factor: Double) {
        func scaled(_ count: Int) -> Int { Int((Double(count) * factor).rounded()) }
        for command in DRAMCommand.allCases where command.isPIM {
            commands[Int(command.rawValue)] = scaled(commands[Int(command.rawValue)])
        }
        dotProducts = scaled(dotProducts)
        operandBursts = scaled(operandBursts)
        pimBusyCycles = scaled(pimBusyCycles)
        pimActiveCycles = pimActiveCycles.map(scaled)
    }

    /// What several runs did together, each as often as its weight says, rounded to whole numbers.
    ///
    /// - Parameter cycles: the length of all together, which no state lasts longer than.
    public static func sum(
        _ parts: [(weight: Double, statistics: ChannelStatistics)], ranks: Int, cycles: Int
    ) -> ChannelStatistics {
        func sum(_ value: (ChannelStatistics) -> Int) -> Int {
            max(0, Int(parts.reduce(0.0) { $0 + $1.weight * Double(value($1.statistics)) }.rounded()))
        }
        var total = ChannelStatistics(ranks: ranks)
        for command in total.commands.indices { total.commands[command] = sum { $0.commands[command] } }
        for rank in 0..<ranks {
            total.activeCycles[rank] = min(cycles, sum { $0.activeCycles[rank] })
            total.pimActiveCycles[rank] = min(cycles, sum { $0.pimActiveCycles[rank] })
        }
        total.dotProducts = sum(\.dotProducts)
        total.operandBursts = sum(\.operandBursts)
        total.rowHits = sum(\.rowHits)
        total.rowConflicts = sum(\.rowConflicts)
        total.requests = sum(\.requests)
        total.forwardedReads = sum(\.forwardedReads)
        total.mergedWrites = sum(\.mergedWrites)
        total.mergedReads = sum(\.mergedReads)
        total.pimBusyCycles = min(cycles, sum(\.pimBusyCycles))
        return total
    }
}

/// One line of a command log.
public struct LoggedCommand: Sendable, Equatable {
    public var cycle: Int
    public var command: DRAMCommand
    /// Bank, the first bank of the group or rank for wider commands, `nil` for commands of the whole channel.
    public var bank: Int?
    public var row: Int?
    public var column: Int?
    /// Dot-products of a `PIM_GEMV` or announced by a header.
    public var dotProducts: Int
}

/// Read latencies in cycles, counted by value.
public struct LatencyHistogram: Sendable, Equatable {
    public private(set) var counts: [Int] = []
    public private(set) var total = 0
    public private(set) var sum = 0

    mutating func record(_ latency: Int) {
        while counts.count <= latency { counts.append(contentsOf: repeatElement(0, count: max(64, counts.count))) }
        counts[latency] += 1
        total += 1
        sum += latency
    }

    /// Of the latencies in rising order, the one that has `fraction` of them before it (at n reads, number
    /// floor(fraction · n) counted from 0); `nil` without reads.
    public func percentile(_ fraction: Double) -> Int? {
        guard total > 0 else { return nil }
        let wanted = min(total - 1, Int(fraction * Double(total)))
        var seen = 0
        for (latency, count) in counts.enumerated() {
            seen += count
            if seen > wanted { return latency }
        }
        return nil
    }

    public var maximum: Int? { counts.lastIndex { $0 > 0 } }
}
