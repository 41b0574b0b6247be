import Hardware
import SimCore
import Workload

/// A controller that takes the requests of a trace, a piece at a time.
public protocol AccessReplay: ~Copyable {
    /// Requests replayed so far.
    var requests: Int { get }
    /// Takes further requests, whose ticks must not be before those of the ones before.
    mutating func take(_ accesses: [MemoryAccess]) throws
    /// Waits for the last answers and returns what happened.
    mutating func finish() throws -> MemoryReplayResult
}

/// What a replay found out.
public struct MemoryReplayResult: Sendable {
    public var requests: Int
    public var reads: Int
    /// Ticks up to the last answer.
    public var ticks: Int
    public var nanosecondsPerTick: Double
    public var burstBytes: Int
    public var peakGigabytesPerSecond: Double
    /// Commands started, indexed by `DRAMCommand.rawValue`.
    public var commands: [Int]
    /// Under DRAMsim3's controller: column commands that were not the first on their row since it was opened, and those
    /// that were; precharges for a waiting request. Under Ramulator's: how requests found their bank at their first
    /// command.
    public var rowHits: Int
    public var rowMisses: Int
    public var rowConflicts: Int
    /// From the tick in which a read was taken to the end of its data.
    public var latencies: LatencyHistogram
    /// What it cost, where there is a table for the device; and the table.
    public var bill: EnergyBill?
    public var energyTable: EnergyTable?
    /// What the ticks of the data buses were spent on, where that was asked for.
    public var busTimes: BusTimes?

    public var writes: Int { requests - reads }
    public var nanoseconds: Double { Double(ticks) * nanosecondsPerTick }
    /// Bytes of all requests in a nanosecond.
    public var gigabytesPerSecond: Double { Double(requests * burstBytes) / nanoseconds }

    public func count(_ command: DRAMCommand) -> Int { commands[Int(command.rawValue)] }
    /// Activations; ACT1 and ACT2 are one.
    public var activations: Int { count(.act) + count(.act1) }
    public var picojoulesPerBit: Double? {
        bill.map { $0.totalJoules * 1e12 / Double(8 * requests * burstBytes) }
    }
}
