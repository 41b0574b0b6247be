import Quantities
import Testing

@testable import Workload

/// The scheduler alone, on steps that last as long as they have tokens.
struct ServingTests {
    private let estimate = AttentionEstimate(
        width: 64, heads: 1, headSize: 64, rowElements: 64, banks: 16, operandWrite: Cycles(10),
        rowOfDotProducts: Cycles(20))
    /// Pages of 16 tokens for keys and of 64 for values.
    private let shape = CacheShape(parts: [.init(tokens: 16, blocks: 1), .init(tokens: 64, blocks: 4)])

    private struct Outcome {
        var scheduler: ServingScheduler
        var caches: CachePool
        var steps: [ServingStep] = []
    }

    private func serve(
        _ lengths: [(prompt: Int, output: Int, arrival: Int)], _ policy: ServingPolicy, pools: Int = 2,
        blocks: Int = 40, assignment: ChannelAssignment = .balanced
    ) -> Outcome {
        let requests = lengths.enumerated().map {
            Request(id: $0, promptTokens: $1.prompt, outputTokens: $1.output)
        }
        var done = Outcome(
            scheduler: ServingScheduler(
                policy: policy, requests: requests, arrivals: lengths.map(\.arrival), assignment: assignment,
                estimate: estimate),
            caches: CachePool(shape: shape, pools: pools, blocksPerPool: blocks, requests: requests.count))
        var now = 0
        while true {
            guard let step = done.scheduler.plan(at: now, caches: &done.caches) else {
                guard let arrival = done.scheduler.nextArrival else { return done }
                now = arrival
                continue
            }
            done.scheduler.checkInvariants(done.caches)
            now += step.tokens
            done.scheduler.complete(step, at: now, caches: &done.caches)
            done.scheduler.checkInvariants(done.caches)
            done.steps.append(step)
        }
    }

    private static func random(_ count: Int, seed: UInt64) -> [(prompt: Int, output: Int, arrival: Int)] {
        var random = RandomNumbers(seed: seed)
        return (0..<count).map { _ in
            (1 + random.nextIndex(below: 120), 1 + random.nextIndex(below: 60), random.nextIndex(below: 3000))
        }
    }

    static let policies: [ServingPolicy] = [
        ServingPolicy(prefill: .chunked, stepTokens: 64, batch: 8),
        ServingPolicy(prefill: .whole, stepTokens: 64, batch: 8),
        ServingPolicy(prefill: .chunked, stepTokens: 64, batch: 64, preemption: .swap),
        ServingPolicy(prefill: .whole, stepTokens: 64, batch: 64, preemption: .swap),
    ]

    /// Two pools of 16 blocks hold two or three requests each, so that many must make room.
    @Test(arguments: policies) func everyRequestGetsItsTokensAndAllMemoryComesBack(policy: ServingPolicy) throws {
        let lengths = Self.random(60, seed: 7)
        let done = serve(lengths, policy, blocks: 24)
        #expect(policy.batch == 8 || done.scheduler.timelines.contains { $0.preemptions > 0 })
        for (timeline, length) in zip(done.scheduler.timelines, lengths) {
            #expect(timeline.generatedTokens == length.output)
            let states = RequestTimeline.State.allCases.reduce(0) { $0 + timeline.cycles(in: $1) }
            #expect(states == timeline.latency)
            #expect(try #require(timeline.firstToken) <= #require(timeline.finish))
        }
        #expect(done.caches.usedBlocks == 0 && done.caches.allocatedBlocks == done.caches.freedBlocks)
        let outputs = done.steps.reduce(0) { $0 + $1.outputTokens }
        #expect(outputs == lengths.reduce(0) { $0 + $1.output })
        // Tokens computed: prompts, all outputs but the last of each, and what was computed again.
        let needed = lengths.reduce(0) { $0 + $1.prompt + $1.output - 1 }
        let again = done.scheduler.timelines.reduce(0) { $0 + $1.recomputedTokens }
        #expect(done.steps.reduce(0) { $0 + $1.tokens } == needed + again)
        #expect(policy.preemption == .recompute || again == 0)
        let (out, back) = done.steps.reduce((0, 0)) { ($0.0 + $1.swappedOutTokens, $0.1 + $1.swappedInTokens) }
        #expect(out == back && (out > 0) == (policy.preemption == .swap))
    }

