import Hardware
import SimCore
import Workload

/// Runs a model for requests on a machine: decode steps of a batch, the passes of a trace, or whole generations.
public struct Simulator {
    public let machine: Machine
    public let shard: ModelShard
    public let requests: [Request]
    public let options: SimulationOptions
    /// The steps of the run, `options.iterations` of them; none of whole generations, which make them as they go.
    public let steps: [SimulationStep]
    /// How whole generations are served; nil: the steps are as given.
    public let serving: ServingPolicy?
    /// The model on which routing and lengths were measured, if the steps are scaled to another's shape.
    public let measuredModel: String?
    /// Called after each layer with the layers done and the layers in all; of whole generations after each step with the
    /// output tokens.
    public var progress: ((Int, Int) -> Void)?

    /// - Parameter steps: as many as the options' iterations; nil: decode steps of all requests. Steps that are given
    ///   run as a whole, without sub-batches.
    /// - Parameter serving: how to serve the requests from their arrival to their last token, each with a prompt and an
    ///   output; then there are no steps to give.
    public init(
        machine: Machine, shard: ModelShard, requests: [Request], options: SimulationOptions,
        steps: [SimulationStep]? = nil, measuredModel: String? = nil, serving: ServingPolicy? = nil
    ) {
        precondition(serving == nil || steps == nil, "whole generations make their own steps")
        precondition(steps == nil || steps?.count == options.iterations, "an iteration is a step")
        precondition(steps == nil || options.subBatching.count == 1, "a trace's passes run as a whole")
        self.measuredModel = measuredModel
        self.serving = serving
        self.steps =
            serving != nil ? [] : steps ?? SimulationStep.decoding(requests, iterations: options.iterations)
        self.machine = machine
        self.shard = shard
        self.requests = requests
        self.options = options
    }

    /// - Throws: `CapacityError` when weights and caches do not fit into the memory.
    public func run() throws(CapacityError) -> SimulationResult {
        if let serving { return options.fidelity == .exact ? try generate(serving) : try sampleGeneration(serving) }
        if options.fidelity == .sampled { return try sampleSteps() }
        let placed = assigned()
        let finalContexts = finalContexts
        let channels = placed.map { $0.channel ?? 0 }
        var layout = try MemoryLayout(
            machine: machine, shard: shard, layers: options.layers, requests: placed.count,
            tokens: steps.map(\.tokens).max() ?? 0)
        try layout.reserve(zip(channels, finalContexts).map { (channel: $0, finalContext: $1) })
        let steps = cutAsFirst(steps, channels)
        var result = emptyResult(placed, steps)
        for share in steps[0].shares { result.requests[share.request].subBatch = share.subBatch }
        var runner = StepRunner(
            lowering: StepLowering(machine: machine, shard: shard, layout: layout),
            engine: engine(operandBytes: machine.operandBytes(shard, steps: steps)), options: options, steps: steps,
            channels: channels, result: result)
        runner.progress = progress
        runner.run(steps.indices)
        finish(&runner, placed)
        return runner.result
    }

    /// The machine before its first cycle.
    ///
    /// - Parameter operandBytes: the part of the scratchpad for operand blocks; half of it if nothing is said.
    func engine(operandBytes: Int? = nil) -> Engine {
        var engine = Engine(
            machine: machine, refreshPhase: options.refreshPhase, closedForms: options.closedForms,
            operandBytes: operandBytes)
        if let logged = options.loggedChannel {
            engine.isolate(logged)
            engine.channels[logged].recordsCommands()
        }
        return engine
    }

    /// A step cut into the sub-batches that the options ask for, those that have any requests.
    ///
    /// - Parameter channels: of each request. Without PIM channels mean nothing; the batch is cut as if requests went
    ///   round the channels.
    func cut(_ step: SimulationStep, _ channels: [Int]) -> SimulationStep {
        guard options.subBatching.count > 1 else { return step }
        let hasChannels = machine.memory.pim != nil
        let shares = step.shares.enumerated().map { index, share in
            Request(
                id: share.request, contextTokens: share.context,
                channel: hasChannels ? channels[share.request] : index % machine.memory.channels)
        }
        let parts = options.subBatching.split.split(shares, into: options.subBatching.count, estimate: estimate)
        var cut = step
        cut.shares = []
        for (subBatch, part) in parts.filter({ !$0.isEmpty }).enumerated() {
            for index in part {
                cut.shares.append(step.shares[index])
                cut.shares[cut.shares.count - 1].subBatch = subBatch
            }
        }
        return cut
    }

