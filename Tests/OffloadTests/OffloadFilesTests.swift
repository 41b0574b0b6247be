import Foundation
import Offload
import Testing
import Workload
import YAMLTree

@Suite struct OffloadFilesTests {
    private func run(machine: OffloadMachine?) -> OffloadRun {
        var random = RandomNumbers(seed: 1)
        let shape = RouteShape(layers: 2, experts: 4, topK: 2)
        let events = ExpertEvents(randomRoutes(&random, shape: shape, tokens: 10), plan: StepPlan(prompts: .tokens(2)))
        return OffloadRun(
            model: smallModel(shape), events: events,
            cache: CacheSpecification(policy: .lru, scope: .global, capacity: .experts(4)), machine: machine)
    }

    private func folder() -> String { NSTemporaryDirectory() + "offload-\(UUID().uuidString)/out" }

    @Test func aTimedRunWritesThreeTables() throws {
        let out = folder()
        defer { try? FileManager.default.removeItem(atPath: out) }
        let result = run(machine: try edgeMachine("raspberry-pi-5")).result()
        try result.write(to: out)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: out).sorted() == [
                "layers.csv", "offload.csv", "tokens.csv",
            ])
        let summary = try CSVTable(try SourceFile.read(out + "/offload.csv")).records.map { $0.map(\.text) }
        #expect(summary.count == 2 && summary[0].count == summary[1].count && !summary[1].contains(""))
        let row = Dictionary(uniqueKeysWithValues: zip(summary[0], summary[1]))
        #expect(row["compute_unit"] == "roofline: 4 Cortex-A76 at 2.4 GHz FP32" && row["capacity"] == "4")
        #expect(Int(row["hits"]!)! + Int(row["misses"]!)! == result.totals.hits + result.totals.misses)
        let tokens = try CSVTable(try SourceFile.read(out + "/tokens.csv")).records
        // Three requests, each with a prompt of two tokens in one step.
        #expect(tokens.count == 1 + 3 + 4 && tokens[1][1].text == "prefill")
    }

    @Test func withoutAMachineTheTimesStayEmpty() throws {
        let result = run(machine: nil).result()
        let header = OffloadResult.summaryHeader.split(separator: ",").map(String.init)
        let cells = result.summaryRow.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let row = Dictionary(uniqueKeysWithValues: zip(header, cells))
        #expect(header.count == cells.count && row["hit_rate"]!.split(separator: ".")[1].count == 6)
        for name in header.drop(while: { $0 != "time_per_token_s" }) { #expect(row[name] == "") }
    }

    @Test func nothingHalfWrittenIsLeftBehind() throws {
        let out = folder()
        defer { try? FileManager.default.removeItem(atPath: out) }
        // A folder stands where the second table should go.
        try FileManager.default.createDirectory(atPath: out + "/.layers.csv.partial", withIntermediateDirectories: true)
        #expect(throws: DiagnosticList.self) { try run(machine: nil).result().write(to: out) }
        #expect(!FileManager.default.fileExists(atPath: out + "/offload.csv"))
        #expect(!FileManager.default.fileExists(atPath: out + "/.offload.csv.partial"))
    }
}
