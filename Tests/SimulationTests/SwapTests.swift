import Hardware
import Testing
import Workload

@testable import Simulation

/// What becomes of a request that makes room, on a machine with room for three pages of caches.
struct SwapTests {
    /// Two requests that need a page of 128 tokens each for their prompts, and a second one for their outputs.
    private func generate(
        _ preemption: ServingPolicy.Preemption, gigabytesPerSecond: Double = 1
    ) throws -> (result: SimulationResult, generation: GenerationResult) {
        var machine = try Shipped.machine("npu-only")
        machine.memory.channels = 1
        let policy = ServingPolicy(
            stepTokens: 256, batch: 8, preemption: preemption, swapBytesPerSecond: gigabytesPerSecond * 1e9)
        var model = try ModelShape.small(hidden: 128, heads: 1)
        func simulator() throws -> Simulator {
            try Simulator(
                machine: machine, shard: ModelShard(of: model, ways: 1),
                requests: (0..<2).map { Request(id: $0, promptTokens: 120, outputTokens: 10) },
                options: SimulationOptions(layers: 1), serving: policy)
        }
        // Embeddings fill the rest of the memory. A page is 128 tokens x keys and values x 128 elements x 2 bytes, 256
        // rows of the table.
        model.vocabulary = 256
        let room = try simulator().generationLayout(policy).caches.blocksPerPool
        model.vocabulary += (room - 3) * 256
        let result = try simulator().run()
        let generation = try #require(result.generation)
        #expect(generation.blocks == 3 && generation.blockBytes == 65_536)
        #expect(generation.allocatedBlocks == generation.freedBlocks)
        #expect(result.requests.map(\.tokens) == [10, 10])
        return (result, generation)
    }

    /// 128 tokens x 2 x 128 elements x 2 bytes = 65,536 bytes, over 1 GB/s 65,536 cycles of 1 ns, each way.
    @Test func cachesTakeTheirTimeOnTheLinkToTheHost() throws {
        let (result, generation) = try generate(.swap)
        let (out, back) = (
            generation.steps.filter { $0.plan.swappedOutTokens > 0 },
            generation.steps.filter { $0.plan.swappedInTokens > 0 }
        )
        #expect(out.map(\.plan.swappedOutTokens) == [128] && back.map(\.plan.swappedInTokens) == [128])
        #expect(out.map(\.transferCycles) == [65_536] && back.map(\.transferCycles) == [65_536])
        #expect(generation.transferCycles == 2 * 65_536)
        #expect(generation.recomputedTokens == 0)
        // The step begins when its transfer is done, and what it computes is no longer for it.
        #expect(generation.steps.allSatisfy { $0.end - $0.start > $0.transferCycles })
        #expect(generation.steps.reduce(0) { $0 + $1.end - $1.start } + generation.idleCycles == result.cycles)
    }

    /// 65,536 bytes over 63.02 GB/s are 1,039.9997 cycles of 1 ns; a transfer ends at a whole one.
    @Test func aFasterLinkTakesLess() throws {
        let (_, generation) = try generate(.swap, gigabytesPerSecond: 63.0154)
        #expect(generation.transferCycles == 2 * 1_040)
    }

    @Test func recomputingTakesNoLinkButTheTokensAgain() throws {
        let (_, generation) = try generate(.recompute)
        #expect(generation.transferCycles == 0 && generation.preemptions == 1)
        #expect(generation.recomputedTokens == 128)
    }
}
