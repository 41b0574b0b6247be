import Hardware
import SimCore
import Workload

/// Runs steps of a model for a batch of requests on a machine: decode steps, or the passes of a trace.
public struct Simulator {
    public let machine: Machine
    public let shard: ModelShard
    public let requests: [Request]
    public let options: SimulationOptions
    /// The steps of the run, `options.iterations` of them.
    public let steps: [SimulationStep]
    /// The model on which routing and lengths were measured, if the steps are scaled to another's shape.
    public let measuredModel: String?
    /// Called after each layer with the layers done and the layers in all.
    public var progress: ((Int, Int) -> Void)?

    /// - Parameter steps: as many as the options' iterations; nil: decode steps of all requests. Steps that are given
    ///   run as a whole, without sub-batches.
    public init(
        machine: Machine, shard: ModelShard, requests: [Request], options: SimulationOptions,
        steps: [SimulationStep]? = nil, measuredModel: String? = nil
    ) {
        precondition(steps == nil || steps?.count == options.iterations, "an iteration is a step")
        precondition(steps == nil || options.subBatching.count == 1, "a trace's passes run as a whole")
        self.measuredModel = measuredModel
        self.steps = steps ?? SimulationStep.decoding(requests, iterations: options.iterations)
        self.machine = machine
        self.shard = shard
        self.requests = requests
        self.options = options
    }

    /// - Throws: `CapacityError` when weights and caches do not fit into the memory.
    public func run() throws(CapacityError) -> SimulationResult {
        let placed = assigned()
        let finalContexts = finalContexts
        let layout = try MemoryLayout(
            machine: machine, shard: shard, layers: options.layers,
            requests: placed.indices.map { (channel: placed[$0].channel ?? 0, finalContext: finalContexts[$0]) },
            tokens: steps.map(\.tokens).max() ?? 0)
        var engine = Engine(
            machine: machine, refreshPhase: options.refreshPhase, closedForms: options.closedForms)
        if let logged = options.loggedChannel {
            engine.isolate(logged)
            engine.channels[logged].recordsCommands()
        }
        let parts = subBatches(of: placed)
        var result = emptyResult(placed)
        for (index, part) in parts.enumerated() {
            for entry in part { result.requests[entry.index].subBatch = index }
        }
        var runner = StepRunner(
            lowering: StepLowering(machine: machine, shard: shard, layout: layout), engine: engine, options: options,
            steps: steps, subBatches: parts, result: result)
        runner.progress = progress
        runner.run()
        finish(&runner.engine, runner.lowering, placed, &runner.result)
        return runner.result
    }

    /// The requests of each sub-batch that has any, as the layout sees them, in the first step.
    private func subBatches(of placed: [Request]) -> [[StepLowering.Entry]] {
        let finalContexts = finalContexts
        let all = placed.indices.map { index in
            StepLowering.Entry(
                index: index, channel: placed[index].channel ?? 0, context: placed[index].contextTokens,
                finalContext: finalContexts[index])
        }
        guard options.subBatching.count > 1 else { return [all] }
        var withChannel = placed
        for index in withChannel.indices where withChannel[index].channel == nil {
            // Without PIM channels mean nothing; the batch is cut as if requests went round the channels.
            withChannel[index].channel = index % machine.memory.channels
        }
        let parts = options.subBatching.split.split(
            withChannel, into: options.subBatching.count, estimate: estimate)
        return parts.filter { !$0.isEmpty }.map { $0.map { all[$0] } }
    }

    /// The longest context of each request.
    private var finalContexts: [Int] {
        var longest = requests.map(\.contextTokens)
        for share in steps.flatMap(\.shares) { longest[share.request] = max(longest[share.request], share.context) }
        return longest
    }

    /// The requests with a channel each.
    private func assigned() -> [Request] {
        var placed = requests
        guard machine.memory.pim != nil else { return placed }
        options.assignment.assign(&placed, channels: machine.memory.channels, estimate: estimate)
        return placed
    }

    /// Estimated attention of a request in its channel.
    private var estimate: AttentionEstimate {
        let organization = machine.memory.organization
        let rowElements = organization.rowBytes / MemoryLayout.elementBytes
        let window = machine.memory.timing.nFAW * (organization.groupsPerRank - 1) + organization.ranks - 1
        // A row of dot-products: opening all groups, then the dot-products of the row, then closing.
        let pim = machine.memory.pim
        let dots = pim.map { $0.timing.nDOT * (rowElements / $0.multipliersPerBank + 1) } ?? 0
        let row = window + machine.memory.timing.nRCDRD + dots + organization.banks
        return AttentionEstimate(
            of: shard, rowElements: rowElements, banks: organization.banks,
            operandWrite: .init(Int64(pim?.timing.nGWRITE ?? 0)), rowOfDotProducts: .init(Int64(row)))
    }

    private func emptyResult(_ placed: [Request]) -> SimulationResult {
        var outputs = [Int](repeating: 0, count: placed.count)
        for share in steps.flatMap(\.shares) { outputs[share.request] += share.outputs }
        return SimulationResult(
            machine: machine, model: shard.model, options: options, steps: steps,
            requests: placed.indices.map {
                RequestResult(
                    id: placed[$0].id, channel: placed[$0].channel ?? 0, context: placed[$0].contextTokens,
                    tokens: outputs[$0], finish: 0)
            },
            operators: [], channels: [], cycles: 0, npuBusyCycles: 0, npuMACs: 0, pimMACs: 0, vectorElements: 0,
            scratchpadBytes: 0, linkBytes: 0, commands: [])
    }

    private func finish(
        _ engine: inout Engine, _ lowering: StepLowering, _ placed: [Request], _ result: inout SimulationResult
    ) {
        engine.settle()
        result.cycles = engine.now
        result.npuBusyCycles = engine.npuBusyCycles()
        result.activity = engine.activity() + result.linkActivity
        for done in result.operators {
            if done.unit == .pim { result.pimMACs += done.macs } else { result.npuMACs += done.macs }
            result.vectorElements += done.vectorElements
        }
        result.scratchpadBytes = lowering.scratchpadBytes
        result.linkBytes = lowering.linkBytes
        let cycles = engine.memoryCycles
        for index in engine.channels.indices {
            let mine = placed.filter { $0.channel == index }
            let statistics = engine.channels[index].settledStatistics(at: cycles)
            let bursts = statistics.count(.rd) + statistics.count(.wr)
            result.channels.append(
                ChannelResult(
                    index: index, requests: mine.count, tokens: mine.reduce(0) { $0 + $1.contextTokens },
                    statistics: statistics, dataBusCycles: bursts * machine.memory.timing.nBL, cycles: cycles))
        }
        if let logged = options.loggedChannel { result.commands = engine.channels[logged].takeLog() }
    }
}
