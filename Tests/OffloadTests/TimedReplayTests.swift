import Offload
import Quantities
import Testing
import Workload

@Suite struct TimedReplayTests {
    private func randomRun(_ random: inout RandomNumbers, prefetch: PrefetchPolicy) -> OffloadRun {
        let shape = randomShape(&random)
        let routes = randomRoutes(&random, shape: shape, tokens: 30, withWeights: true)
        let plans = [
            StepPlan(), StepPlan(batch: 3), StepPlan(prompts: .tokens(4)),
            StepPlan(prompts: .tokens(6), prefillChunk: 2),
        ]
        let policies = CachePolicy.allCases
        let widths: [ExpertWidths] = [
            .uniform(16), .uniform(4.25), .byGateWeight(high: 8, low: 2),
            .perExpert((0..<shape.blocks).map { Double(2 + $0 % 3 * 2) }),
        ]
        let scope = CacheScope.allCases[random.nextIndex(below: 2)]
        return OffloadRun(
            model: smallModel(shape), events: ExpertEvents(routes, plan: plans[random.nextIndex(below: plans.count)]),
            cache: CacheSpecification(
                policy: policies[random.nextIndex(below: policies.count)], scope: scope,
                capacity: .experts(random.nextIndex(below: shape.blocks + 1))),
            prefetch: PrefetchSpecification(prefetch, shape: shape, seed: random.next()),
            widths: widths[random.nextIndex(below: widths.count)], machine: randomMachine(&random))
    }

    /// Random machines, models, policies, widths and batches: the time is at least that of the computation, at least
    /// that of the needed bytes at the device's cap, and at least that of the same machine with all experts in memory.
    @Test(arguments: PrefetchPolicy.allCases)
    func offloadingIsNeverFasterThanItsPartsOrThanMemory(prefetch: PrefetchPolicy) {
        var random = RandomNumbers(seed: 21)
        for _ in 0..<25 {
            var run = randomRun(&random, prefetch: prefetch)
            let offloaded = run.result()
            let totals = offloaded.totals
            #expect(totals.time == totals.compute + totals.exposedIO)
            let needed = Double(totals.demandBytes + totals.prefetchBytes - totals.wastedBytes)
            let cap = run.machine!.storage.cap
            let pending = Double(run.prefetch.staging + 1) * Double(run.expertSizes.max()!)
            #expect(Double(totals.time) * 1e-12 >= (needed - pending) / cap)
            #expect(totals.exposedIO <= totals.ioBusy)
            #expect(totals.storageBytes <= totals.demandBytes + totals.prefetchBytes)
            #expect(offloaded.steps.last!.end == totals.time)
            run.isResident = true
            // What is left out for its small weight takes no time, and what is loaded narrow is computed narrow.
            if case .byGateWeight = run.widths { continue }
            let resident = run.result()
            #expect(resident.totals.exposedIO == 0 && resident.totals.storageBytes == 0)
            #expect(offloaded.totals.time >= resident.totals.time)
            #expect(offloaded.totals.compute == resident.totals.compute)
        }
    }

    @Test(arguments: CachePolicy.allCases)
    func theClockDoesNotChangeWhatTheCacheHolds(policy: CachePolicy) {
        var random = RandomNumbers(seed: 4)
        for prefetch in [PrefetchPolicy.none, .statistics, .oracle] {
            var run = randomRun(&random, prefetch: prefetch)
            run.cache.policy = policy
            let timed = run.result()
            run.machine = nil
            let untimed = run.result()
            #expect(timed.totals.hits == untimed.totals.hits && timed.totals.misses == untimed.totals.misses)
            #expect(zip(timed.layers, untimed.layers).allSatisfy { $0.hits == $1.hits && $0.misses == $1.misses })
        }
    }

    @Test func anOracleNeverWastesAByteAndIsNeverSlowerThanNothing() {
        var random = RandomNumbers(seed: 9)
        for _ in 0..<30 {
            var run = randomRun(&random, prefetch: .oracle)
            run.widths = .uniform(8)
            let oracle = run.result()
            run.prefetch = PrefetchSpecification(.none, shape: run.model.routes)
            let none = run.result()
            #expect(oracle.totals.wastedBytes == 0)
            #expect(oracle.totals.time <= none.totals.time)
        }
    }

    /// Guesses that are always wrong: the device reads more, and no token comes sooner.
    @Test func wrongGuessesCostBandwidth() {
        var random = RandomNumbers(seed: 2)
        let shape = RouteShape(layers: 4, experts: 16, topK: 1)
        var routes = Routes(shape: shape)
        for position in 0..<40 {
            routes.append(
                .init(request: 0, position: position), experts: (0..<4).map { _ in UInt16(random.nextIndex(below: 8)) })
        }
        var run = OffloadRun(
            model: smallModel(shape), events: ExpertEvents(routes),
            cache: CacheSpecification(policy: .lru, scope: .global, capacity: .experts(8)),
            prefetch: PrefetchSpecification(.crossLayer, shape: shape), machine: randomMachine(&random))
        run.prefetch.recall = 0
        run.prefetch.widening = 4
        let wrong = run.result()
        run.prefetch = PrefetchSpecification(.none, shape: shape)
        let none = run.result()
        #expect(wrong.totals.wastedBytes > 0 && wrong.totals.storageBytes > none.totals.storageBytes)
        #expect(wrong.totals.time >= none.totals.time && wrong.prefetchAccuracy! < 0.3)
    }

