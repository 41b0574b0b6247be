import Hardware
import Testing
import Workload

@testable import Reporting
@testable import Simulation

/// Tables of whole generations.
@Suite struct GenerationReportTests {
    private func report(_ machine: String, _ policy: ServingPolicy, _ cut: SubBatching) throws -> Report {
        let requests = [(9, 2), (5, 1)].enumerated().map {
            Request(id: $0, promptTokens: $1.0, outputTokens: $1.1, arrival: .nanoseconds(Int64(300 * $0)))
        }
        var machine = try shippedMachine(machine)
        machine.memory.channels = 4
        let simulator = Simulator(
            machine: machine, shard: try ModelShard(of: try smallModel(), ways: 1),
            requests: requests, options: SimulationOptions(layers: 1, subBatching: cut), serving: policy)
        return Report(try simulator.run(), workload: "drawn", version: "1")
    }

    /// Everything that a run writes, byte for byte.
    @Test func theSameGenerationGivesTheSameBytes() throws {
        let policy = ServingPolicy(stepTokens: 8, batch: 4)
        let cut = SubBatching(count: 2, interleaving: .dataflow, split: .count)
        let (first, second) = (try report("neupims", policy, cut), try report("neupims", policy, cut))
        #expect(first.files.map(\.name).contains("iterations.csv"))
        #expect(first.files == second.files)
    }
}