    @Test func chunkedStepsKeepTheirBudgetAndDecodeEveryRunningRequest() {
        let done = serve(Self.random(40, seed: 3), Self.policies[0])
        for step in done.steps {
            #expect(step.tokens <= 64 && step.shares.count <= 8)
            #expect(step.shares.filter { !$0.isPrefill }.allSatisfy { $0.newTokens == 1 && $0.givesToken })
        }
        #expect(done.steps.contains { $0.promptTokens > 0 && $0.decodeTokens > 0 })
    }

    @Test func wholePromptsHaveStepsOfTheirOwn() {
        let done = serve(Self.random(40, seed: 3), Self.policies[1])
        for step in done.steps {
            #expect(step.promptTokens == 0 || step.decodeTokens == 0)
            #expect(step.promptTokens <= 64 || step.shares.count == 1)
            #expect(step.shares.allSatisfy { $0.givesToken })
        }
    }

    /// 10 + 3 tokens: a step of 10, then two of one; the other comes while the first step runs and joins the second.
    @Test func requestsJoinAtTheNextStepBoundary() {
        let done = serve([(10, 3, 0), (5, 1, 4)], ServingPolicy(stepTokens: 16, batch: 4))
        #expect(done.steps.map { $0.shares.map(\.request) } == [[0], [0, 1], [0]])
        #expect(done.scheduler.timelines[0].firstToken == 10)
        #expect(done.scheduler.timelines[1].cycles(in: .queued) == 6)
        #expect(done.scheduler.timelines[1].finish == 16)
        #expect(done.scheduler.timelines[1].cycles(in: .prefill) == 6)
        #expect(done.scheduler.timelines[0].finish == 17)
        #expect(done.scheduler.timelines[0].timePerOutputToken == 3.5)
    }

    @Test func theLastAdmittedOfThePoolMakesRoom() {
        // One pool of 10 blocks; each request takes 5 until its 17th token.
        let done = serve(
            [(15, 20, 0), (15, 20, 0)], ServingPolicy(stepTokens: 64, batch: 4), pools: 1, blocks: 10)
        #expect(done.scheduler.timelines.map(\.preemptions) == [0, 1])
        #expect(done.scheduler.timelines[1].recomputedTokens == 16)
        #expect(done.scheduler.timelines[1].cycles(in: .preempted) > 0)
    }

    @Test func balancedAdmissionTakesTheLeastLoadedPoolAndRoundRobinTheNext() {
        let lengths = [(100, 2, 0), (10, 2, 0), (10, 2, 0), (10, 2, 0)]
        let policy = ServingPolicy(stepTokens: 256, batch: 8)
        let balanced = serve(lengths, policy)
        #expect(balanced.steps[0].shares.map(\.pool) == [0, 1, 1, 1])
        let turns = serve(lengths, policy, assignment: .roundRobin)
        #expect(turns.steps[0].shares.map(\.pool) == [0, 1, 0, 1])
    }

    @Test func aRequestLargerThanAnEmptyPoolIsFoundBeforehand() {
        let caches = CachePool(shape: shape, pools: 2, blocksPerPool: 10, requests: 2)
        // 64 tokens take 4 + 4 blocks, 65 take 5 + 8.
        let fits = Request(id: 0, promptTokens: 60, outputTokens: 5)
        let grows = Request(id: 1, promptTokens: 60, outputTokens: 6)
        #expect(ServingScheduler.misfit([fits], in: caches) == nil)
        #expect(ServingScheduler.misfit([fits, grows], in: caches) == 1)
    }

    @Test func freedBlocksAreHandedOutAgain() {
        var caches = CachePool(shape: shape, pools: 1, blocksPerPool: 10, requests: 2)
        caches.place(0, in: 0)
        let first = caches.grow(0, toTokens: 17)
        #expect(first && (0..<2).map { caches.block(request: 0, part: 0, piece: $0) } == [0, 1])
        #expect(caches.freeBlocks(in: 0) == 4)
        let tooMany = caches.grow(0, toTokens: 65)
        #expect(!tooMany, "all of the blocks or none")
        #expect(caches.freeBlocks(in: 0) == 4)
        caches.release(0)
        caches.place(1, in: 0)
        let again = caches.grow(1, toTokens: 1)
        #expect(again && caches.freeBlocks(in: 0) == 5)
        caches.checkInvariants()
    }
}
