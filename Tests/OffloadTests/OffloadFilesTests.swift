import Offload
import Quantities
import Testing
import Workload
import YAMLTree

@Suite struct OffloadFilesTests {
    private func run(machine: OffloadMachine?) -> OffloadRun {
        var random = RandomNumbers(seed: 1)
        let shape = RouteShape(layers: 2, experts: 4, topK: 2)
        let events = ExpertEvents(randomRoutes(&random, shape: shape, tokens: 10), plan: StepPlan(prompts: .tokens(2)))
        return OffloadRun(
            model: smallModel(shape), events: events,
            cache: CacheSpecification(policy: .lru, scope: .global, capacity: .experts(4)), machine: machine)
    }

    private func cells(_ text: String) throws -> [[String]] {
        try CSVTable(SourceFile(name: "t.csv", text: text)).records.map { $0.map(\.text) }
    }

    @Test func aTimedRunGivesThreeTables() throws {
        let result = run(machine: try edgeMachine("raspberry-pi-5")).result()
        let files = result.files(routes: "drawn")
        #expect(files.map(\.name) == ["offload.csv", "layers.csv", "tokens.csv"])
        let summary = try cells(files[0].text)
        let row = Dictionary(uniqueKeysWithValues: zip(summary[0], summary[1]))
        #expect(summary.count == 2 && summary[0] == OffloadResult.summaryColumns)
        // Only a prefetcher that guesses has an accuracy.
        #expect(row.filter { $0.value.isEmpty }.map(\.key) == ["prefetch_accuracy"])
        #expect(row["compute_unit"] == "roofline: 4 Cortex-A76 at 2.4 GHz FP32" && row["capacity"] == "4")
        #expect(Int(row["hits"]!)! + Int(row["misses"]!)! == result.totals.hits + result.totals.misses)
        let tokens = try cells(files[2].text)
        // Three requests, each with a prompt of two tokens in one step.
        #expect(tokens.count == 1 + 3 + 4 && tokens[1][1] == "prefill")
        #expect(try cells(files[1].text).count == 1 + 2)
    }

    @Test func withoutAMachineTheTimesStayEmpty() throws {
        let result = run(machine: nil).result()
        let row = Dictionary(
            uniqueKeysWithValues: zip(OffloadResult.summaryColumns, result.summaryCells(routes: "drawn")))
        #expect(row["hit_rate"]!.split(separator: ".")[1].count == 6)
        for name in OffloadResult.summaryColumns.drop(while: { $0 != "time_per_token_s" }) { #expect(row[name] == "") }
        let tokens = try cells(result.files(routes: "drawn")[2].text)
        #expect(tokens.dropFirst().allSatisfy { $0.suffix(4) == ["", "", "", ""] })
        #expect(tokens.dropFirst().reduce(0) { $0 + Int($1[5])! } == result.totals.hits)
        #expect(tokens.dropFirst().reduce(0) { $0 + Int($1[6])! } == result.totals.misses)
    }

    /// Without a clock every guess arrives: what an oracle fetches is used, and nothing is left to demand but the first
    /// event of all.
    @Test func withoutAMachineGuessesArriveInTime() {
        var random = RandomNumbers(seed: 5)
        let shape = RouteShape(layers: 3, experts: 8, topK: 2)
        let events = ExpertEvents(randomRoutes(&random, shape: shape, tokens: 40))
        var run = OffloadRun(
            model: smallModel(shape), events: events,
            cache: CacheSpecification(policy: .lru, scope: .global, capacity: .experts(0)),
            prefetch: PrefetchSpecification(.oracle, shape: shape))
        let result = run.result()
        let expert = run.expertSizes[0]
        #expect(result.prefetchAccuracy == 1 && result.totals.wastedBytes == 0)
        #expect(result.totals.demandBytes == 2 * expert)
        #expect(result.totals.prefetchBytes == (result.totals.misses - 2) * expert)
        run.prefetch = PrefetchSpecification(.none, shape: shape)
        #expect(run.result().totals.demandBytes == result.totals.misses * expert)
    }

    /// A prompt of 200 tokens keeps 200 of them, not what each of them looks at, summed.
    @Test func aPromptKeepsItsTokensOnce() throws {
        var random = RandomNumbers(seed: 3)
        let shape = RouteShape(layers: 2, experts: 4, topK: 2)
        let routes = randomRoutes(&random, shape: shape, tokens: 200, requests: 1)
        func keys(_ plan: StepPlan) throws -> Int {
            let run = OffloadRun(
                model: smallModel(shape), events: ExpertEvents(routes, plan: plan),
                cache: CacheSpecification(policy: .lru, scope: .global, capacity: .experts(8)),
                machine: try edgeMachine("raspberry-pi-5"), isResident: true)
            return run.result().peakMemoryBytes - run.model.residentParameters * 2 - run.expertSizes.reduce(0, +)
        }
        // Two layers of 200 keys and values of 32 elements in 16 bits.
        for plan in [StepPlan(), StepPlan(prompts: .tokens(200)), StepPlan(prompts: .tokens(150), prefillChunk: 40)] {
            #expect(try keys(plan) == 2 * 200 * 2 * 32 * 2)
        }
    }

    @Test func whatDoesNotFitTheMemoryIsSaidInBytes() throws {
        var large = run(machine: try edgeMachine("raspberry-pi-5"))
        #expect(large.obstacle == nil && large.result().obstacle == nil)
        large.machine!.memory.capacity = Bytes(100_000)
        let message = try #require(large.obstacle)
        #expect(message.hasPrefix("raspberry-pi-5 has 0.10 MB of memory, but "))
        #expect(message.hasSuffix("a smaller capacity, narrower widths or fewer resident bits would help"))
    }
}
