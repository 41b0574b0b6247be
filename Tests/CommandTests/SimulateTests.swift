import Foundation
import Testing

@Suite struct SimulateTests {
    private static let neupims = "HardwareConfigs/neupims.yaml"
    private let scratch: Scratch
    private let requests: String

    init() throws {
        scratch = try Scratch()
        requests = try scratch.write("requests.csv", "seq_len,ch_idx\n64,0\n100,5\n")
    }

    /// A model of two small layers.
    private func smallModel() throws -> String {
        try scratch.write(
            "small.yaml",
            """
            name: small
            layers: 2
            hidden_size: 256
            heads: 2
            kv_heads: 2
            head_size: 128
            ffn_size: 512
            ffn_matrices: 2
            activation: gelu
            norm: layernorm
            positions: learned
            learned_positions: 512
            vocabulary: 1000
            tied_embeddings: true
            bias: all
            """)
    }

    @Test func oneRunWritesAllReports() throws {
        let run = try CommandRun(
            "simulate", Self.neupims, "--model", try smallModel(), "--requests", requests, "--layers", "1", "--out",
            "\(scratch.path)/out", "--commands", "\(scratch.path)/commands.csv", "--channel", "5")
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        #expect(run.output.hasPrefix("neupims: small, 1 of 2 layers, without embedding and head\n"))
        #expect(scratch.contents == ["commands.csv", "out", "requests.csv", "small.yaml"])
        let files = try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/out").sorted()
        #expect(
            files == [
                "channels.csv", "energy.csv", "machine.csv", "operators.csv", "requests.csv", "summary.csv",
                "summary.txt",
                "utilization.csv",
            ])
        let log = try scratch.read("commands.csv").split(separator: "\n")
        #expect(log[0] == "cycle,command,rank,bank_group,bank,row,column,dot_products")
        #expect(log.contains { $0.contains(",PIM_HEADER,") } && log.contains { $0.contains(",PIM_GEMV,") })
        let summary = try scratch.read("out/summary.csv").split(separator: "\n")
        #expect(summary.count == 2 && summary[1].hasPrefix("neupims,small,requests,1,1,2,1,off,"))
        #expect(try scratch.read("out/requests.csv").split(separator: "\n")[2].hasPrefix("1,5,100,1,"))
    }

    @Test func comparisonHoldsMachinesAgainstTheFirst() throws {
        let run = try CommandRun(
            "compare", "neupims", "npu-only", "--model", try smallModel(), "--requests", requests, "--out",
            "\(scratch.path)/out")
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("neupims  ratio") && run.output.contains("1.00x"))
        let ratios = try scratch.read("out/ratios.csv").split(separator: "\n")
        #expect(ratios[0] == "machine,baseline,speedup,energy_ratio" && ratios[1] == "neupims,neupims,1.0,1.0")
        #expect(try scratch.read("out/summary.csv").split(separator: "\n").count == 3)
        #expect(try scratch.read("out/npu-only/summary.csv").split(separator: "\n").count == 2)
    }

    /// Options that are wrong, with the whole message and the exit code.
    private static let mistakes: [(options: [String], message: String, code: Int32)] = [
        (
            ["--layers", "33"], "--layers: error: must be between 1 and 32, the layers of gpt3-7b, not 33\n", 64
        ),
        (
            ["--sub-batches", "3"], "--sub-batches: error: must be off, 2, 4 or auto, not '3'\n", 64
        ),
        (
            ["--interleaving", "barier"],
            "--interleaving: error: must be barrier or dataflow, not 'barier'; did you mean 'barrier'?\n", 64
        ),
        (["--partition", "load"], "--partition: error: must be half or balanced, not 'load'\n", 64),
        (
            ["--set", "memory.chanels=16"],
            "override: error: unknown key 'chanels' in 'memory'; did you mean 'channels'?\n", 65
        ),
        (["--channel", "1"], "--channel: error: goes with --commands, which names the file\n", 64),
        (
            ["--assign", "balance"],
            "--assign: error: must be rr or balanced, not 'balance'; did you mean 'balanced'?\n", 64
        ),
        (["--iterations", "0"], "--iterations: error: must be between 1 and 1000000, not 0\n", 64),
    ]

    @Test(arguments: mistakes.indices) func mistakesAreNamedAndLeaveNothingBehind(_ index: Int) throws {
        let mistake = Self.mistakes[index]
        var arguments = ["simulate", Self.neupims, "--model", "gpt3-7b", "--requests", requests]
        arguments += ["--out", "\(scratch.path)/out"] + mistake.options
        let run = try CommandRun(arguments)
        #expect(run.status == mistake.code)
        #expect(run.errors == mistake.message)
        #expect(run.output.isEmpty)
        #expect(scratch.contents == ["requests.csv"])
    }

    @Test func unknownNamesAreSuggested() throws {
        let model = try CommandRun("simulate", Self.neupims, "--model", "gpt3-7", "--requests", requests)
        #expect(model.status == 64)
        #expect(model.errors.hasPrefix("--model: error: no model is named 'gpt3-7' (looked in "))
        #expect(model.errors.hasSuffix("); did you mean 'gpt3-7b'?\n"))
        let machine = try CommandRun("check", "neupim")
        #expect(machine.status == 64)
        #expect(machine.errors.hasSuffix("; did you mean 'neupims'?\n"))
        let file = try CommandRun("check", "HardwareConfigs/none.yaml")
        #expect(file.status == 66 && file.errors == "HardwareConfigs/none.yaml: error: no such file\n")
    }

    @Test func whatDoesNotFitIsSaidByHowMuch() throws {
        let run = try CommandRun(
            "simulate", Self.neupims, "--model", "gpt3-175b", "--requests", requests, "--out", "\(scratch.path)/out")
        #expect(run.status == 65)
        #expect(
            run.errors.contains("has 1.0 GiB but needs ") && run.errors.contains(" more: its share of the weights ("))
        #expect(scratch.contents == ["requests.csv"])
    }

    @Test func wholeRequestsAreServedAndWhatNeverFitsIsNamed() throws {
        let whole = try scratch.write("whole.csv", "input_tokens,output_tokens,arrival_ns\n5,2,0\n7,1,100\n")
        let run = try CommandRun(
            "simulate", Self.neupims, "--model", "gpt3-7b", "--requests", whole, "--tensor-parallel", "4", "--layers",
            "1", "--out", "\(scratch.path)/whole")
        #expect(run.status == 0 && run.output.contains("served: prompts in chunks beside decoding, up to 2,048 tokens"))
        #expect(try scratch.read("whole/iterations.csv").split(separator: "\n").count == 3)
        #expect(try scratch.read("whole/requests.csv").split(separator: "\n").count == 3)
        let large = try scratch.write("large.csv", "input_tokens,output_tokens\n5,6\n9000000,6\n")
        let refused = try CommandRun("simulate", Self.neupims, "--model", "gpt3-7b", "--requests", large)
        #expect(refused.status == 65 && refused.errors.contains("large.csv:3:1: error: this request of 9000000 + 6"))
        // In chunks its caches would fit; in one step its activations do not.
        let long = try scratch.write("long.csv", "input_tokens,output_tokens\n5,6\n2000000,6\n")
        let unfit = try CommandRun(
            "simulate", Self.neupims, "--model", "gpt3-7b", "--requests", long, "--prefill", "whole", "--layers", "1")
        #expect(unfit.status == 65, "\(unfit.output)")
        #expect(unfit.errors.contains("long.csv:3:1: error: this request of 2000000 + 6 tokens is computed in one "))
        let narrow = try CommandRun(
            "simulate", Self.neupims, "--model", "gpt3-7b", "--requests", whole, "--step-tokens", "100")
        #expect(narrow.status == 64)
        #expect(narrow.errors.contains("--step-tokens: error: must be at least the 256 requests"))
    }

    @Test func anEstimateSaysThatItIsOneInEveryReport() throws {
        let whole = try scratch.write("few.csv", "input_tokens,output_tokens,arrival_ns\n5,9\n7,6,100\n")
        let lengths = try scratch.write("lengths.csv", "input_tokens,output_tokens,arrival_ns\n5,9,0\n7,6,100\n")
        let model = try smallModel()
        let broken = try CommandRun("simulate", Self.neupims, "--model", model, "--requests", whole)
        #expect(broken.status == 65 && broken.errors.contains("few.csv:2"))
        let run = try CommandRun(
            "simulate", Self.neupims, "--model", model, "--requests", lengths, "--fidelity", "sampled",
            "--checked-steps", "3", "--out", "\(scratch.path)/sampled")
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        #expect(run.output.contains("fidelity      sampled: "))
        let summary = try scratch.read("sampled/summary.csv").split(separator: "\n").map { $0.split(separator: ",") }
        let column = try #require(summary[0].firstIndex(of: "fidelity"))
        #expect(summary[1][column] == "sampled")
        #expect(try scratch.read("sampled/sampling.csv").split(separator: "\n").count == 4)
        let files = try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/sampled")
        #expect(!files.contains("operators.csv"))
        let page = try CommandRun("report", "\(scratch.path)/sampled")
        #expect(page.status == 0 && page.errors.isEmpty, "\(page.errors)")
    }

    @Test(arguments: [
        (["--checked-steps", "3"], "--checked-steps: error: goes with --fidelity sampled"),
        (["--fidelity", "samples"], "--fidelity: error: "),
        (["--fidelity", "sampled", "--commands", "c.csv"], "--fidelity: error: sampled does not go with --commands"),
    ])
    func fidelitySaysWhatDoesNotGoWithIt(options: [String], message: String) throws {
        let run = try CommandRun(
            ["simulate", Self.neupims, "--model", "gpt3-7b", "--requests", requests, "--layers", "1"] + options)
        #expect(run.status == 64 && run.errors.contains(message), "\(run.errors)")
    }

    @Test func aBadLineIsNamed() throws {
        let bad = try scratch.write("bad.csv", "seq_len,ch_idx\n5,40\n")
        let named = try CommandRun("simulate", Self.neupims, "--model", "gpt3-7b", "--requests", bad)
        #expect(named.status == 65)
        #expect(named.errors == "\(bad):2:3: error: 'ch_idx' is 40 but must be between 0 and 31\n")
    }

    @Test func shippedFilesAreFoundThroughTheEnvironment() throws {
        let run = try CommandRun(
            "check", "neupims", in: scratch.path, environment: ["DUALROW_HOME": repository])
        #expect(run.status == 0 && run.output.contains("NPU peak"))
    }

    @Test func requestsAreTheSameForTheSameSeed() throws {
        let out = "\(scratch.path)/made.csv"
        let arguments = ["requests", "--lengths", "alpaca", "--count", "64", "--seed", "1", "--out", out]
        #expect(try CommandRun(arguments).status == 0)
        let shipped = try String(contentsOfFile: "\(repository)/Traces/requests/alpaca-b64.csv", encoding: .utf8)
        #expect(try scratch.read("made.csv") == shipped)
    }
}
