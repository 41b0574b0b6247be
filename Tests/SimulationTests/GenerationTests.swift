import Hardware
import SimCore
import Simulation
import Testing
import Workload

/// Whole generations on machines, every command simulated.
struct GenerationTests {
    static let machines = ["neupims", "npu-pim-blocked", "npu-only"]

    private func generate(
        _ machine: Machine, _ lengths: [(Int, Int, Int)],
        _ policy: ServingPolicy = ServingPolicy(stepTokens: 64, batch: 8),
        _ change: (inout SimulationOptions) -> Void = { _ in }
    ) throws -> SimulationResult {
        var model = try ModelShape.small(hidden: 256, heads: 2)
        model.vocabulary = 256
        var options = SimulationOptions(layers: 1)
        change(&options)
        let requests = lengths.enumerated().map {
            Request(id: $0, promptTokens: $1.0, outputTokens: $1.1, arrival: .nanoseconds(Int64($1.2)))
        }
        return try Simulator(
            machine: machine, shard: ModelShard(of: model, ways: 1), requests: requests, options: options,
            serving: policy
        ).run()
    }

    @Test(arguments: machines) func everythingIsConserved(machine: String) throws {
        let lengths = [(40, 3, 0), (90, 2, 10_000), (1, 4, 30_000), (33, 1, 400_000)]
        let result = try generate(Shipped.machine(machine), lengths)
        let generation = try #require(result.generation)
        #expect(result.requests.map(\.tokens) == lengths.map(\.1))
        #expect(result.generatedTokens == lengths.reduce(0) { $0 + $1.1 })
        #expect(generation.allocatedBlocks == generation.freedBlocks && generation.allocatedBlocks > 0)
        for timeline in generation.timelines {
            let states = RequestTimeline.State.allCases.reduce(0) { $0 + timeline.cycles(in: $1) }
            #expect(states == timeline.latency)
        }
        // Steps and idle time fill the whole run.
        let steps = generation.steps.reduce(0) { $0 + $1.end - $1.start }
        #expect(steps + generation.idleCycles == result.cycles)
        #expect(generation.steps.last?.end == result.cycles)
        // The products of the layer for every computed token, and its attention to those before it.
        let tokens = lengths.reduce(0) { $0 + $1.0 + $1.1 - 1 }
        let pairs = lengths.reduce(0) { $0 + ($1.0 + $1.1 - 1) * ($1.0 + $1.1) / 2 }
        #expect(result.npuMACs + result.pimMACs == 12 * 256 * 256 * tokens + 2 * 256 * pairs)
    }

    @Test(arguments: machines) func oneRequestAloneTakesAStepForEachToken(machine: String) throws {
        let result = try generate(Shipped.machine(machine), [(30, 4, 0)])
        let generation = try #require(result.generation)
        let lengths = generation.steps.map { $0.end - $0.start }
        #expect(lengths.count == 4)
        let timeline = generation.timelines[0]
        #expect(timeline.firstToken == lengths[0])
        #expect(timeline.timePerOutputToken == Double(lengths[1...].reduce(0, +)) / 3)
        #expect(timeline.cycles(in: .decoding) == lengths[1...].reduce(0, +))
    }

    /// Decode steps of a generation are the decode steps of a batch that is given.
    @Test(arguments: machines) func aDecodeStepIsThatOfAFixedBatch(machine: String) throws {
        let hardware = try Shipped.machine(machine)
        let result = try generate(hardware, [(60, 2, 0)])
        let step = try #require(result.generation?.steps.last)
        let model = try ModelShape.small(hidden: 256, heads: 2)
        let alone = try run(hardware, model, [Request(id: 0, contextTokens: 61, channel: 0)])
        // They differ by where in the refresh interval they begin, so that each rank may refresh once more in one of
        // them, and by what the prompt left in the write buffers.
        let refreshes = hardware.memory.organization.ranks * hardware.memory.timing.nRFC
        #expect(abs(step.end - step.start - alone.cycles) < refreshes + alone.cycles / 20)
    }

    @Test func idleTimeCostsNothingAndChangesNothing() throws {
        let machine = try Shipped.machine("neupims")
        let refresh = machine.memory.timing.nREFI
        let soon = try generate(machine, [(40, 2, 0), (40, 2, 20 * refresh)])
        let late = try generate(machine, [(40, 2, 0), (40, 2, 1_000_020 * refresh)])
        let steps = [soon, late].map { $0.generation!.steps.map { $0.end - $0.start } }
        #expect(steps[0] == steps[1], "the second request finds the same refresh phase")
        #expect(late.cycles - soon.cycles == 1_000_000 * refresh)
        #expect(late.generation!.idleCycles - soon.generation!.idleCycles == 1_000_000 * refresh)
        let ranks = machine.memory.organization.ranks
        for (first, second) in zip(soon.channels, late.channels) {
            #expect(
                second.statistics.count(.refab) - first.statistics.count(.refab) == 1_000_000 * ranks)
            #expect(second.cycles - first.cycles == 1_000_000 * refresh)
        }
    }

    @Test(arguments: [Interleaving.dataflow, .barrier]) func subBatchesDoTheSameWork(how: Interleaving) throws {
        let machine = try Shipped.machine("neupims")
        let lengths = [(40, 3, 0), (50, 3, 0), (20, 2, 1000)]
        let whole = try generate(machine, lengths)
        let cut = try generate(machine, lengths) {
            $0.subBatching = SubBatching(count: 2, interleaving: how)
            $0.includesHead = true
        }
        #expect(cut.requests.map(\.tokens) == whole.requests.map(\.tokens))
        #expect(cut.pimMACs == whole.pimMACs)
        #expect(Set(cut.operators.map(\.subBatch)) == [0, 1])
    }
}
