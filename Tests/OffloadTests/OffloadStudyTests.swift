import Foundation
import Offload
import Testing
import Workload
import YAMLTree

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

@Suite struct OffloadStudyTests {
    private let models = ModelLibrary(directories: [root + "/Traces/models"])

    @Test func aStudyComparesItsCasesWithWhatWasPublished() throws {
        let text = """
            cases:
              memory: {model: switch-base-8, machine: jetson-tx2-ssd, resident_bits: 32, expert_bits: 32, resident: true}
              demand: {model: switch-base-8, machine: jetson-tx2-ssd, resident_bits: 32, expert_bits: 32}
            rows:
              - {study: a, what: on demand, unit: s/token, published: 0.789, case: demand, explanation: "x, y"}
              - {study: a, what: ratio, unit: slowdown, published: [3.2, 3.9], case: demand, over: memory, input: true, explanation: z}
            """
        let study = try withFile(Data(text.utf8), suffix: ".yaml") {
            try OffloadStudy(path: $0, models: models, machines: [edgeMachines])
        }
        #expect(study.rows.count == 2 && study.rows[1].isInput)
        #expect(abs(study.rows[0].difference) < 0.1 && (3.2...3.9).contains(study.rows[1].ours))
        #expect(study.rows[0].slowerStorage > study.rows[0].ours && study.rows[0].fasterStorage < study.rows[0].ours)
        let lines = study.csv.split(separator: "\n")
        #expect(
            lines.count == 3 && lines[1].hasSuffix("\"x, y\"")
                && lines[0] == OffloadStudy.columns.joined(separator: ","))
        #expect(study.markdown.split(separator: "\n").count == 4)
    }

    @Test func aRowThatCitesAnUnknownCaseIsReported() {
        let text = """
            cases: {memory: {model: m, machine: n, resident_bits: 32, expert_bits: 32}}
            rows:
              - {study: a, what: b, unit: s/token, published: 1, case: memry, explanation: z}
            """
        let message = withFile(Data(text.utf8), suffix: ".yaml") { path in
            do {
                _ = try OffloadStudy(path: path, models: models, machines: [edgeMachines])
                return ""
            } catch { return "\(error)".replacingOccurrences(of: path, with: "s") }
        }
        #expect(message == "s:3:60: error: 'rows[0].case' must be memory, not 'memry'; did you mean 'memory'?")
    }

    /// GPT-OSS-20B repeats 44.8 % of a layer's experts from one token to the next.
    @Test func syntheticRoutesRepeatAsMuchAsMeasuredOnes() throws {
        let real = try Routes.load(path: realRoutes, shape: gptOSS20B)
        let drawn = SyntheticRoutes(requests: 2, tokensPerRequest: 120).routes(gptOSS20B)
        #expect(abs(reuse(real) - 0.44) < 0.05 && abs(reuse(drawn) - 0.448) < 0.03)
        #expect(SyntheticRoutes(seed: 3).routes(gptOSS20B) == SyntheticRoutes(seed: 3).routes(gptOSS20B))
    }

    private func reuse(_ routes: Routes) -> Double {
        let entries = routes.shape.layers * routes.shape.topK
        var same = 0
        for token in 1..<routes.tokens.count {
            for layer in 0..<routes.shape.layers {
                let first = token * entries + layer * routes.shape.topK
                let now = Set(routes.experts[first..<first + routes.shape.topK])
                same += now.intersection(routes.experts[first - entries..<first - entries + routes.shape.topK]).count
            }
        }
        return Double(same) / Double((routes.tokens.count - 1) * entries)
    }
}
