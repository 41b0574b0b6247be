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
    private var commands: (([LoggedCommand]) throws -> Void)?

    /// - Parameter commands: if given, is handed all commands in order, a piece at a time.
    public init(
        _ device: StandardDevice, _ controller: ReplayController, commands: (([LoggedCommand]) throws -> Void)? = nil
    ) {
        self.device = device
        self.commands = commands
        channel = ReplayChannel(device, controller)
        if commands != nil { channel.recordsCommands() }
    }

    public mutating func take(_ accesses: [MemoryAccess]) throws {
        let burstBytes = device.organization.burstBytes
        channel.enqueue(
            accesses.map { ReplayAccess(tick: $0.tick, burst: $0.address / burstBytes, isWrite: $0.isWrite) })
        for access in accesses where !access.isWrite { reads += 1 }
        requests += accesses.count
        channel.run()
        if let commands { try commands(channel.takeLog()) }
    }

    public mutating func finish() throws -> MemoryReplayResult {
        let ticks = channel.finish()
        if let commands { try commands(channel.takeLog()) }
        let statistics = channel.statistics
        return MemoryReplayResult(
            requests: requests, reads: reads, ticks: ticks, nanosecondsPerTick: device.nanosecondsPerTick,
            burstBytes: device.organization.burstBytes, peakGigabytesPerSecond: device.peakGigabytesPerSecond,
            commands: statistics.commands, rowHits: statistics.rowHits, rowMisses: statistics.rowMisses,
            rowConflicts: statistics.rowConflicts, latencies: statistics.latencies, bill: nil)
    }
}
