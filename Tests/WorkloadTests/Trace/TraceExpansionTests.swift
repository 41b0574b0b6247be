import Foundation
import Testing

@testable import Workload

@Suite struct TraceExpansionTests {
    @Test func aScheduleFeedsPromptsThenOneTokenEach() {
        var schedule = TraceSchedule(
            [
                .init(id: 1, prompt: 5, newTokens: 2), .init(id: 2, prompt: 2, newTokens: 3),
                .init(id: 3, prompt: 1, newTokens: 1),
            ],
            chunk: 4, batch: 2)
        var passes: [[String]] = []
        while let pass = schedule.next() {
            passes.append(pass.map { "\($0.id)\($0.phase.rawValue)\($0.newTokens)/\($0.context)/\($0.outputs)" })
        }
        #expect(
            passes == [
                ["1p4/4/0", "2p2/2/1"], ["1p1/5/1", "2d1/3/1"], ["1d1/6/1", "2d1/4/1"], ["3p1/1/1"],
            ])
    }

    @Test func anEndedRequestMakesRoom() {
        var schedule = TraceSchedule(
            [.init(id: 1, prompt: 1, newTokens: 9), .init(id: 2, prompt: 1, newTokens: 1)], batch: 1)
        #expect(schedule.next()?.map(\.id) == [1])
        schedule.end(1)
        #expect(schedule.next()?.map(\.id) == [2])
        #expect(schedule.next() == nil)
    }

    /// GPT-3 175B: 12 d² weights per layer, 96 layers of width 12288, and attention over the context.
    @Test func gpt3ExpandsToItsClosedFormula() {
        var shape = TraceModelShape(
            name: "gpt3-175b", layers: 96, width: 12288, heads: 96, keyValueHeads: 96, headWidth: 128,
            feedForwardWidth: 49152, isGated: false, vocabulary: 50257)
        shape.isRotary = false
        shape.normVectors = 2
        let expansion = TraceExpansion(
            shape: shape, formats: .init(weights: .f16, activations: .f16, cache: .f16))
        let requests = (0..<4).map { TraceRequest(id: $0, phase: .decode, newTokens: 1, context: 100 + $0, outputs: 1) }
        let pass = expansion.pass(0, requests, expansion.header.plan)
        let d = 12288
        #expect(pass.macs(isGated: false) == 96 * (4 * 12 * d * d + 2 * d * 406) + 4 * d * 50257)
        #expect(pass.runs.count == 1)
        #expect(pass.operatorCount == 1 + 96 * 12 + 2)
    }

    @Test func drawnExpertsAreDifferentAndDoNotDependOnTheBatch() throws {
        let expansion = TraceExpansion(shape: TraceSamples.sparse, formats: TraceSamples.formats, seed: 5)
        let plan = expansion.header.plan
        let requests = (0..<3).map { TraceRequest(id: $0, phase: .prefill, newTokens: 40, context: 40, outputs: 1) }
        let pass = expansion.pass(0, requests, plan)
        var use = [Int](repeating: 0, count: 6)
        for index in pass.records.routes.indices {
            let experts = pass.records.experts(ofRoute: index, topK: 2)
            #expect(Set(experts).count == 2)
            for expert in experts { use[Int(expert)] += 1 }
        }
        // 480 draws over 6 experts: 80 each.
        #expect(use.allSatisfy { (50...110).contains($0) })
        #expect(pass.cut([1], plan: plan) == expansion.pass(0, [requests[1]], plan))
    }

    @Test func theFormatsDescriptionNamesEveryOperator() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: root.appendingPathComponent("Traces/FORMAT.md"), encoding: .utf8)
        for kind in TraceOperatorKind.allCases { #expect(text.contains("`\(kind.rawValue)`"), "\(kind)") }
        for key in TraceHeader.modelKeys.map(\.name) + TraceHeader.modelSwitches.map(\.name) {
            #expect(text.contains(key), "\(key)")
        }
    }
}
