import Hardware
import SimCore
import Workload

/// Runs whose steps are estimated.
extension Simulator {
    /// Whole generations by estimate.
    func sampleGeneration(_ policy: ServingPolicy) throws(CapacityError) -> SimulationResult {
        let layout = try generationLayout(policy)
        var run = GenerationRun(
            executor: SampledSteps(self, tokens: largestStep(policy), operandBytes: nil), scheduler: scheduler(policy),
            caches: layout.caches, cut: cut, transferCycles: { transferCycles($0, policy) })
        run.progress = generationProgress
        run.run()
        let cycles = run.steps.last?.end ?? 0
        let placed = served(run.scheduler)
        let result = sampled(run.executor, placed, cycles: cycles, idleCycles: run.executor.idleCycles)
        return generationResult(run, result, blockBytes: layout.blockBytes)
    }

    /// Given decode steps by estimate.
    func sampleSteps() throws(CapacityError) -> SimulationResult {
        let placed = assigned()
        let channels = placed.map { $0.channel ?? 0 }
        let tokens = steps.map(\.tokens).max() ?? 0
        var layout = try MemoryLayout(
            machine: machine, shard: shard, layers: options.layers, requests: placed.count, tokens: tokens)
        try layout.reserve(zip(channels, finalContexts).map { (channel: $0, finalContext: $1) })
        var executor = SampledSteps(
            self, tokens: tokens, operandBytes: machine.operandBytes(shard, steps: steps))
        var cycles = 0
        for (index, step) in cutAsFirst(steps, channels).enumerated() {
            cycles += executor.run(step, pools: channels)
            progress?((index + 1) * options.layers, steps.count * options.layers)
        }
        var result = sampled(executor, placed, cycles: cycles, idleCycles: 0)
        for index in result.requests.indices { result.requests[index].finish = cycles }
        return result
    }

    private func sampled(
        _ executor: SampledSteps, _ placed: [Request], cycles: Int, idleCycles: Int
    ) -> SimulationResult {
        let steps = executor.steps.map(\.step)
        var result = emptyResult(placed, steps)
        result.steps = steps
        result.cycles = cycles
        let clocks = Engine(machine: machine)
        let memoryCycles = clocks.memoryCycles(ofNPU: cycles)
        let round = max(1, clocks.channels[0].refreshRound)
        result.channels = (0..<machine.memory.channels).map { index in
            let mine = placed.filter { $0.channel == index }
            return ChannelResult(
                index: index, requests: mine.count, tokens: mine.reduce(0) { $0 + $1.contextTokens },
                statistics: .sum([], ranks: machine.memory.organization.ranks, cycles: memoryCycles), dataBusCycles: 0,
                cycles: memoryCycles)
        }
        let stageCycles = result.add(executor.total(), shard: shard)
        let idleRounds = clocks.memoryCycles(ofNPU: idleCycles) / round
        for index in result.channels.indices {
            for command in clocks.channels[0].refreshRoundCommands {
                result.channels[index].statistics.add(command, count: idleRounds)
            }
        }
        result.sampling = SamplingResult(
            steps: steps.count, measuredRuns: executor.measuredRuns, checks: executor.checks(options.checkedSteps),
            stageCycles: stageCycles)
        return result
    }
}
