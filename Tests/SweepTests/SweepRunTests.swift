import Foundation
import Testing
import YAMLTree

@testable import Sweep

let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

/// A folder with a tiny model and requests, removed when the test is over.
final class SweepScratch {
    let path: String
    static let library = SweepLibrary(
        machines: ["\(repository)/HardwareConfigs"], models: ["\(repository)/Traces/models"])

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("dualrow-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try write(
            "tiny.yaml",
            """
            name: tiny
            layers: 2
            hidden_size: 128
            heads: 2
            kv_heads: 2
            head_size: 64
            ffn_size: 128
            ffn_matrices: 2
            activation: gelu
            norm: layernorm
            positions: learned
            learned_positions: 512
            vocabulary: 1000
            tied_embeddings: true
            bias: all
            """)
        try write("r.csv", "seq_len\n20\n30\n7\n")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    }

    /// The plan of a sweep of the tiny model with these sections below `options`.
    func plan(_ sections: String) throws -> SweepPlan {
        try write(
            "s.yaml",
            "machine: neupims\nworkload: {model: tiny.yaml, requests: r.csv}\noptions: {layers: 1}\n\(sections)\n")
        return try SweepPlan(try SweepFile.load(path: "\(path)/s.yaml"), library: Self.library, version: "1")
    }

    /// The mistakes of such a plan, with the folder left out.
    func mistakes(_ sections: String) throws -> String {
        do {
            _ = try plan(sections)
        } catch let error as DiagnosticList {
            return error.description.replacingOccurrences(of: "\(path)/", with: "")
        }
        return ""
    }

    @discardableResult
    func run(
        _ plan: SweepPlan, in folder: String, jobs: Int = 1, shard: SweepRunner.Shard = .all
    ) throws -> Int {
        let folder = SweepFolder(path: "\(path)/\(folder)")
        try folder.write(plan)
        let runner = SweepRunner(plan, folder: folder, shard: shard)
        try runner.run(jobs: jobs) { _ in }
        return runner.open.count
    }

    func table(_ folder: String) throws -> SweepTable { try SweepFolder(path: "\(path)/\(folder)").collect() }
}

@Suite struct SweepRunTests {
    private let scratch: SweepScratch

    init() throws { scratch = try SweepScratch() }

    private static let grid = """
        grid:
          npu.systolic_arrays.count: [2, 4]
          memory.channels: [2, 4]
          options.sub_batches: [off, 2]
        """

    @Test func jobsAndShardsGiveTheSameBytes() throws {
        let plan = try scratch.plan(Self.grid)
        try scratch.run(plan, in: "one")
        try scratch.run(plan, in: "two", jobs: 2)
        try scratch.run(plan, in: "shards", shard: SweepRunner.Shard(index: 2, count: 2))
        #expect(throws: DiagnosticList.self) { try scratch.table("shards") }
        try scratch.run(plan, in: "shards", jobs: 2, shard: SweepRunner.Shard(index: 1, count: 2))
        let csv = try scratch.table("one").csv
        let others = try ["two", "shards"].map { try scratch.table($0).csv }
        #expect(others == [csv, csv])
        let lines = csv.split(separator: "\n")
        #expect(lines.count == 9)
        #expect(lines[0].hasPrefix("npu.systolic_arrays.count,memory.channels,options.sub_batches,machine,model,"))
        #expect(lines[0].hasSuffix(",seed,version,error"))
        #expect(lines[2].hasPrefix("2,2,2,neupims,tiny,r,1,1,3,2,dataflow,") && lines[2].hasSuffix(",0,1,"))
    }

