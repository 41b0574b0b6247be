import Hardware
import HeapModule
import Quantities

/// Runs programs on a machine, cycle by cycle where something happens; its value is the machine's state.
///
/// The NPU side is a queue of events in NPU cycles; each channel runs in cycles of its own clock. A channel's answer
/// reaches the NPU no earlier than one memory cycle and the response latency after the cycle that caused it, and the
/// NPU's reaction reaches a channel no earlier than the request latency after that: within this look-ahead the
/// channels run on without each other. Nothing is approximated by it.
///
/// Several programs can run at a time; they share the arrays, the vector units and the channels. The arrays serve
/// products one after the other, the one first that could start first.
public struct Engine: Sendable {
    struct Event: Comparable, Sendable {
        /// In one cycle: what is given back, what has come, what ends, and then what begins.
        enum Kind: Int, Sendable { case blockLeaves, blockArrives, nodeEnds, fetchAhead, nodeStarts }
        var cycle: Int
        var kind: Kind
        var run: Int
        var index: Int

        static func < (left: Event, right: Event) -> Bool {
            (left.cycle, left.kind.rawValue, left.run, left.index)
                < (right.cycle, right.kind.rawValue, right.run, right.index)
        }
    }

    let npu: NPU
    let clocks: ClockDomains
    let interleave: ChannelInterleave
    let usesDependencies: Bool
    /// Data buses of a channel.
    let dataBuses: Int
    private let lookAhead: Int

    public var channels: [Channel]
    /// NPU cycle that the machine has reached.
    public internal(set) var now = 0
    var events = Heap<Event>()
    var pipeline: ArrayPipeline
    var vectorFree: [Int]
    var npuBusy = BusyTime()
    var arraysBusy = BusyTime()
    var vectorsBusy = BusyTime()

    /// Programs under way, by slot.
    var runs: [ProgramRun?] = [ProgramRun?](repeating: nil, count: Receiver.runs)
    var operands: OperandSpace
    var ended: [Int] = []
    /// The run whose product the arrays are working on.
    var servedRun: Int?

    // Channels in step.
    var groups: LockstepGroups
    /// A channel whose own work all channels of its group are taken to have; nil: work of one channel parts it from others.
    let standIn: Int?
    var leaders: [Int]
    /// Of each channel that another one stands for.
    var followings: [Following?]
    /// Memory cycle before which no channel does anything any more, and that of the next search for groups to join.
    var reached = 0
    var nextJoin = 0

    /// - Parameters:
    ///   - refreshPhase: memory cycles by which refresh time runs ahead of cycle 0.
    ///   - closedForms: advance channels that do the same only once; the results do not depend on it.
    ///   - operandBytes: the part of the scratchpad for operand blocks; half of it if nothing is said.
    ///   - standIn: a channel whose own work all others get too that have no other work of their own. An approximation,
    ///     for estimates.
    public init(
        machine: Machine, refreshPhase: Int = 0, closedForms: Bool = true, operandBytes: Int? = nil, standIn: Int? = nil
    ) {
        self.standIn = standIn
        npu = machine.npu
        operands = OperandSpace(
            capacity: operandBytes ?? npu.scratchpadBytes / 2,
            keepsWeights: machine.execution.weights == .keptForSubBatches, slots: Receiver.runs)
        let memory = machine.memory
        clocks = ClockDomains(npu: ClockPeriod(of: npu.clock), memory: memory.tick)
        interleave = ChannelInterleave(memory)
        dataBuses = memory.device.dataBuses
        usesDependencies = machine.execution.order == .dependencies
        lookAhead = 1 + clocks.wholeMemoryTicks(inNPU: npu.requestLatency + npu.responseLatency)
        let channel = Channel(
            device: memory.device, profile: memory.controller, pim: memory.pim?.timing,
            addressOrder: memory.addressOrder, refreshPhase: refreshPhase)
        channels = [Channel](repeating: channel, count: memory.channels)
        pipeline = ArrayPipeline(npu.arrays)
        vectorFree = [Int](repeating: 0, count: npu.vector.units)
        groups = LockstepGroups(channels: memory.channels, isOn: closedForms)
        leaders = groups.leaders
        followings = [Following?](repeating: nil, count: memory.channels)
        for members in groups.members {
            for member in members.dropFirst() { beginFollowing(member, members[0]) }
        }
    }

