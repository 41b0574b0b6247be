import Foundation
import Testing
import Workload
import YAMLTree

/// The folder of the shipped model shapes.
let shippedModels = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Traces/models").path

@Suite struct ModelShapeTests {
    private let library = ModelLibrary(directories: [shippedModels])

    @Test func everyShippedModelLoadsUnderItsName() throws {
        #expect(
            library.names == [
                "deepseek-moe-16b", "deepseek-v2-lite", "gpt-oss-120b", "gpt-oss-20b", "gpt3-13b", "gpt3-175b",
                "gpt3-30b", "gpt3-7b", "llama-2-13b", "llama-2-70b", "llama-2-7b", "llama-3.1-70b", "llama-3.1-8b",
                "mistral-7b", "mixtral-8x7b", "olmoe-1b-7b", "opt-30b", "opt-6.7b", "qwen1.5-moe-a2.7b",
                "qwen3-30b-a3b", "switch-base-128", "switch-base-16", "switch-base-32", "switch-base-64",
                "switch-base-8", "switch-large-128", "tinymoe",
            ])
        for name in library.names { #expect(try library.model(name).name == name) }
    }

    /// The counts that the models' publishers give, to the last parameter.
    @Test(arguments: [
        ("opt-6.7b", 6_658_473_984), ("llama-2-7b", 6_738_415_616), ("llama-2-13b", 13_015_864_320),
        ("llama-2-70b", 68_976_648_192), ("llama-3.1-8b", 8_030_261_248), ("llama-3.1-70b", 70_553_706_496),
        ("mistral-7b", 7_241_732_096), ("mixtral-8x7b", 46_702_792_704),
    ])
    func parameterCountsEqualThePublicOnes(name: String, count: Int) throws {
        #expect(try library.model(name).parameterCount == count)
    }

    @Test(arguments: [
        ("gpt3-7b", 6.65e9), ("gpt3-13b", 12.84e9), ("gpt3-30b", 29.96e9), ("gpt3-175b", 174.56e9),
        ("opt-30b", 29.96e9), ("mixtral-8x7b", 46.7e9), ("qwen1.5-moe-a2.7b", 14.32e9), ("deepseek-moe-16b", 16.38e9),
        ("deepseek-v2-lite", 15.71e9), ("olmoe-1b-7b", 6.92e9), ("qwen3-30b-a3b", 30.53e9), ("gpt-oss-20b", 20.91e9),
        ("gpt-oss-120b", 116.8e9),
    ])
    func parameterCountsAreNearTheNominalOnes(name: String, count: Double) throws {
        #expect(abs(Double(try library.model(name).parameterCount) / count - 1) < 0.003)
    }

    /// EdgeMoE (arXiv 2308.14352), table I; its 0.4 and 0.9 billion for 8 and 16 experts are short of an encoder.
    @Test(arguments: [
        ("switch-base-32", 1.8e9), ("switch-base-64", 3.5e9), ("switch-base-128", 7.1e9),
        ("switch-large-128", 26e9),
    ])
    func switchTransformersCountEncoderAndDecoder(name: String, count: Double) throws {
        let model = try library.model(name)
        #expect(abs(Double(model.parameterCount) / count - 1) < 0.1)
        #expect((0..<4).map { model.isMixture(layer: $0) } == [false, true, false, true])
    }

    @Test(arguments: [("switch-base-8", "an encoder"), ("deepseek-v2-lite", "latent attention")])
    func operatorSimulationRefusesWhatItDoesNotModel(name: String, what: String) throws {
        var message = ""
        do { _ = try ModelShard(of: try library.model(name), ways: 1) } catch { message = "\(error)" }
        #expect(message == "--model: error: '\(name)' has \(what), which operator simulation does not model")
    }

    @Test func mixtralCountsItsExperts() throws {
        let mixtral = ModelShape(
            name: "mixtral-8x7b", layers: 32, hiddenSize: 4096, heads: 32, kvHeads: 8, headSize: 128, ffnSize: nil,
            ffnMatrices: 3, activation: .silu, norm: .rmsnorm, positions: .rope, vocabulary: 32000,
            tiedEmbeddings: false, bias: .none,
            experts: .init(count: 8, topK: 2, shared: 0, ffnSize: 14336))
        #expect(mixtral.parameterCount == 46_702_792_704)
        #expect(mixtral.isMixture(layer: 0))
    }

    @Test func anUnknownModelSuggestsTheNearest() {
        #expect(
            throws: DiagnosticList(
                Diagnostic(
                    "no model is named 'gpt3-6b'", at: Mark(file: "--model"), kind: .usage, suggestion: "gpt3-7b"))
        ) { try library.model("gpt3-6b") }
        var message = ""
        do { _ = try ModelLibrary(directories: ["no/such"]).model("x") } catch { message = error.description }
        #expect(message == "--model: error: no model is named 'x'")
        do { _ = try library.model("./x.yaml") } catch { message = error.description }
        #expect(message == "./x.yaml: error: no such file")
    }

    @Test func mistakesOfAModelFileAreAllReported() {
        let text = """
            name: edge
            layers: 0
            hidden_size: 512
            heads: 6
            kv_heads: 4
            head_size: 64
            ffn_size: 2048
            ffn_matrices: 3
            activation: sillu
            norm: rmsnorm
            positions: rope
            learned_positions: 2048
            vocabulary: 32000
            tied_embedings: true
            bias: none
            moe: {experts: 8, top_k: 9, shared_experts: 0, expert_ffn_size: 64}
            """
        var message = ""
        do {
            _ = try ModelShape.decode(try Node.parse(SourceFile(name: "m.yaml", text: text)))
        } catch {
            message = error.description
        }
        #expect(
            message == """
                m.yaml:1:1: error: missing key 'tied_embeddings'
                m.yaml:2:9: error: 'layers' is 0 but must be between 1 and 1024
                m.yaml:4:8: error: 'heads' is 6 but must be a multiple of kv_heads (4), set at m.yaml:5:11
                m.yaml:9:13: error: 'activation' must be gelu, relu or silu, not 'sillu'; did you mean 'silu'?
                m.yaml:12:20: error: 'learned_positions' has no meaning with positions: rope, set at m.yaml:11:12
                m.yaml:14:1: error: unknown key 'tied_embedings'; did you mean 'tied_embeddings'?
                m.yaml:16:26: error: 'top_k' is 9 but must be at most experts (8), set at m.yaml:16:16
                """)
    }

    @Test func aShardDividesHeadsAndNetwork() throws {
        let shard = try ModelShard(of: try library.model("llama-2-70b"), ways: 8)
        #expect(shard.heads == 8 && shard.kvHeads == 1 && shard.ffnSize == 3584 && shard.vocabulary == 4000)
        #expect(shard.queryWidth == 1024 && shard.keyWidth == 128)
        var message = ""
        do { _ = try ModelShard(of: try library.model("llama-2-70b"), ways: 24) } catch { message = error.description }
        #expect(
            message == """
                --tensor-parallel: error: 24 does not divide 'heads' of 'llama-2-70b', which is 64
                --tensor-parallel: error: 24 does not divide 'kv_heads' of 'llama-2-70b', which is 8
                --tensor-parallel: error: 24 does not divide 'ffn_size' of 'llama-2-70b', which is 28672
                """)
        do { _ = try ModelShard(of: try library.model("gpt3-7b"), ways: 0) } catch { message = error.description }
        #expect(message == "--tensor-parallel: error: must be at least 1, not 0")
    }
}
