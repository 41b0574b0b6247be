import SimCore
import Workload

extension Simulator {
    /// NPU cycles of one layer's attention of requests whose caches lie in one channel, by themselves on the machine.
    func attentionAlone(_ requests: [StepFeatures.Attention]) -> Int {
        let tokens = requests.reduce(0) { $0 + $1.newTokens }
        guard
            var layout = try? MemoryLayout(
                machine: machine, shard: shard, layers: options.layers, requests: requests.count, tokens: tokens)
        else { preconditionFailure("the weights were laid out before") }
        for (index, request) in requests.enumerated() {
            layout.caches.place(index, in: 0)
            let fits = layout.caches.grow(index, toTokens: request.context)
            precondition(fits, "the caches were laid out before")
        }
        var lowering = StepLowering(machine: machine, shard: shard, layout: layout)
        let entries = requests.enumerated().map {
            StepLowering.Entry(index: $0, channel: 0, context: $1.context, newTokens: $1.newTokens)
        }
        let batch = entries.map { BatchEntry(request: $0.index, newTokens: $0.newTokens, context: $0.context) }
        lowering.begin(iteration: 0, entries: entries)
        var list = OperatorList(shard: shard, batch: batch, bits: .half)
        list.appendLayer(0, expertTokens: [])
        lowering.append(list, layer: 0, stages: [.b])
        var engine = Engine(machine: machine, closedForms: options.closedForms)
        _ = engine.run(lowering.program, operators: StepLowering.handOverIndex + 1)
        return engine.now
    }

    /// Runs one step by itself at command level, caches laid out for it alone.
    ///
    /// - Parameters:
    ///   - layers: as many of the step's layers; 0 with `head`: embedding and head.
    ///   - operandBytes: the part of the scratchpad for operand blocks, as in the run that the step is of.
    ///   - standInLoads: estimated decode attention of each channel, if the busiest may stand for others.
    func runAlone(
        _ step: SimulationStep, pools: [Int], tokens: Int, layers: Int, head: Bool, operandBytes: Int?,
        refreshPhase: Int, standInLoads: [Double]? = nil
    ) -> SimulationResult {
        var short = options
        short.layers = layers
        short.iterations = 1
        short.includesHead = head
        short.refreshPhase = refreshPhase
        short.loggedChannel = nil
        // Embedding and head alone have no stages.
        if layers == 0 { short.subBatching.interleaving = .dataflow }
        guard
            var layout = try? MemoryLayout(
                machine: machine, shard: shard, layers: options.layers, requests: requests.count, tokens: tokens)
        else { preconditionFailure("the weights were laid out before") }
        for share in step.shares {
            layout.caches.place(share.request, in: layout.caches.pools > 1 ? pools[share.request] : 0)
            let fits = layout.caches.grow(share.request, toTokens: share.context)
            precondition(fits, "the step's caches were laid out before")
        }
        var standIn: ChannelStandIn?
        if let standInLoads, step.subBatches == 1, options.closedForms {
            let prompts = Set(step.shares.filter { $0.newTokens > 1 }.map { pools[$0.request] })
            standIn = ChannelStandIn(machine: machine, loads: standInLoads, prompts: prompts)
        }
        var engine = Engine(
            machine: machine, refreshPhase: refreshPhase, closedForms: options.closedForms,
            operandBytes: operandBytes, standIn: standIn?.channel)
        if let standIn {
            for channel in standIn.isStoodFor.indices where !standIn.isStoodFor[channel] { engine.isolate(channel) }
        }
        var result = emptyResult(requests, [step])
        result.options = short
        var runner = StepRunner(
            lowering: StepLowering(machine: machine, shard: shard, layout: layout), engine: engine, options: short,
            steps: [step], channels: pools, result: result)
        runner.lowering.standIn = standIn
        runner.run(0..<1)
        finish(&runner, requests)
        if let standIn, let standInLoads { runner.result.scalePIM(standIn, standInLoads) }
        return runner.result
    }
}

extension SimulationResult {
    /// Counts of PIM commands in channels that were stood for, by their own work.
    fileprivate mutating func scalePIM(_ standIn: ChannelStandIn, _ loads: [Double]) {
        for channel in channels.indices where standIn.isStoodFor[channel] {
            channels[channel].statistics.scalePIM(by: loads[channel] / loads[standIn.channel])
        }
    }
}