    /// Starts `program` beside those that run; returns the slot under which its end is reported.
    ///
    /// - Parameters:
    ///   - operators: number of operators that the program's nodes name.
    ///   - share: how many programs share the part of the scratchpad that is for operands.
    public mutating func start(_ program: Program, operators: Int, share: Int = 1) -> Int {
        guard let slot = runs.firstIndex(where: { $0 == nil }) else {
            preconditionFailure("at most \(Receiver.runs) programs run at a time")
        }
        operands.begin(slot: slot, programs: share)
        begin(ProgramRun(program, operators: operators), slot)
        return slot
    }

    /// Goes on until one of the programs under way has ended; returns its slot and when each of its operators ran.
    public mutating func runUntilEnd() -> (slot: Int, times: [OperatorTime]) {
        while ended.isEmpty {
            let memoryCycle = nextMemoryCycle
            if let event = events.min, event.cycle < reaction(to: memoryCycle) {
                events.removeMin()
                now = max(now, event.cycle)
                handle(event)
                continue
            }
            precondition(
                memoryCycle != Int.max || events.min != nil, "the programs have come to a halt before their end")
            var limit = memoryCycle == Int.max ? Int.max : memoryCycle + lookAhead
            if let event = events.min {
                limit = min(limit, clocks.memoryTick(ofNPU: event.cycle + npu.requestLatency))
            }
            runChannels(until: limit)
        }
        let slot = ended.removeFirst()
        let times = runs[slot]!.times
        runs[slot] = nil
        return (slot, times)
    }

    /// Runs `program` alone to its end and returns when each of its operators ran.
    public mutating func run(_ program: Program, operators: Int) -> [OperatorTime] {
        _ = start(program, operators: operators)
        return runUntilEnd().times
    }

    /// Lets every channel catch up with the NPU, so that statistics cover the whole time.
    public mutating func settle() {
        runChannels(until: clocks.memoryTick(ofNPU: now))
        spreadStates()
    }

    /// Memory cycles that have passed.
    public var memoryCycles: Int { clocks.memoryTick(ofNPU: now) }

    /// Memory cycles in so many of the NPU's.
    public func memoryCycles(ofNPU cycles: Int) -> Int { clocks.memoryTick(ofNPU: cycles) }

    /// NPU cycles so far in which an array or a vector unit worked.
    public mutating func npuBusyCycles() -> Int { npuBusy.settle() }

    private var nextMemoryCycle: Int {
        var cycle = Int.max
        for channel in leaders { cycle = min(cycle, channels[channel].nextCycle) }
        return cycle
    }

    /// First NPU cycle in which something can be noticed of what a channel does from `memoryCycle` on.
    private func reaction(to memoryCycle: Int) -> Int {
        memoryCycle == Int.max ? Int.max : clocks.npuTick(ofMemory: memoryCycle + 1) + npu.responseLatency
    }

    mutating func runChannels(until limit: Int) {
        reached = max(reached, limit)
        for channel in leaders where channels[channel].nextCycle < limit {
            channels[channel].run(until: limit)
            if channels[channel].hasCompletions {
                for completion in channels[channel].takeCompletions() { note(completion) }
            }
        }
    }

    mutating func schedule(_ kind: Event.Kind, _ run: Int, _ index: Int, at cycle: Int) {
        events.insert(Event(cycle: cycle, kind: kind, run: run, index: index))
    }
}

/// When an operator of a program ran.
public struct OperatorTime: Sendable, Equatable {
    /// First NPU cycle of its first node, and the NPU cycle in which its last node ended.
    public var start = Int.max
    public var end = 0
    /// Bytes of weights that it found in the scratchpad instead of reading them.
    public var keptBytes = 0
}
