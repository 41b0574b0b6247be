import Foundation
import Offload
import Testing
import Workload

/// The mixtures that are shipped, against the shapes that their makers published (model cards and configuration files).
@Suite struct OffloadModelsTests {
    struct Shape: Sendable {
        let name: String
        let layers: Int
        let experts: Int
        let topK: Int
        /// Hidden size, width of an expert and its matrices.
        let hidden: Int
        let width: Int
        let matrices: Int
    }

    static let shapes: [Shape] =
        [8, 16, 32, 64, 128].map {
            Shape(name: "switch-base-\($0)", layers: 6, experts: $0, topK: 1, hidden: 768, width: 3072, matrices: 2)
        } + [
            Shape(name: "switch-large-128", layers: 12, experts: 128, topK: 1, hidden: 1024, width: 4096, matrices: 2),
            Shape(name: "mixtral-8x7b", layers: 32, experts: 8, topK: 2, hidden: 4096, width: 14336, matrices: 3),
            Shape(name: "qwen1.5-moe-a2.7b", layers: 24, experts: 60, topK: 4, hidden: 2048, width: 1408, matrices: 3),
            Shape(name: "deepseek-moe-16b", layers: 27, experts: 64, topK: 6, hidden: 2048, width: 1408, matrices: 3),
            Shape(name: "deepseek-v2-lite", layers: 26, experts: 64, topK: 6, hidden: 2048, width: 1408, matrices: 3),
            Shape(name: "olmoe-1b-7b", layers: 16, experts: 64, topK: 8, hidden: 2048, width: 1024, matrices: 3),
            Shape(name: "qwen3-30b-a3b", layers: 48, experts: 128, topK: 8, hidden: 2048, width: 768, matrices: 3),
            Shape(name: "gpt-oss-20b", layers: 24, experts: 32, topK: 4, hidden: 2880, width: 2880, matrices: 3),
            Shape(name: "gpt-oss-120b", layers: 36, experts: 128, topK: 4, hidden: 2880, width: 2880, matrices: 3),
            Shape(name: "tinymoe", layers: 6, experts: 8, topK: 2, hidden: 192, width: 96, matrices: 3),
        ]

    @Test(arguments: shapes)
    func eachModelHasItsPublishedExperts(shape: Shape) throws {
        let model = try expertModel(shape.name)
        #expect(model.routes == RouteShape(layers: shape.layers, experts: shape.experts, topK: shape.topK))
        var weights = shape.matrices * shape.hidden * shape.width
        // GPT-OSS adds a bias to each of the experts' outputs.
        if shape.name.hasPrefix("gpt-oss") { weights += 2 * shape.width + shape.hidden }
        #expect(model.expertParameters == weights)
        for bits in [32.0, 16, 8, 4.25, 4, 3, 2.6, 2, 1] {
            #expect(model.expertBytes(bitsPerWeight: bits) == Int((Double(weights) * bits / 8).rounded(.up)))
        }
    }

    /// Three requests decoded together need the union of their experts, each once, for as many tokens as use it.
    @Test func aBatchNeedsTheUnionOfItsExperts() {
        let shape = RouteShape(layers: 1, experts: 8, topK: 2)
        var routes = Routes(shape: shape)
        for (request, experts) in [[0, 1], [1, 2], [5, 1]].enumerated() {
            routes.append(.init(request: request, position: 0), experts: experts.map(UInt16.init))
        }
        let batch = ExpertEvents(routes, plan: StepPlan(batch: 3))
        #expect(batch.count == 1 && Array(batch.experts(of: 0)) == [0, 1, 2, 5])
        let alone = ExpertEvents(routes, plan: StepPlan(batch: 1))
        #expect(alone.count == 3 && Array(alone.experts(of: 2)) == [1, 5])
        let run = OffloadRun(
            model: smallModel(shape), events: batch,
            cache: CacheSpecification(policy: .lru, scope: .global, capacity: .experts(0)))
        #expect(run.result().totals.demandBytes == 4 * run.expertSizes[0])
        // The same experts for the tokens of one prompt.
        var prompt = Routes(shape: shape)
        for (position, experts) in [[0, 1], [1, 2], [5, 1]].enumerated() {
            prompt.append(.init(request: 0, position: position), experts: experts.map(UInt16.init))
        }
        let prefill = ExpertEvents(prompt, plan: StepPlan(prompts: .tokens(3)))
        #expect(prefill.count == 1 && Array(prefill.experts(of: 0)) == [0, 1, 2, 5])
    }
}
