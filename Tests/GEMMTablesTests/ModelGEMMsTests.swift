import GEMMTables
import SimCore
import Testing

@Suite("The GEMM table of a model")
struct ModelGEMMsTests {
    func rows(_ model: ModelDimensions, _ step: ModelStep) throws -> [String] {
        ModelGEMMs.table(try ModelGEMMs.layers(of: model, step)).split(separator: "\n").dropFirst().map(String.init)
    }

    @Test("llama-3.1-8b, decode of 4 requests at 2048: a row of products per key-value head")
    func llamaDecode() throws {
        let found = try rows(GEMMRunTests.llama, ModelStep(batch: 4, context: 2048, phase: .decode))
        #expect(
            found == [
                "qkv_projection, 4, 6144, 4096, 32", "attention_scores, 4, 2048, 128, 1024",
                "attention_outputs, 4, 128, 2048, 1024", "output_projection, 4, 4096, 4096, 32",
                "feed_forward_gate_up, 4, 28672, 4096, 32", "feed_forward_down, 4, 4096, 14336, 32",
                "vocabulary_projection, 4, 128256, 4096, 1",
            ])
    }

    @Test("llama-3.1-8b, prefill of 2 prompts of 512 on 4 chips: every query head its own product")
    func llamaPrefillParallel() throws {
        let step = ModelStep(batch: 2, context: 512, phase: .prefill, tensorParallel: 4)
        #expect(
            try rows(GEMMRunTests.llama, step) == [
                "qkv_projection, 1024, 1536, 4096, 32", "attention_scores, 512, 512, 128, 512",
                "attention_outputs, 512, 128, 512, 512", "output_projection, 1024, 4096, 1024, 32",
                "feed_forward_gate_up, 1024, 7168, 4096, 32", "feed_forward_down, 1024, 4096, 3584, 32",
                "vocabulary_projection, 2, 32064, 4096, 1",
            ])
    }

    @Test("products of a decode step add up to twice the weights and the cache, in multiply-accumulates")
    func countsWeightsOnce() throws {
        let layers = try ModelGEMMs.layers(of: GEMMRunTests.llama, ModelStep(batch: 1, context: 1000, phase: .decode))
        let macs = layers.reduce(0) { $0 + $1.gemm.macs * $1.repetitions }
        let weights = 32 * (4096 * 6144 + 4096 * 4096 + 3 * 4096 * 14336) + 128_256 * 4096
        #expect(macs == weights + 32 * 32 * 128 * 1000 * 2)
    }

    @Test("experts get all tokens' visits, spread evenly; layers without experts keep their network")
    func experts() throws {
        var model = GEMMRunTests.llama
        model.layers = 3
        model.experts = .init(experts: 8, active: 2, feedForward: 1024, sharedFeedForward: 512, layers: 2)
        let found = try rows(model, ModelStep(batch: 5, context: 100, phase: .decode))
        #expect(
            found[4...] == [
                "feed_forward_gate_up, 5, 28672, 4096, 1", "feed_forward_down, 5, 4096, 14336, 1",
                "router, 5, 8, 4096, 2", "expert_gate_up, 2, 2048, 4096, 4", "expert_down, 2, 4096, 1024, 4",
                "expert_gate_up, 1, 2048, 4096, 12", "expert_down, 1, 4096, 1024, 12",
                "shared_expert_gate_up, 5, 1024, 4096, 2", "shared_expert_down, 5, 4096, 512, 2",
                "vocabulary_projection, 5, 128256, 4096, 1",
            ])
    }

    @Test("more chips than key-value heads repeat them")
    func repeatedKeyValueHeads() throws {
        let step = ModelStep(batch: 1, context: 64, phase: .decode, tensorParallel: 16)
        #expect(try rows(GEMMRunTests.llama, step)[0] == "qkv_projection, 1, 512, 4096, 32")
        #expect(try rows(GEMMRunTests.llama, step)[1] == "attention_scores, 2, 64, 128, 32")
    }

    @Test("sizes that do not divide are refused with both numbers")
    func refusals() {
        func refusal(_ step: ModelStep) -> String {
            do {
                _ = try ModelGEMMs.layers(of: GEMMRunTests.llama, step)
                return "exported"
            } catch { return "\(error)" }
        }
        #expect(
            refusal(ModelStep(batch: 1, context: 1, phase: .decode, tensorParallel: 3))
                == "heads (32) must be divisible by 3")
        #expect(
            refusal(ModelStep(batch: 0, context: 1, phase: .decode)) == "batch is 0 but must be between 1 and 1000000")
    }

    @Test("the table reads back as the layers it was written from")
    func roundTrip() throws {
        for phase in ModelStep.Phase.allCases {
            let layers = try ModelGEMMs.layers(of: GEMMRunTests.llama, ModelStep(batch: 3, context: 70, phase: phase))
            let read = try TopologyReader.read(
                Array(ModelGEMMs.table(layers).utf8), file: "m.csv", input: .gemm)
            #expect(read.warnings.isEmpty)
            #expect(read.layers.map(\.gemm) == layers.map(\.gemm))
            #expect(read.layers.map(\.repetitions) == layers.map(\.repetitions))
        }
    }
}
