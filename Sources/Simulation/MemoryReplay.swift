import Hardware
import Quantities
import SimCore
import Workload

/// Replays a trace of reads and writes on one channel of a DRAM device.
///
/// In each tick the oldest request whose tick has come is offered to the controller; one that is refused holds up those
/// behind it, and at most one is taken in a tick. The replay ends when every request has been answered: a read when its
/// data are there, a write when it is buffered, so that writes may still wait in the buffer at the end.
public struct MemoryReplay: AccessReplay, ~Copyable {
    public let device: StandardDevice
    private let map: ReplayAddressMap
    private let canonical: AddressMap
    private let energyTable: EnergyTable?
    private var channel: Channel
    private var counted = 0
    private var reads = 0
    private var lastAnswer = 0
    private var commands: (([LoggedCommand]) throws -> Void)?

    /// The order of fields that the channel itself knows; other mappings are translated to it.
    private static let order = ["ro", "ra", "bg", "ba", "co"]

    /// - Parameters:
    ///   - mapping: how addresses are spread, unless `bits` says so.
    ///   - energyTable: one of `EnergyTable.names(for:)`, or nil for a replay without energy.
    ///   - commands: if given, is handed all commands in order, a piece at a time.
    public init(
        _ device: StandardDevice, _ profile: ControllerProfile, mapping: ReplayController.Mapping,
        bits: AddressBits? = nil, energyTable: String? = nil, commands: (([LoggedCommand]) throws -> Void)? = nil
    ) {
        self.device = device
        self.commands = commands
        self.energyTable = energyTable.map { .memory(named: $0, for: device) }
        map = ReplayAddressMap(device.organization, mapping, bits: bits)
        canonical = AddressMap(organization: device.organization, order: Self.order)
        channel = Channel(device: device, profile: profile, pim: nil, addressOrder: Self.order)
        channel.recordsLatency()
        if commands != nil { channel.recordsCommands() }
    }

    /// Requests replayed so far.
    public var requests: Int { counted }

    /// Takes further requests, whose ticks must not be before those of the ones before.
    public mutating func take(_ accesses: [MemoryAccess]) throws {
        for access in accesses {
            let place = map.place(of: access.address / device.organization.burstBytes)
            channel.enqueue(
                base: canonical.burst(bank: place.bank, row: place.row, column: place.column), count: 1,
                isWrite: access.isWrite, transfer: 0, arrival: access.tick)
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
        let events = EventCounts(
            commands: statistics.commands, openTicks: statistics.activeCycles, ticks: ticks, of: device)
        let bill = energyTable.map { EnergyBill(events, tables: [$0], memoryTick: device.tick, staticWatts: 0) }
        return MemoryReplayResult(
            requests: counted, reads: reads, ticks: ticks, nanosecondsPerTick: device.nanosecondsPerTick,
            burstBytes: device.organization.burstBytes, peakGigabytesPerSecond: device.peakGigabytesPerSecond,
            commands: statistics.commands, rowHits: statistics.rowHits,
            rowMisses: statistics.count(.rd) + statistics.count(.wr) - statistics.rowHits,
            rowConflicts: statistics.rowConflicts, latencies: latencies, bill: bill, energyTable: energyTable)
    }

    private mutating func hear() throws {
        for completion in channel.takeCompletions() { lastAnswer = max(lastAnswer, completion.cycle) }
        if let commands { try commands(channel.takeLog()) }
    }
}
