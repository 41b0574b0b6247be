import Offload
import Testing
import Workload
import YAMLTree

@Suite struct CacheReplayTests {
    @Test func realRoutesGiveTheRatesOfASeparateProgram() throws {
        let routes = try Routes.load(path: realRoutes, shape: gptOSS20B)
        #expect(routes.tokens.count == 240 && routes.weights.count == 240 * 96)
        let events = ExpertEvents(routes)
        let table = try CSVTable(try SourceFile.read(fixture("gptoss20b-240-rates.csv"))).records.dropFirst()
        for row in table.map({ $0.map(\.text) }) {
            let specification = CacheSpecification(
                policy: CachePolicy(rawValue: row[0])!, scope: CacheScope(rawValue: row[1])!,
                capacity: .experts(Int(row[2])!))
            let replay = CacheReplay(events, specification)
            #expect(replay.hits == Int(row[3])! && replay.misses == Int(row[4])!, "\(row)")
        }
        #expect(table.count == 48)
    }

    @Test(arguments: CachePolicy.allCases.filter { $0 != .fate })
    func eachPolicyAgreesWithANaiveOne(policy: CachePolicy) {
        var random = RandomNumbers(seed: 7)
        for _ in 0..<12 {
            let shape = randomShape(&random)
            let routes = randomRoutes(&random, shape: shape, tokens: 24, withWeights: random.nextUnit() < 0.5)
            let sizes = (0..<shape.blocks).map { _ in 1 + random.nextIndex(below: 9) }
            let total = sizes.reduce(0, +)
            for scope in CacheScope.allCases {
                for capacity in [
                    CacheCapacity.experts(random.nextIndex(below: shape.blocks + 2)),
                    .bytes(random.nextIndex(below: total + 2)),
                ] {
                    let specification = CacheSpecification(policy: policy, scope: scope, capacity: capacity)
                    let naive = NaiveCache(specification: specification, shape: shape, sizes: sizes).hits(routes)
                    let replay = CacheReplay(ExpertEvents(routes), specification, sizes: sizes)
                    #expect(replay.hits == naive.reduce(0, +), "\(specification) \(shape)")
                }
            }
        }
    }

    @Test func beladyIsNeverBeaten() {
        var random = RandomNumbers(seed: 11)
        for _ in 0..<60 {
            let shape = randomShape(&random)
            let events = ExpertEvents(randomRoutes(&random, shape: shape, tokens: 120))
            let perLayer = random.nextIndex(below: shape.experts + 1)
            for scope in CacheScope.allCases {
                let rates = CachePolicy.allCases.map { policy in
                    let capacity = CacheCapacity.experts(perLayer * shape.layers)
                    return CacheReplay(
                        events, CacheSpecification(policy: policy, scope: scope, capacity: capacity))
                }
                let best = rates.first { $0.specification.policy == .belady }!
                // Fate divides the room among the layers whatever the scope: below a token's experts in each, a missing
                // one may find no room and pass through, which spares it an eviction that the others must do.
                let isFateBound = scope == .global && perLayer >= shape.topK
                for rate in rates where isFateBound || rate.specification.policy != .fate {
                    #expect(rate.hits <= best.hits, "\(rate.specification) \(shape)")
                }
            }
        }
    }

    @Test func hitsAndMissesAreTheAccesses() {
        var random = RandomNumbers(seed: 3)
        for policy in CachePolicy.allCases {
            let shape = randomShape(&random)
            let routes = randomRoutes(&random, shape: shape, tokens: 50)
            for plan in [
                StepPlan(), StepPlan(batch: 3, prompts: .tokens(5)), StepPlan(prompts: .tokens(9), prefillChunk: 4),
            ] {
                let events = ExpertEvents(routes, plan: plan)
                let needed = (0..<events.count).reduce(0) { $0 + events.experts(of: $1).count }
                let replay = CacheReplay(
                    events, CacheSpecification(policy: policy, scope: .global, capacity: .experts(shape.experts)))
                #expect(replay.hits + replay.misses == needed)
                #expect(replay.layers.count == shape.layers)
            }
        }
    }

    @Test(arguments: CachePolicy.allCases)
    func aCacheForAllMissesEachExpertOnce(policy: CachePolicy) {
        var random = RandomNumbers(seed: 5)
        let shape = RouteShape(layers: 5, experts: 8, topK: 2)
        let events = ExpertEvents(randomRoutes(&random, shape: shape, tokens: 200))
        let distinct = Set(
            (0..<events.count).flatMap { event in
                events.experts(of: event).map { event % 5 * 8 + Int($0) }
            })
        for scope in CacheScope.allCases {
            let replay = CacheReplay(events, CacheSpecification(policy: policy, scope: scope, capacity: .experts(40)))
            #expect(replay.misses == distinct.count)
        }
    }

    /// Two of four experts fit. LRU by events: after {0,1} the event {1,2} evicts 0, since 1 is a member.
    @Test func noMemberOfAnEventIsEvictedForAnother() {
        let shape = RouteShape(layers: 1, experts: 4, topK: 2)
        var routes = Routes(shape: shape)
        for (position, experts) in [[0, 1], [2, 1], [2, 1]].enumerated() {
            routes.append(.init(request: 0, position: position), experts: experts.map(UInt16.init))
        }
        for policy in CachePolicy.allCases {
            let replay = CacheReplay(
                ExpertEvents(routes), CacheSpecification(policy: policy, scope: .global, capacity: .experts(2)))
            #expect(replay.hits == 3, "\(policy)")
        }
    }

    @Test func anEventLargerThanTheCacheKeepsWhatFits() {
        let shape = RouteShape(layers: 1, experts: 4, topK: 3)
        var routes = Routes(shape: shape)
        for position in 0..<3 { routes.append(.init(request: 0, position: position), experts: [0, 1, 2]) }
        for policy in CachePolicy.allCases {
            let replay = CacheReplay(
                ExpertEvents(routes), CacheSpecification(policy: policy, scope: .layer, capacity: .experts(2)))
            #expect(replay.hits == 4 && replay.misses == 5, "\(policy)")
            let run = OffloadRun(model: smallModel(shape), events: ExpertEvents(routes), cache: replay.specification)
            #expect(run.result().unionOverCapacity == 1.5)
        }
    }

    @Test func aCapacityIsANumberOrASize() throws {
        #expect(try CacheCapacity(parsing: "96") == .experts(96))
        #expect(try CacheCapacity(parsing: "4 GB") == .bytes(4_000_000_000))
        var message = ""
        do { _ = try CacheCapacity(parsing: "4 GBit") } catch { message = "\(error)" }
        #expect(
            message
                == "--capacity: error: '4 GBit' is neither a number of experts such as '96' nor a size such as '4 GB'")
    }
}