    /// Steps of the same requests, all cut as the first one is.
    func cutAsFirst(_ steps: [SimulationStep], _ channels: [Int]) -> [SimulationStep] {
        guard options.subBatching.count > 1, let first = steps.first else { return steps }
        let order = cut(first, channels).shares
        return steps.map { step in
            let shares = Dictionary(uniqueKeysWithValues: step.shares.map { ($0.request, $0) })
            var step = step
            step.shares = order.compactMap { place in
                var share = shares[place.request]
                share?.subBatch = place.subBatch
                return share
            }
            return step
        }
    }

    /// The longest context of each request.
    var finalContexts: [Int] {
        var longest = requests.map(\.contextTokens)
        for share in steps.flatMap(\.shares) { longest[share.request] = max(longest[share.request], share.context) }
        return longest
    }

    /// The requests with a channel each.
    func assigned() -> [Request] {
        var placed = requests
        guard machine.memory.pim != nil else { return placed }
        options.assignment.assign(&placed, channels: machine.memory.channels, estimate: estimate)
        return placed
    }

    /// Estimated attention of a request in its channel.
    var estimate: AttentionEstimate {
        let organization = machine.memory.organization
        let rowElements = organization.rowBytes / MemoryLayout.elementBytes
        let opensAll = machine.memory.pim?.timing.activation == .allBanks
        let groups = opensAll ? 0 : organization.groupsPerRank - 1
        let window = machine.memory.timing.nFAW * groups + organization.ranks - 1
        // A row of dot-products: opening all groups, then the dot-products of the row, then closing.
        let pim = machine.memory.pim
        let perSlice = machine.memory.banksPerPIMUnit
        let dots = pim.map { $0.timing.nDOT * (rowElements / $0.multipliersPerBank * perSlice + 1) } ?? 0
        let row = window + machine.memory.timing.nRCDRD + dots + organization.banks
        return AttentionEstimate(
            of: shard, rowElements: rowElements, banks: organization.banks,
            operandWrite: .init(Int64(pim?.timing.nGWRITE ?? 0)), rowOfDotProducts: .init(Int64(row)))
    }

    func emptyResult(_ placed: [Request], _ steps: [SimulationStep]) -> SimulationResult {
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

    /// Takes down what the engine counted.
    func finish(_ runner: inout StepRunner, _ placed: [Request]) {
        runner.engine.settle()
        var result = runner.result
        result.cycles = runner.engine.now + runner.skipped.cycles
        result.npuBusyCycles = runner.engine.npuBusyCycles()
        result.activity = runner.engine.activity() + result.linkActivity
        for done in result.operators {
            if done.unit == .pim { result.pimMACs += done.macs } else { result.npuMACs += done.macs }
            result.vectorElements += done.vectorElements
        }
        result.scratchpadBytes = runner.lowering.scratchpadBytes
        result.linkBytes = runner.lowering.linkBytes
        let engineCycles = runner.engine.memoryCycles
        let cycles = engineCycles + runner.skipped.memoryCycles
        for index in runner.engine.channels.indices {
            let mine = placed.filter { $0.channel == index }
            var statistics = runner.engine.channels[index].settledStatistics(at: engineCycles)
            for command in runner.engine.channels[index].refreshRoundCommands {
                statistics.add(command, count: runner.skipped.refreshRounds)
            }
            // The mean over the channel's data buses, of which pseudo-channels have one each.
            let bursts = (statistics.count(.rd) + statistics.count(.wr)) / machine.memory.device.dataBuses
            result.channels.append(
                ChannelResult(
                    index: index, requests: mine.count, tokens: mine.reduce(0) { $0 + $1.contextTokens },
                    statistics: statistics, dataBusCycles: bursts * machine.memory.timing.nBL, cycles: cycles))
        }
        if let logged = options.loggedChannel { result.commands = runner.engine.channels[logged].takeLog() }
        runner.result = result
    }
}
