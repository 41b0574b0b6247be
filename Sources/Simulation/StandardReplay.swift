import Hardware
import SimCore
import Workload

/// Replays a trace of reads and writes on one channel of a standard's device under Ramulator's controller.
///
/// Before each tick the oldest request whose tick has come is offered to the controller; one that is refused holds up
/// those behind it. The replay ends with the last answer: a read's when its data are there, a write's when WR starts.
public struct StandardReplay: AccessReplay, ~Copyable {
    public let device: StandardDevice
    public private(set) var requests = 0
    private var reads = 0
    private var channel: ReplayChannel
    private let energyTable: EnergyTable?
    private var accesses: [ReplayAccess] = []
    private var commands: (([LoggedCommand]) throws -> Void)?

    /// - Parameters:
    ///   - energyTable: one of `EnergyTable.names(for:)`, or nil for a replay without energy.
    ///   - accountsForBuses: finds out what the data buses' time was spent on.
    ///   - commands: if given, is handed all commands in order, a piece at a time.
    public init(
        _ device: StandardDevice, _ controller: ReplayController, energyTable: String? = nil,
        accountsForBuses: Bool = true, closedForms: Bool = true, commands: (([LoggedCommand]) throws -> Void)? = nil
    ) {
        self.energyTable = energyTable.map { .memory(named: $0, for: device) }
        self.device = device
        self.commands = commands
        channel = ReplayChannel(device, controller)
        channel.usesClosedForms = closedForms
        if accountsForBuses { channel.accountsForBuses() }
        if commands != nil { channel.recordsCommands() }
    }

    public mutating func take(_ accesses: [MemoryAccess]) throws {
        let burstBytes = device.organization.burstBytes
        self.accesses.removeAll(keepingCapacity: true)
        for access in accesses {
            self.accesses.append(
                ReplayAccess(tick: access.tick, burst: access.address / burstBytes, isWrite: access.isWrite))
        }
        channel.enqueue(self.accesses)
        for access in accesses where !access.isWrite { reads += 1 }
        requests += accesses.count
        channel.run()
        if let commands { try commands(channel.takeLog()) }
    }

    public mutating func finish() throws -> MemoryReplayResult {
        let ticks = channel.finish()
        if let commands { try commands(channel.takeLog()) }
        let statistics = channel.statistics
        let events = EventCounts(
            commands: statistics.commands, openTicks: channel.openTicks(at: ticks), ticks: ticks, of: device)
        let bill = energyTable.map {
            EnergyBill(events, tables: [$0], memoryTick: device.tick, staticWatts: 0)
        }
        return MemoryReplayResult(
            requests: requests, reads: reads, ticks: ticks, nanosecondsPerTick: device.nanosecondsPerTick,
            burstBytes: device.organization.burstBytes, peakGigabytesPerSecond: device.peakGigabytesPerSecond,
            commands: statistics.commands, rowHits: statistics.rowHits, rowMisses: statistics.rowMisses,
            rowConflicts: statistics.rowConflicts, latencies: statistics.latencies, bill: bill,
            energyTable: energyTable, busTimes: channel.busTimes(at: ticks))
    }
}
