import SimCore
import Workload

/// Something that can tell how long steps take, one after the other.
protocol StepExecutor {
    /// Runs a step with the caches where they lie; NPU cycles.
    mutating func run(_ step: SimulationStep, caches: CachePool) -> Int
    /// Lets NPU cycles pass without work.
    mutating func idle(_ cycles: Int)
}

/// Every layer of every step, command by command.
struct ExactSteps: StepExecutor {
    var runner: StepRunner

    mutating func run(_ step: SimulationStep, caches: CachePool) -> Int {
        let start = runner.engine.now
        for share in step.shares {
            runner.channels[share.request] = caches.pool(of: share.request)!
            runner.result.requests[share.request].subBatch = share.subBatch
        }
        runner.lowering.layout.caches = caches
        runner.steps.append(step)
        runner.run(runner.steps.count - 1..<runner.steps.count)
        return runner.engine.now - start
    }

    mutating func idle(_ cycles: Int) { runner.skipped += runner.engine.idle(cycles) }
}