    /// One layer, one expert of 24,576 weights at 16 bits, always missing. Each token waits for one read of 49,152 B:
    /// three blocks of 16 KiB, one at a time, each 10 us + 16,384 B / 1 GB/s = 26.384 us alone.
    @Test func aDemandMissTakesTheTimeOfItsBlocks() {
        let shape = RouteShape(layers: 1, experts: 2, topK: 1)
        var routes = Routes(shape: shape)
        for position in 0..<4 { routes.append(.init(request: 0, position: position), experts: [UInt16(position % 2)]) }
        let machine = OffloadMachine(
            name: "m", compute: RooflineUnit(name: "u", peak: OperationsPerSecond(1_000_000_000_000), efficiency: 1),
            memory: WorkingMemory(
                capacity: Bytes(1 << 20), bandwidth: BytesPerSecond(1_000_000_000_000), efficiency: 1),
            storage: StorageDevice(
                name: "d", latency: .microseconds(10), randomBandwidth: BytesPerSecond(1_000_000_000),
                blockSize: Bytes(16384), queueDepth: 1))
        let run = OffloadRun(
            model: smallModel(shape), events: ExpertEvents(routes),
            cache: CacheSpecification(policy: .lru, scope: .global, capacity: .experts(1)), machine: machine)
        let result = run.result()
        #expect(run.model.expertParameters == 24576 && result.totals.misses == 4)
        let block = 26_384_000
        #expect(result.totals.exposedIO == 4 * 3 * block)
        #expect(result.totals.ioBusy == 4 * 3 * block && result.totals.hiddenIO == 0)
    }

    /// As above, but four blocks in flight and 50 us of the loader for each expert. Two experts are missing in each event:
    /// 50 us, then the first block alone in 26.384 us and the two others 16.384 us behind it (1 GB/s is the cap), then the
    /// same again for the second expert, which begins when the first one is through.
    @Test func aLoadersOverheadComesBeforeEachExpert() {
        let shape = RouteShape(layers: 1, experts: 4, topK: 2)
        var routes = Routes(shape: shape)
        for position in 0..<4 {
            let experts: [UInt16] = position % 2 == 0 ? [0, 1] : [2, 3]
            routes.append(.init(request: 0, position: position), experts: experts)
        }
        func machine(depth: Int) -> OffloadMachine {
            OffloadMachine(
                name: "m",
                compute: RooflineUnit(name: "u", peak: OperationsPerSecond(1_000_000_000_000_000), efficiency: 1),
                memory: WorkingMemory(
                    capacity: Bytes(1 << 20), bandwidth: BytesPerSecond(1_000_000_000_000_000), efficiency: 1),
                storage: StorageDevice(
                    name: "d", latency: .microseconds(10), randomBandwidth: BytesPerSecond(1_000_000_000),
                    blockSize: Bytes(16384), queueDepth: depth, overhead: .microseconds(50)))
        }
        for (depth, expert) in [(1, 50_000_000 + 3 * 26_384_000), (4, 50_000_000 + 26_384_000 + 2 * 16_384_000)] {
            let run = OffloadRun(
                model: smallModel(shape), events: ExpertEvents(routes),
                cache: CacheSpecification(policy: .lru, scope: .global, capacity: .experts(0)),
                machine: machine(depth: depth))
            let totals = run.result().totals
            #expect(totals.misses == 8 && totals.ioBusy == 8 * expert)
            // Only the first expert of an event computes while the device reads the other.
            #expect(totals.exposedIO <= 8 * expert && totals.time >= 8 * expert)
        }
    }

    @Test func aRingMovesEveryExpertOfEveryLayer() {
        var random = RandomNumbers(seed: 8)
        var run = randomRun(&random, prefetch: .ring)
        run.widths = .uniform(16)
        let result = run.result()
        let steps = run.events.steps.count
        let layers = run.model.routes.layers
        #expect(result.totals.prefetches == steps * layers * run.model.routes.experts)
        #expect(result.totals.storageBytes == steps * run.expertSizes.reduce(0, +))
    }

    /// Layered prefill, a prompt crossing each layer once, moves fewer bytes than chunks that load shared experts anew.
    @Test func chunksLoadTheExpertsTheyShareAgain() {
        var random = RandomNumbers(seed: 6)
        let shape = RouteShape(layers: 4, experts: 8, topK: 2)
        let routes = randomRoutes(&random, shape: shape, tokens: 64, requests: 1)
        let bytes = [nil, 16, 4].map { chunk in
            OffloadRun(
                model: smallModel(shape),
                events: ExpertEvents(routes, plan: StepPlan(prompts: .tokens(64), prefillChunk: chunk)),
                cache: CacheSpecification(policy: .lru, scope: .global, capacity: .experts(8)),
                machine: randomMachine(&random)
            ).result().totals.demandBytes
        }
        #expect(bytes[0] < bytes[1] && bytes[1] < bytes[2])
    }
}
