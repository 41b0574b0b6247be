import Workload

/// Serves requests from their arrival to their last token: steps are made one after another, from the time and the memory
/// that the one before has left.
struct GenerationRun<Executor: StepExecutor> {
    var executor: Executor
    var scheduler: ServingScheduler
    var caches: CachePool
    /// Cuts a step into sub-batches, given the pool of each request.
    let cut: (SimulationStep, [Int]) -> SimulationStep
    /// NPU cycles that so many tokens take on the link to the host.
    let transferCycles: (Int) -> Int
    var progress: (ServingScheduler) -> Void = { _ in }

    private(set) var steps: [GenerationStep] = []
    private var now = 0

    init(
        executor: Executor, scheduler: ServingScheduler, caches: CachePool,
        cut: @escaping (SimulationStep, [Int]) -> SimulationStep, transferCycles: @escaping (Int) -> Int
    ) {
        self.executor = executor
        self.scheduler = scheduler
        self.caches = caches
        self.cut = cut
        self.transferCycles = transferCycles
    }

    mutating func run() {
        var pools = [Int](repeating: 0, count: scheduler.timelines.count)
        var idle = 0
        while true {
            guard let plan = scheduler.plan(at: now, caches: &caches) else {
                guard let arrival = scheduler.nextArrival else { return }
                executor.idle(arrival - now)
                idle += arrival - now
                now = arrival
                continue
            }
            for share in plan.shares { pools[share.request] = share.pool }
            // Both directions of the link work at the same time.
            let transfer = max(transferCycles(plan.swappedOutTokens), transferCycles(plan.swappedInTokens))
            if transfer > 0 { executor.idle(transfer) }
            let start = now
            now += transfer + executor.run(cut(SimulationStep(plan), pools), caches: caches)
            scheduler.complete(plan, at: now, caches: &caches)
            steps.append(
                GenerationStep(plan: plan, idleBefore: idle, start: start, transferCycles: transfer, end: now))
            idle = 0
            progress(scheduler)
        }
    }
}

extension SimulationStep {
    /// What a step of continuous batching asks of the machine.
    init(_ plan: ServingStep) {
        self.init(
            shares: plan.shares.map {
                Share(
                    request: $0.request, newTokens: $0.newTokens, context: $0.context, outputs: $0.givesToken ? 1 : 0)
            })
    }
}