    @Test func onlyWhatIsMissingRuns() throws {
        let plan = try scratch.plan(Self.grid)
        #expect(try scratch.run(plan, in: "out") == 8)
        let whole = try scratch.table("out").csv
        let points = "\(scratch.path)/out/points"
        let files = try FileManager.default.contentsOfDirectory(atPath: points).sorted()
        try FileManager.default.removeItem(atPath: "\(points)/\(files[3])")
        // A file cut short, as after a crash of the whole machine, counts as missing.
        try Data("machine,".utf8).write(to: URL(fileURLWithPath: "\(points)/\(files[5])"))
        #expect(try scratch.run(plan, in: "out") == 2)
        #expect(try scratch.table("out").csv == whole)
        // A longer axis: what both sweeps have is kept.
        let longer = try scratch.plan(Self.grid.replacingOccurrences(of: "[off, 2]", with: "[off, 2, 4]"))
        #expect(try scratch.run(longer, in: "out") == 4)
        // Another input: nothing is.
        try scratch.write("r.csv", "seq_len\n20\n30\n8\n")
        #expect(try scratch.run(try scratch.plan(Self.grid), in: "out") == 8)
    }

    @Test func aPointThatCannotRunIsARow() throws {
        // 2^17 rows of cache for a request do not fit into two channels; one head cannot be divided in two.
        let plan = try scratch.plan(
            "grid: {model.kv_heads: [2, 1], options.tensor_parallel: [1, 2], model.heads: [2]}")
        try scratch.run(plan, in: "out", jobs: 2)
        let table = try scratch.table("out")
        #expect(table.failures == 1)
        #expect(table.cells("error") == ["", "", "", "2 does not divide 'kv_heads' of 'tiny', which is 1"])
        #expect(table.cells("total_cycles")?[3] == "")
    }

    @Test func whatDoesNotFitIsARow() throws {
        try scratch.write("long.csv", "seq_len\n2000000\n")
        let plan = try scratch.plan("grid: {workload.requests: [r.csv, long.csv]}")
        try scratch.run(plan, in: "out")
        let errors = try #require(try scratch.table("out").cells("error"))
        #expect(errors[0].isEmpty && errors[1].hasPrefix("channel 0 has 1.0 GiB but needs "))
    }

    @Test func allMistakesAreNamedBeforeAnythingRuns() throws {
        let found = try scratch.mistakes(
            """
            set: {npu.scratchpad: 8 miles}
            grid:
              npu.systolic_arrays.count: [0, 4]
              memory.chanels: [2]
              optins.layers: [1]
              options.sub_batches: [off, 3]
              model.hedas: [2]
            """)
        let lines = found.split(separator: "\n").map(String.init)
        #expect(lines.count == 6, "\(found)")
        #expect(lines[0].hasPrefix("s.yaml:4:23: error: 'npu.scratchpad' is '8 miles'"))
        #expect(lines[1] == "s.yaml:6:31: error: 'npu.systolic_arrays.count' is 0 but must be between 1 and 4096")
        #expect(lines[2] == "s.yaml:7:3: error: unknown key 'chanels' in 'memory'; did you mean 'channels'?")
        #expect(lines[3].hasPrefix("s.yaml:8:3: error: unknown axis 'optins.layers'"))
        #expect(lines[3].hasSuffix("did you mean 'options'?"))
        #expect(lines[4] == "s.yaml:9:30: error: 'options.sub_batches' must be off, 2, 4 or auto, not '3'")
        #expect(lines[5] == "s.yaml:10:3: error: unknown key 'hedas'; did you mean 'heads'?")
    }

    @Test func valuesThatAreBadForThemselvesAreNamed() throws {
        #expect(
            try scratch.mistakes("grid: {options.layers: [1, 3]}")
                == "s.yaml:4:28: error: 'options.layers' is 3 but 'tiny' has 2 layers")
        #expect(
            try scratch.mistakes("grid: {machine: [npu-only, neupim]}")
                == "s.yaml:4:28: error: no shipped machine is named 'neupim'; did you mean 'neupims'?")
        #expect(
            try scratch.mistakes("grid: {workload.model: [small.yaml]}")
                == "s.yaml:4:25: error: there is no file 'small.yaml'")
        #expect(
            try scratch.mistakes("grid: {options.tensor_parallel: [1, 3]}").hasPrefix(
                "s.yaml:4:37: error: 3 does not divide 'heads' of 'tiny', which is 2\n"))
    }
}
