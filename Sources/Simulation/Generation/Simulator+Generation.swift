import Hardware
import SimCore
import Workload

/// Whole generations, from arrivals to last tokens.
extension Simulator {
    /// - Throws: `CapacityError` when the weights do not fit.
    func generate(_ policy: ServingPolicy) throws(CapacityError) -> SimulationResult {
        let layout = try generationLayout(policy)
        var run = GenerationRun(
            executor: ExactSteps(runner: generationRunner(layout)), scheduler: scheduler(policy),
            caches: layout.caches, cut: cut, transferCycles: { transferCycles($0, policy) })
        run.progress = generationProgress
        run.run()
        run.executor.runner.result.steps = run.executor.runner.steps
        finish(&run.executor.runner, served(run.scheduler))
        return generationResult(run, run.executor.runner.result, blockBytes: layout.blockBytes)
    }

    /// The first request that has no room even in an empty memory, with the cache blocks that it needs and that there
    /// are where its caches would lie; nil if there is none.
    public func misfit(_ policy: ServingPolicy) throws(CapacityError) -> (request: Int, neededBytes: Int, bytes: Int)? {
        let layout = try generationLayout(policy)
        guard let request = ServingScheduler.misfit(requests, in: layout.caches) else { return nil }
        let blocks = layout.caches.shape.blocks(forTokens: ServingScheduler.longest(requests[request]))
        return (request, blocks * layout.blockBytes, layout.caches.blocksPerPool * layout.blockBytes)
    }

    /// Room for the activations of the largest step that can come.
    func generationLayout(_ policy: ServingPolicy) throws(CapacityError) -> MemoryLayout {
        try MemoryLayout(
            machine: machine, shard: shard, layers: options.layers, requests: requests.count,
            tokens: largestStep(policy))
    }

    /// Tokens of the largest step that can come.
    func largestStep(_ policy: ServingPolicy) -> Int {
        let longest = requests.map { ServingScheduler.longest($0) }
        let all = longest.reduce(0, +)
        var tokens = min(policy.stepTokens, all)
        if policy.prefill == .whole { tokens = max(tokens, longest.max() ?? 0, min(policy.batch, requests.count)) }
        return tokens
    }

    func generationRunner(_ layout: MemoryLayout) -> StepRunner {
        StepRunner(
            lowering: StepLowering(machine: machine, shard: shard, layout: layout), engine: engine(), options: options,
            steps: [], channels: [Int](repeating: 0, count: requests.count), result: emptyResult(requests, []))
    }

    func scheduler(_ policy: ServingPolicy) -> ServingScheduler {
        ServingScheduler(
            policy: policy, requests: requests, arrivals: requests.map { arrivalCycle($0) },
            assignment: options.assignment, estimate: estimate)
    }

    /// The first NPU cycle that is not before a request's arrival.
    private func arrivalCycle(_ request: Request) -> Int {
        let time = request.arrival.value
        let (dividend, divisor) = (
            Int128(time.numerator) * Int128(machine.npu.clock.count), Int128(time.denominator) * 1_000_000_000_000
        )
        return Int((dividend + divisor - 1) / divisor)
    }

    /// NPU cycles in which the caches of so many tokens go over the link to the host. Each chip of a tensor-parallel
    /// group has a link of its own, for its own share.
    func transferCycles(_ tokens: Int, _ policy: ServingPolicy) -> Int {
        guard tokens > 0 else { return 0 }
        let bytes = tokens * 2 * shard.keyWidth * MemoryLayout.elementBytes * options.layers
        return Int((Double(bytes) / policy.swapBytesPerSecond * Double(machine.npu.clock.count)).rounded(.up))
    }

    func generationProgress(_ scheduler: ServingScheduler) {
        progress?(
            scheduler.timelines.reduce(0) { $0 + $1.generatedTokens },
            requests.reduce(0) { $0 + ($1.outputTokens ?? 0) })
    }

    /// The requests with the channels that their caches were in last.
    func served(_ scheduler: ServingScheduler) -> [Request] {
        guard machine.memory.pim != nil else { return requests }
        return requests.indices.map { index in
            var request = requests[index]
            request.channel = scheduler.timelines[index].pool
            request.contextTokens = request.promptTokens
            return request
        }
    }

    /// A result with the generation's record in it.
    func generationResult<Executor>(
        _ run: GenerationRun<Executor>, _ result: SimulationResult, blockBytes: Int
    ) -> SimulationResult {
        var result = result
        result.options.iterations = run.steps.count
        for (index, timeline) in run.scheduler.timelines.enumerated() {
            result.requests[index].channel = timeline.pool ?? 0
            result.requests[index].context = requests[index].promptTokens
            result.requests[index].tokens = timeline.generatedTokens
            result.requests[index].finish = timeline.finish ?? 0
        }
        result.generation = GenerationResult(
            policy: run.scheduler.policy, timelines: run.scheduler.timelines, steps: run.steps, blockBytes: blockBytes,
            blocks: run.caches.pools * run.caches.blocksPerPool, allocatedBlocks: run.caches.allocatedBlocks,
            freedBlocks: run.caches.freedBlocks)
        return result
    }
}
