import Hardware
import HeapModule

/// Runs programs on a machine, cycle by cycle where something happens; its value is the machine's state.
///
/// The NPU side is a queue of events in NPU cycles; each channel runs in cycles of its own clock. A channel's answer
/// reaches the NPU no earlier than one memory cycle and the response latency after the cycle that caused it, and the
/// NPU's reaction reaches a channel no earlier than the request latency after that: within this look-ahead the
/// channels run on without each other. Nothing is approximated by it.
public struct Engine: Sendable {
    struct Event: Comparable, Sendable {
        enum Kind: Sendable { case nodeStarts, nodeEnds, blockArrives, blockLeaves, fetchAhead }
        var cycle: Int
        var sequence: Int
        var kind: Kind
        var index: Int

        static func < (left: Event, right: Event) -> Bool {
            (left.cycle, left.sequence) < (right.cycle, right.sequence)
        }
    }

    let npu: NPU
    let clocks: ClockDomains
    let interleave: ChannelInterleave
    let usesDependencies: Bool
    private let lookAhead: Int

    public var channels: [Channel]
    /// NPU cycle that the machine has reached.
    public internal(set) var now = 0
    var events = Heap<Event>()
    var sequence = 0
    var pipeline: ArrayPipeline
    var vectorFree: [Int]
    var npuBusy = BusyTime()

    // The program under way.
    var program = Program()
    var waitingFor: [Int32] = []
    var answersLeft: [Int32] = []
    var lastAnswer: [Int] = []
    var unfinished = 0
    var arrival: [Int] = []
    var products: ProductQueue
    var blockParts: [Int32] = []
    var blockLast: [Int] = []
    var positionOfNode: [Int: Int] = [:]
    var times: [OperatorTime] = []

    public init(machine: Machine, refreshPhase: Int = 0) {
        npu = machine.npu
        let memory = machine.memory
        clocks = ClockDomains(npuHertz: Int(npu.clock.count), memoryHertz: Int(memory.clock.count))
        let order = memory.addressOrder
        var lowBits = 0
        for field in order.reversed() {
            if field == "ch" { break }
            lowBits += Self.size(of: field, memory.organization).trailingZeroBitCount
        }
        interleave = ChannelInterleave(channels: memory.channels, lowBits: lowBits)
        usesDependencies = machine.execution.order == .dependencies
        lookAhead = 1 + clocks.wholeMemoryTicks(inNPU: npu.requestLatency + npu.responseLatency)
        let channel = Channel(
            organization: memory.organization, memory: memory.timing, profile: memory.controller,
            pim: memory.pim?.timing, addressOrder: order, refreshPhase: refreshPhase)
        channels = [Channel](repeating: channel, count: memory.channels)
        pipeline = ArrayPipeline(npu.arrays)
        vectorFree = [Int](repeating: 0, count: npu.vector.units)
        products = ProductQueue(budget: npu.scratchpadBytes / 2)
    }

    private static func size(of field: String, _ organization: DRAMOrganization) -> Int {
        switch field {
        case "ro": organization.rows
        case "ra": organization.ranks
        case "bg": organization.groupsPerRank
        case "ba": organization.banksPerGroup
        default: organization.burstsPerRow
        }
    }

    /// Runs `program` to its end and returns when each of its operators ran.
    ///
    /// - Parameter operators: number of operators that the program's nodes name.
    public mutating func run(_ program: Program, operators: Int) -> [OperatorTime] {
        begin(program, operators: operators)
        while unfinished > 0 {
            let memoryCycle = nextMemoryCycle
            if let event = events.min, event.cycle < reaction(to: memoryCycle) {
                events.removeMin()
                now = max(now, event.cycle)
                handle(event)
                continue
            }
            precondition(
                memoryCycle != Int.max || events.min != nil,
                "the program has come to a halt with \(unfinished) nodes left")
            var limit = memoryCycle == Int.max ? Int.max : memoryCycle + lookAhead
            if let event = events.min {
                limit = min(limit, clocks.memoryTick(ofNPU: event.cycle + npu.requestLatency))
            }
            runChannels(until: limit)
        }
        return times
    }

    /// Lets every channel catch up with the NPU, so that statistics cover the whole time.
    public mutating func settle() {
        runChannels(until: clocks.memoryTick(ofNPU: now))
    }

    /// Memory cycles that have passed.
    public var memoryCycles: Int { clocks.memoryTick(ofNPU: now) }

    /// NPU cycles so far in which an array or a vector unit worked.
    public mutating func npuBusyCycles() -> Int { npuBusy.settle() }

    private var nextMemoryCycle: Int {
        var cycle = Int.max
        for channel in channels.indices { cycle = min(cycle, channels[channel].nextCycle) }
        return cycle
    }

    /// First NPU cycle in which something can be noticed of what a channel does from `memoryCycle` on.
    private func reaction(to memoryCycle: Int) -> Int {
        memoryCycle == Int.max ? Int.max : clocks.npuTick(ofMemory: memoryCycle + 1) + npu.responseLatency
    }

    private mutating func runChannels(until limit: Int) {
        for channel in channels.indices where channels[channel].nextCycle < limit {
            channels[channel].run(until: limit)
            if channels[channel].hasCompletions {
                for completion in channels[channel].takeCompletions() { note(completion) }
            }
        }
    }

    mutating func schedule(_ kind: Event.Kind, _ index: Int, at cycle: Int) {
        events.insert(Event(cycle: cycle, sequence: sequence, kind: kind, index: index))
        sequence += 1
    }
}

/// When an operator of a program ran.
public struct OperatorTime: Sendable, Equatable {
    /// First NPU cycle of its first node, and the NPU cycle in which its last node ended.
    public var start = Int.max
    public var end = 0
}
