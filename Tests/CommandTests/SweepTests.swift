import Foundation
import Testing

/// `dualrow sweep` and `collect` as programs: interruptions, shards, and what they say.
@Suite struct SweepCommandTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        _ = try scratch.write(
            "tiny.yaml",
            """
            name: tiny
            layers: 1
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
        _ = try scratch.write("r.csv", "seq_len\n20\n30\n7\n")
    }

    private func sweepFile(_ section: String) throws -> String {
        try scratch.write(
            "s.yaml", "machine: neupims\nworkload: {model: tiny.yaml, requests: r.csv}\n\(section)\n")
    }

    private func sweep(_ file: String, _ folder: String, _ options: String...) throws -> CommandRun {
        try CommandRun(["sweep", file, "--out", "\(scratch.path)/\(folder)"] + options)
    }

    /// Killed with SIGKILL at random instants and gone on with, a sweep gives the bytes of one that was left alone.
    ///
    /// `DUALROW_SWEEP_POINTS` and `DUALROW_SWEEP_KILLS` make the test larger (200 and 20 in the long form).
    @Test func killedSweepsResumeToTheSameBytes() throws {
        let variables = ProcessInfo.processInfo.environment
        let count = variables["DUALROW_SWEEP_POINTS"].flatMap { Int($0) } ?? 16
        let kills = variables["DUALROW_SWEEP_KILLS"].flatMap { Int($0) } ?? 4
        let file = try sweepFile(
            "grid: {memory.pim.fill_dot_products: {from: 1, to: \(count / 2)}, options.sub_batches: [off, 2]}")
        let whole = try sweep(file, "whole", "--jobs", "2")
        #expect(whole.status == 0, "\(whole.errors)")
        let table = try scratch.read("whole/points.csv")
        #expect(table.split(separator: "\n").count == count + 1)

        let points = "\(scratch.path)/killed/points"
        var random = SystemRandomNumberGenerator()
        var done = 0
        for kill in 0..<kills {
            let process = CommandRun.process([
                "sweep", file, "--out", "\(scratch.path)/killed", "--jobs", "2", "--resume",
            ])
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            // The kills are spread over the points, each at a random instant after the first new one.
            let enough = count * (kill + 1) / (kills + 1)
            while process.isRunning, Self.finished(points) < enough { usleep(1000) }
            usleep(UInt32.random(in: 0...100_000, using: &random))
            if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
            process.waitUntilExit()
            #expect(Self.finished(points) >= done)
            done = Self.finished(points)
        }
        let resumed = try sweep(file, "killed", "--jobs", "2", "--resume")
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(try scratch.read("killed/points.csv") == table)
        let remains = try FileManager.default.contentsOfDirectory(atPath: points).filter { !$0.hasSuffix(".csv") }
        #expect(remains.isEmpty)
    }

    private static func finished(_ points: String) -> Int {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: points)) ?? []
        return files.count { $0.hasSuffix(".csv") }
    }

    @Test func jobsAndShardsGiveTheSameBytes() throws {
        let file = try sweepFile("grid: {npu.systolic_arrays.count: [2, 4], memory.channels: [2, 4]}")
        let pareto = ["--pareto", "tokens_per_s,energy_per_token_mJ"]
        #expect(try sweep(file, "one", "--jobs", "1").status == 0)
        #expect(try sweep(file, "two", "--jobs", "2").status == 0)
        #expect(try sweep(file, "shards", "--shard", "1/2").status == 0)
        let early = try CommandRun("collect", "\(scratch.path)/shards")
        #expect(early.status == 65)
        #expect(
            early.errors
                == "\(scratch.path)/shards: error: 2 of 4 points are missing; 'dualrow sweep' with --resume runs them\n"
        )
        #expect(try sweep(file, "shards", "--shard", "2/2").status == 0)
        #expect(try CommandRun("collect", "\(scratch.path)/shards").status == 0)
        let one = try scratch.read("one/points.csv")
        #expect(try scratch.read("two/points.csv") == one)
        #expect(try scratch.read("shards/points.csv") == one)
        #expect(try CommandRun(["collect", "\(scratch.path)/one"] + pareto).status == 0)
        #expect(try scratch.read("one/points.csv").split(separator: "\n")[0].hasSuffix(",error,pareto"))
    }

    @Test func aFolderWithPointsIsGoneOnWithOnlyIfAsked() throws {
        let file = try sweepFile("zip: {memory.channels: [2, 4]}")
        #expect(try sweep(file, "out").status == 0)
        let again = try sweep(file, "out")
        #expect(again.status == 64)
        #expect(
            again.errors
                == "--out: error: '\(scratch.path)/out' has 2 of these points already; --resume goes on with it\n")
        let other = try sweep(try sweepFile("zip: {memory.channels: [2]}"), "out")
        #expect(
            other.errors
                == "--out: error: '\(scratch.path)/out' holds another sweep; --resume replaces its plan and keeps the "
                + "points that both have\n")
        #expect(try sweep(file, "out", "--resume").status == 0)
        #expect(try scratch.read("out/points.csv").split(separator: "\n").count == 2)
    }

    @Test func mistakesAreNamedAndLeaveNothingBehind() throws {
        let file = try sweepFile("grid: {memory.chanels: [2], options.layers: [1, 2]}")
        let run = try sweep(file, "out")
        #expect(run.status == 65 && run.output.isEmpty)
        #expect(
            run.errors == """
                \(file):3:8: error: unknown key 'chanels' in 'memory'; did you mean 'channels'?
                \(file):3:49: error: 'options.layers' is 2 but 'tiny' has 1 layers

                """)
        let shard = try sweep(file, "out", "--shard", "3/2")
        #expect(
            shard.status == 64
                && shard.errors
                    == "--shard: error: must be a number and how many there are, such as 1/2, not '3/2'\n"
        )
        let none = try CommandRun("collect", "\(scratch.path)/out")
        #expect(none.status == 66)
        #expect(!scratch.contents.contains("out"))
    }
}
