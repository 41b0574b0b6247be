import Hardware
import SimCore
import Workload

/// Runs decode steps of a model for a batch of requests on a machine.
public struct Simulator {
    public let machine: Machine
    public let shard: ModelShard
    public let requests: [Request]
    public let options: SimulationOptions
    /// Called after each layer with the layers done and the layers in all.
    public var progress: ((Int, Int) -> Void)?

    public init(machine: Machine, shard: ModelShard, requests: [Request], options: SimulationOptions) {
        self.machine = machine
        self.shard = shard
        self.requests = requests
        self.options = options
    }

    /// - Throws: `CapacityError` when weights and caches do not fit into the memory.
    public func run() throws(CapacityError) -> SimulationResult {
        let placed = assigned()
        let growth = options.iterations - 1
        let layout = try MemoryLayout(
            machine: machine, shard: shard, layers: options.layers,
            requests: placed.map { (channel: $0.channel ?? 0, finalContext: $0.contextTokens + growth) })
        var lowering = StepLowering(machine: machine, shard: shard, layout: layout)
        var engine = Engine(machine: machine, refreshPhase: options.refreshPhase)
        if let logged = options.loggedChannel { engine.channels[logged].recordsCommands() }
        var result = emptyResult(placed)
        var layersDone = 0
        for iteration in 0..<options.iterations {
            let entries = placed.indices.map { index in
                StepLowering.Entry(
                    index: index, channel: placed[index].channel ?? 0,
                    context: placed[index].contextTokens + iteration,
                    finalContext: placed[index].contextTokens + growth)
            }
            let batch = entries.map { BatchEntry(request: $0.index, context: $0.context) }
            if options.includesHead {
                var list = OperatorList(shard: shard, batch: batch, bits: .half)
                list.appendEmbedding()
                run(list, nil, iteration, entries, &lowering, &engine, &result)
            }
            let list = OperatorList.layer(of: shard, batch: batch, bits: .half)
            for layer in 0..<options.layers {
                run(list, layer, iteration, entries, &lowering, &engine, &result)
                layersDone += 1
                progress?(layersDone, options.layers * options.iterations)
            }
            if options.includesHead {
                var list = OperatorList(shard: shard, batch: batch, bits: .half)
                list.appendHead()
                run(list, nil, iteration, entries, &lowering, &engine, &result)
            }
            for index in result.requests.indices { result.requests[index].finish = engine.now }
        }
        finish(&engine, lowering, placed, &result)
        return result
    }

    private func run(
        _ list: OperatorList, _ layer: Int?, _ iteration: Int, _ entries: [StepLowering.Entry],
        _ lowering: inout StepLowering, _ engine: inout Engine, _ result: inout SimulationResult
    ) {
        lowering.lower(list, iteration: iteration, layer: layer, entries: entries)
        let times = engine.run(lowering.program, operators: StepLowering.handOverIndex + 1)
        for index in lowering.operators.indices {
            var done = lowering.operators[index]
            done.start = min(times[index].start, times[index].end)
            done.end = times[index].end
            result.operators.append(done)
        }
    }

    /// The requests with a channel each.
    private func assigned() -> [Request] {
        var placed = requests
        guard let pim = machine.memory.pim else { return placed }
        let organization = machine.memory.organization
        let rowElements = organization.rowBytes / MemoryLayout.elementBytes
        let window = machine.memory.timing.nFAW * (organization.groupsPerRank - 1) + organization.ranks - 1
        // A row of dot-products: opening all groups, then the dot-products of the row, then closing.
        let row =
            window + machine.memory.timing.nRCDRD + pim.timing.nDOT * (rowElements / pim.multipliersPerBank + 1)
            + organization.banks
        let estimate = AttentionEstimate(
            of: shard, rowElements: rowElements, banks: organization.banks,
            operandWrite: .init(Int64(pim.timing.nGWRITE)), rowOfDotProducts: .init(Int64(row)))
        options.assignment.assign(&placed, channels: machine.memory.channels, estimate: estimate)
        return placed
    }

    private func emptyResult(_ placed: [Request]) -> SimulationResult {
        SimulationResult(
            machine: machine, model: shard.model, options: options,
            requests: placed.map {
                RequestResult(
                    id: $0.id, channel: $0.channel ?? 0, context: $0.contextTokens, tokens: options.iterations, finish: 0)
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
