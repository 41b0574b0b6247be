import Offload
import Testing
import Workload
import YAMLTree

@Suite struct ExpertModelTests {
    @Test func expertsWeighTheirMatricesAtAnyWidth() throws {
        let mixtral = try expertModel("mixtral-8x7b")
        #expect(mixtral.expertParameters == 3 * 4096 * 14336)
        #expect(mixtral.expertBytes(bitsPerWeight: 16) == 352_321_536)
        #expect(mixtral.expertBytes(bitsPerWeight: 2) * 8 == mixtral.expertBytes(bitsPerWeight: 16))
        let small = try expertModel("switch-base-8")
        #expect(small.expertBytes(bitsPerWeight: 32) == 18_874_368)
        #expect(small.routes == RouteShape(layers: 6, experts: 8, topK: 1))
    }

    /// Mixtral's 46.7 billion weights are 45.1 billion of experts (arXiv 2312.17238) and the rest.
    @Test func segmentsTailAndExpertsAreTheWholeModel() throws {
        for name in ["mixtral-8x7b", "gpt-oss-20b", "deepseek-v2-lite", "qwen1.5-moe-a2.7b", "olmoe-1b-7b", "tinymoe"] {
            let model = try expertModel(name)
            let experts = model.routes.blocks * model.expertParameters
            #expect(model.residentParameters + experts == model.shape.parameterCount)
            let embedding = model.shape.tiedEmbeddings ? 0 : model.shape.vocabulary * model.shape.hiddenSize
            #expect(model.segmentParameters.reduce(0, +) + model.tailParameters + embedding == model.residentParameters)
        }
        let mixtral = try expertModel("mixtral-8x7b")
        #expect(abs(Double(mixtral.routes.blocks * mixtral.expertParameters) / 45.1e9 - 1) < 0.001)
    }

    /// Published: 3.6 and 5.1 billion active weights (GPT-OSS), 12.9 billion (Mixtral), embeddings left out.
    @Test(arguments: [("gpt-oss-20b", 3.6e9), ("gpt-oss-120b", 5.1e9), ("mixtral-8x7b", 12.75e9)])
    func activeWeightsAreThePublishedOnes(name: String, count: Double) throws {
        #expect(abs(Double(try expertModel(name).activeParameters) / count - 1) < 0.02)
    }

    @Test func aDenseModelHasNothingToOffload() throws {
        var message = ""
        do { _ = try expertModel("llama-2-7b") } catch { message = "\(error)" }
        #expect(message == "--model: error: 'llama-2-7b' is not a mixture of experts; there is nothing to offload")
    }

    @Test func theLeastSensitiveExpertsBecomeNarrow() {
        let widths = ExpertWidths.ranked(sensitivity: [3, 1, 2, 1], low: 2, high: 4, lowCount: 2)
        #expect(widths == .perExpert([4, 2, 4, 2]))
    }

    /// Against all 3^5 assignments.
    @Test func mixedWidthsAreTheBestOfAll() {
        var random = RandomNumbers(seed: 17)
        for _ in 0..<20 {
            let errors = (0..<5).map { _ in (0..<3).map { 10.0 / Double($0 + 1) * random.nextUnit() } }
            for budget in [5, 8, 9, 11, 15] {
                var best = Double.infinity
                for code in 0..<243 {
                    let bits = [1, 3, 9, 27, 81].map { code / $0 % 3 + 1 }
                    guard bits.reduce(0, +) <= budget, bits.contains(2), bits.contains(3) else { continue }
                    best = min(best, zip(errors, bits).reduce(0) { $0 + $1.0[$1.1 - 1] })
                }
                let found = ExpertWidths.mixed(errors: errors, budget: budget)
                #expect((found == nil) == best.isInfinite)
                if let found {
                    #expect(found.reduce(0, +) <= budget && found.contains(2) && found.contains(3))
                    #expect(abs(zip(errors, found).reduce(0) { $0 + $1.0[$1.1 - 1] } - best) < 1e-9)
                }
            }
        }
    }
}
