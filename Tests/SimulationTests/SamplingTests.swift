import Hardware
import SimCore
import Testing
import Workload

@testable import Simulation

/// Runs by estimate, held against exact ones.
struct SamplingTests {
    @Test func aTableFindsALinearFunctionAndAsksWhereItKnowsNothing() {
        func value(_ place: [Double]) -> Double { 1000 * (1 + 0.5 * place[0] + 0.2 * place[1]) }
        var table = SampleTable(unit: 1000)
        #expect(table.weights(at: [0, 0]) == nil)
        for place in [[0, 0], [0.4, 0], [0, 0.4], [0.4, 0.4], [0.2, 0.1]] { table.add(place, value: value(place)) }
        for place in [[0.1, 0.1], [0.2, 0.3], [0.3, 0.05]] {
            let weights = table.weights(at: place)
            #expect(weights != nil)
            #expect(abs((table.estimate(at: place) ?? 0) - value(place)) < 3, "three thousandths of the unit")
        }
        #expect(table.weights(at: [4, 0]) == nil, "slopes are not known well enough to go ten times as far")
    }

    @Test func aTableOfAWildFunctionAsksMoreOften() {
        var (smooth, wild) = (SampleTable(unit: 1), SampleTable(unit: 1))
        for index in 0..<12 {
            let place = [Double(index) * 0.1]
            smooth.add(place, value: 1 + place[0])
            wild.add(place, value: 1 + place[0] + (index % 2 == 0 ? 0.05 : -0.05))
        }
        #expect(smooth.weights(at: [0.55]) != nil)
        #expect(wild.weights(at: [0.55]) == nil)
    }

    private func model(layers: Int) throws -> ModelShape {
        var model = try ModelShape.small(hidden: 1024, heads: 8, layers: layers)
        model.vocabulary = 256
        return model
    }

    private func simulator(
        _ name: String, _ requests: [Request], serving: ServingPolicy?, channels: Int? = nil, layers: Int = 1
    ) throws -> Simulator {
        var machine = try Shipped.machine(name)
        machine.memory.channels = channels ?? machine.memory.channels
        var options = SimulationOptions(layers: layers)
        options.includesHead = layers > 1
        options.fidelity = .sampled
        return Simulator(
            machine: machine, shard: try ModelShard(of: try model(layers: layers), ways: 1), requests: requests,
            options: options, serving: serving)
    }

    /// The rest of a layer is alike for all channels, so one that is as busy as all stands for them.
    @Test func aChannelThatIsLikeAllOthersStandsForThem() throws {
        let requests = requests([Int](repeating: 300, count: 32))
        let simulator = try simulator("neupims", requests, serving: nil)
        func alone(_ loads: [Double]?) -> SimulationResult {
            simulator.runAlone(
                simulator.steps[0], pools: Array(0..<32), tokens: 32, layers: 1, head: false, operandBytes: nil,
                refreshPhase: 0, standInLoads: loads)
        }
        let (exact, stoodFor) = (alone(nil), alone([Double](repeating: 1, count: 32)))
        #expect(abs(stoodFor.cycles - exact.cycles) * 200 < exact.cycles)
        for command in DRAMCommand.allCases where command.isPIM {
            #expect(stoodFor.count(command) == exact.count(command), "\(command)")
        }
        #expect(stoodFor.pimMACs == exact.pimMACs && stoodFor.npuMACs == exact.npuMACs)
    }

    @Test func aBurstOfValuesThatIsCompletedIsToldApart() throws {
        let machine = try Shipped.machine("neupims")
        var features = StepFeatures(machine: machine, shard: try ModelShard(of: try model(layers: 1), ways: 1)) {
            $0.reduce(0) { $0 + 1000 + ($1.context % 32 == 0 ? 500 : 0) }
        }
        func place(_ context: Int) -> [Double] {
            features.of(SimulationStep(shares: [SimulationStep.Share(request: 0, context: context)]), pools: [3])
        }
        let (before, completed) = (place(63), place(64))
        #expect(before[1] == completed[1])
        #expect(before[2] == 0)
        #expect(abs(completed[2] * features.weightCycles - 500) < 1)
    }

    @Test func aChannelWithHalfOfTheWorkCountsHalfOfThePIMCommands() throws {
        let simulator = try simulator("neupims", requests([300]), serving: nil)
        var loads = [Double](repeating: 0.5, count: 32)
        loads[0] = 1
        let result = simulator.runAlone(
            simulator.steps[0], pools: [0], tokens: 1, layers: 1, head: false, operandBytes: nil, refreshPhase: 0,
            standInLoads: loads)
        let counts = result.channels.map { $0.statistics.count(.pimGemv) }
        #expect(counts[0] > 0 && counts[1...].allSatisfy { $0 * 2 == counts[0] })
    }

    @Test(arguments: [("neupims", 1), ("npu-only", 2)])
    func anEstimatedGenerationIsNearTheExactOne(machine: String, layers: Int) throws {
        let lengths = [(40, 4), (90, 3), (20, 5)]
        let requests = lengths.enumerated().map { index, length in
            Request(
                id: index, promptTokens: length.0, outputTokens: length.1, arrival: .microseconds(Int64(40 * index)))
        }
        let policy = ServingPolicy(stepTokens: 64, batch: 8)
        // Few channels, so that a layer of the small model lasts many refresh intervals.
        let simulator = try simulator(machine, requests, serving: policy, channels: 16, layers: layers)
        let estimated = try simulator.run()
        let sampling = try #require(estimated.sampling)
        #expect(sampling.checks.count == 2)
        var exactOptions = simulator.options
        exactOptions.fidelity = .exact
        let exact = try Simulator(
            machine: simulator.machine, shard: simulator.shard, requests: requests, options: exactOptions,
            serving: policy
        ).run()
        #expect(abs(estimated.cycles - exact.cycles) * 50 < exact.cycles, "\(estimated.cycles) for \(exact.cycles)")
        // What does not depend on time is the same: tokens, cache blocks, and what is computed.
        #expect(estimated.requests.map(\.tokens) == lengths.map(\.1))
        let generation = try #require(estimated.generation)
        #expect(generation.allocatedBlocks == generation.freedBlocks && generation.allocatedBlocks > 0)
        #expect(abs(estimated.npuMACs - exact.npuMACs) * 1_000_000 < exact.npuMACs)
        #expect(abs(estimated.pimMACs - exact.pimMACs) * 1_000_000 <= exact.pimMACs)
        #expect(abs(estimated.vectorElements - exact.vectorElements) * 1_000_000 < exact.vectorElements)
        #expect(abs(estimated.dramBytes - exact.dramBytes) * 50 < exact.dramBytes)
        let joules = (estimated.bill.totalJoules, exact.bill.totalJoules)
        #expect(abs(joules.0 - joules.1) < 0.03 * joules.1)
        // And it is the same every time.
        let again = try simulator.run()
        #expect(again.cycles == estimated.cycles)
        #expect(again.channels.map(\.statistics) == estimated.channels.map(\.statistics))
    }
}
