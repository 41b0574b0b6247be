import Hardware
import Quantities
import SimCore
import Workload

/// Replays a trace of reads and writes on one channel of a DRAM device.
///
/// In each tick the oldest request whose tick has come is offered to the controller; one that is refused holds up those
/// behind it, and at most one is taken in a tick. The replay ends when every request has been answered: a read when its
/// data are there, a write when it is buffered, so that writes may still wait in the buffer at the end.
public struct MemoryReplay: AccessReplay {
    public let memory: MemorySystem
    private let tableName: String
    private var channel: Channel
    private var counted = 0
    private var reads = 0
    private var lastAnswer = 0
    private var commands: (([LoggedCommand]) throws -> Void)?

    /// - Parameters:
    ///   - memory: one channel without PIM units.
    ///   - energyTable: one of `EnergyTable.memoryNames`.
    ///   - commands: if given, is handed all commands in order, a piece at a time.
    public init(
        _ memory: MemorySystem, energyTable: String = "dramsim3-hbm2-idd",
        commands: (([LoggedCommand]) throws -> Void)? = nil
    ) {
        tableName = energyTable
        precondition(memory.channels == 1 && memory.pim == nil, "a trace is replayed on one channel without PIM units")
        self.memory = memory
        self.commands = commands
        channel = Channel(
            device: memory.device, profile: memory.controller, pim: nil, addressOrder: memory.addressOrder)
        channel.recordsLatency()
        if commands != nil { channel.recordsCommands() }
    }

    /// Requests replayed so far.
    public var requests: Int { counted }

    /// Takes further requests, whose ticks must not be before those of the ones before.
    public mutating func take(_ accesses: [MemoryAccess]) throws {
        for access in accesses {
            channel.enqueue(
                base: access.address / memory.organization.burstBytes, count: 1, isWrite: access.isWrite, transfer: 0,
                arrival: access.tick)
            reads += access.isWrite ? 0 : 1
        }
        counted += accesses.count
        channel.run(until: .max, pause: .whenPortIsEmpty)
        try hear()
    }

    /// Waits for the last answers and returns what happened.
    public mutating func finish() throws -> MemoryReplayResult {
        channel.run(until: .max, pause: .whenAnswered)
        try hear()
        guard let latencies = channel.latencies else { preconditionFailure("the replay records latencies") }
        let ticks = lastAnswer + 1
        channel.run(until: ticks)
        try hear()
        let statistics = channel.settledStatistics(at: ticks)
        return MemoryReplayResult(
            requests: counted, reads: reads, ticks: ticks,
            nanosecondsPerTick: memory.device.nanosecondsPerTick,
            burstBytes: memory.organization.burstBytes, peakGigabytesPerSecond: memory.peakBytesPerSecond / 1e9,
            commands: statistics.commands, rowHits: statistics.rowHits,
            rowMisses: statistics.count(.rd) + statistics.count(.wr) - statistics.rowHits,
            rowConflicts: statistics.rowConflicts, latencies: latencies, bill: bill(statistics, ticks),
            energyTable: energyTable)
    }

    private var energyTable: EnergyTable { .memory(named: tableName, for: memory) }

    /// What it cost by the table.
    private func bill(_ statistics: ChannelStatistics, _ ticks: Int) -> EnergyBill {
        let activity = ChannelActivity(
            commands: statistics.commands, dotProducts: 0, openCycles: statistics.activeCycles,
            pimOpenCycles: statistics.pimActiveCycles, cycles: ticks)
        return EnergyBill(
            EventCounts(activity, of: memory), tables: [energyTable], memoryTick: memory.tick, staticWatts: 0)
    }

    private mutating func hear() throws {
        for completion in channel.takeCompletions() { lastAnswer = max(lastAnswer, completion.cycle) }
        if let commands { try commands(channel.takeLog()) }
    }
}
