import Workload

/// How whole generations went: each request's way through the system, and each step.
public struct GenerationResult: Sendable {
    public var policy: ServingPolicy
    /// Of each request, in NPU cycles.
    public var timelines: [RequestTimeline]
    public var steps: [GenerationStep]
    /// Memory that a block of caches takes, and the blocks that there are, that were handed out and that came back.
    public var blockBytes: Int
    public var blocks: Int
    public var allocatedBlocks: Int
    public var freedBlocks: Int

    /// NPU cycles in which no request was there to be worked on.
    public var idleCycles: Int { steps.reduce(0) { $0 + $1.idleBefore } }
    /// NPU cycles in which steps waited for caches to go to the host's memory or to come back.
    public var transferCycles: Int { steps.reduce(0) { $0 + $1.transferCycles } }
    public var preemptions: Int { timelines.reduce(0) { $0 + $1.preemptions } }
    public var recomputedTokens: Int { timelines.reduce(0) { $0 + $1.recomputedTokens } }
    /// The most memory that caches took at a time.
    public var peakCacheBytes: Int { (steps.map(\.plan.usedBlocks).max() ?? 0) * blockBytes }
}

/// One step of a generation.
public struct GenerationStep: Sendable {
    public var plan: ServingStep
    /// NPU cycles without work before it.
    public var idleBefore: Int
    /// NPU cycle of its beginning, the cycles for which it first waited for transfers, and the cycle of its end.
    public var start: Int
    public var transferCycles: Int
    public var end: Int
}
