import SimCore
import Workload

extension Simulator {
    /// NPU cycles of one layer's attention of a single request, by itself on the machine.
    func attentionAlone(newTokens: Int, context: Int) -> Int {
        guard
            var layout = try? MemoryLayout(
                machine: machine, shard: shard, layers: options.layers, requests: 1, tokens: newTokens)
        else { preconditionFailure("the weights were laid out before") }
        layout.caches.place(0, in: 0)
        let fits = layout.caches.grow(0, toTokens: context)
        precondition(fits, "the request's caches were laid out before")
        var lowering = StepLowering(machine: machine, shard: shard, layout: layout)
        lowering.begin(
            iteration: 0,
            entries: [StepLowering.Entry(index: 0, channel: 0, context: context, newTokens: newTokens)])
        var list = OperatorList(
            shard: shard, batch: [BatchEntry(request: 0, newTokens: newTokens, context: context)], bits: .half)
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
    ///   - standInLoads: estimated decode attention of each channel, if the busiest may stand for others.
    func runAlone(
        _ step: SimulationStep, pools: [Int], tokens: Int, layers: Int, head: Bool, refreshPhase: Int,
        standInLoads: [Double]? = nil
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
            operandBytes: machine.operandBytes(shard, steps: [step]), standIn: standIn?.channel)
        if let standIn {
            for channel in standIn.isStoodFor.indices where !standIn.isStoodFor[channel] { engine.isolate(channel) }
        }
        var runner = StepRunner(
            lowering: StepLowering(machine: machine, shard: shard, layout: layout), engine: engine, options: short,
            steps: [step], channels: pools, result: emptyResult(requests, [step]))
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
