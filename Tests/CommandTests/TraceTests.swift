import Foundation
import Testing

@Suite struct TraceTests {
    private static let neupims = "HardwareConfigs/neupims.yaml"
    private static let shipped = "Traces/traces/tinymoe-8x32.trace.gz"
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    /// A model of two small layers; `activation` is one that no rule of thumb would guess.
    private func smallModel() throws -> String {
        try scratch.write(
            "small.yaml",
            """
            name: small
            layers: 2
            hidden_size: 256
            heads: 4
            kv_heads: 2
            head_size: 64
            ffn_size: 512
            ffn_matrices: 2
            activation: relu
            norm: layernorm
            positions: learned
            learned_positions: 512
            vocabulary: 1000
            tied_embeddings: true
            bias: all
            """)
    }

    private func column(_ name: String, _ file: String) throws -> [String] {
        let lines = try scratch.read(file).split(separator: "\n")
        let index = try #require(lines[0].split(separator: ",").firstIndex { $0 == name })
        return lines.dropFirst().map {
            String($0.split(separator: ",", omittingEmptySubsequences: false)[index])
        }
    }

    // MARK: trace

    @Test(arguments: ["trace", "stats", "perplexity"]) func helpNamesTheCommandsOptions(_ command: String) throws {
        let run = try CommandRun("help", command)
        #expect(run.status == 0 && run.errors.isEmpty)
        #expect(run.output.contains("USAGE: dualrow \(command) "))
    }

    @Test func generatedTextIsPrintedAndTheTraceAppearsWhole() throws {
        let out = "\(scratch.path)/t.trace.gz"
        let run = try CommandRun(
            "trace", "--prompt", "It was a dark ", "--max-new-tokens", "8", "--text", "--out", out)
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        #expect(scratch.contents == ["t.trace.gz"])
        #expect(
            run.output.hasSuffix(
                "tinymoe: 1 request, 8 new tokens, 8 iterations, \(operators(run)) operators: \(out)\n"))
        let again = try CommandRun(
            "trace", "--prompt", "It was a dark ", "--max-new-tokens", "8", "--text", "--out", out)
        #expect(again.output == run.output)
    }

    private func operators(_ run: CommandRun) -> String {
        String(run.output.split(separator: " ").dropLast(2).last ?? "")
    }

    private static let mistakes: [(options: [String], message: String, code: Int32)] = [
        (
            ["--prompt", "a"], "--max-new-tokens: error: missing; it goes with --prompt\n", 64
        ),
        (
            [], "--prompt: error: missing; one of --prompt, --prompts and --requests says what is run\n", 64
        ),
        (
            ["--prompt", "a", "--max-new-tokens", "2", "--record", "exit"],
            "--record: error: 'exit' is none of guesses, similarity, attention, exits, all; did you mean 'exits'?\n", 64
        ),
        (
            ["--prompt", "a", "--max-new-tokens", "2", "--model", "tinymo"],
            "tinymo: error: there is no config.json in it, and no model of that name; known are tinymoe\n", 66
        ),
        (
            ["--requests", "Traces/requests/alpaca-b64.csv"],
            "--model: error: missing; it names the shape that --requests expands\n", 64
        ),
        (
            ["--model", "deepseek-v2-lite", "--requests", "Traces/requests/alpaca-b64.csv"],
            "--model: error: 'deepseek-v2-lite' has latent attention, which traces do not hold\n", 64
        ),
        (
            ["--model", "switch-base-8", "--requests", "Traces/requests/alpaca-b64.csv"],
            "--model: error: 'switch-base-8' has an encoder, which traces do not hold\n", 64
        ),
        (
            ["--prompts", "no.jsonl", "--max-new-tokens", "2"],
            "no.jsonl: error: cannot be opened: No such file or directory\n", 66
        ),
    ]

    @Test(arguments: mistakes.indices) func mistakesAreNamedAndLeaveNothingBehind(_ index: Int) throws {
        let mistake = Self.mistakes[index]
        let run = try CommandRun(["trace", "--out", "\(scratch.path)/t.trace"] + mistake.options)
        #expect(run.status == mistake.code)
        #expect(run.errors == mistake.message)
        #expect(run.output.isEmpty && scratch.contents.isEmpty)
    }

    // MARK: replay

    @Test func replayOfADenseTraceTakesTheSameCyclesAsTheRequests() throws {
        let model = try smallModel()
        let requests = try scratch.write("r.csv", "seq_len\n64\n100\n17\n")
        let trace = "\(scratch.path)/r.trace"
        let expanded = try CommandRun(
            "trace", "--model", model, "--requests", requests, "--iterations", "3", "--out", trace)
        #expect(expanded.status == 0, "\(expanded.errors)")
        let direct = try CommandRun(
            "simulate", Self.neupims, "--model", model, "--requests", requests, "--iterations", "3", "--with-head",
            "--out", "\(scratch.path)/direct")
        let replayed = try CommandRun(
            "simulate", Self.neupims, "--trace", trace, "--with-head", "--out", "\(scratch.path)/replayed")
        #expect(direct.status == 0 && replayed.status == 0, "\(direct.errors)\(replayed.errors)")
        for file in ["summary", "operators", "channels", "energy", "requests"] {
            #expect(try scratch.read("direct/\(file).csv") == scratch.read("replayed/\(file).csv"), "\(file)")
        }
    }

    /// Whole requests in one piece and in chunks: other passes, the same work and the same tokens.
    @Test func promptsInChunksConserveTheirWork() throws {
        let model = try smallModel()
        let requests = try scratch.write("r.csv", "input_tokens,output_tokens\n40,3\n9,2\n")
        var macs: [Int] = []
        for (name, options) in [("whole", []), ("chunks", ["--chunk", "7"])] {
            let trace = "\(scratch.path)/\(name).trace"
            let expanded = try CommandRun(
                ["trace", "--model", model, "--requests", requests, "--out", trace] + options)
            #expect(expanded.status == 0, "\(expanded.errors)")
            let out = "\(scratch.path)/\(name)"
            let run = try CommandRun("simulate", Self.neupims, "--trace", trace, "--with-head", "--out", out)
            #expect(run.status == 0, "\(run.errors)")
            #expect(try column("generated_tokens", "\(name)/summary.csv") == ["5"])
            #expect(try column("generated_tokens", "\(name)/requests.csv") == ["3", "2"])
            macs.append(try column("macs", "\(name)/operators.csv").compactMap { Int($0) }.reduce(0, +))
        }
        // Per token and layer 256 x (8 heads of 64 + 256 + 2 x 512); 42 and 10 tokens, each sees itself and all before
        // it, with 4 heads of 64 for logits and sums; five outputs of the head.
        let pairs = 42 * 43 / 2 + 10 * 11 / 2
        let layer = 52 * 256 * (8 * 64 + 256 + 2 * 512) + 2 * 4 * 64 * pairs
        #expect(macs == [2 * layer + 5 * 256 * 1000, 2 * layer + 5 * 256 * 1000])
    }

    /// The first two passes of the shipped trace: eight prompts of 278 tokens, then a decode step.
    ///
    /// Multiply-accumulates of tinymoe's layer for n tokens: width 192 x (10 heads of 32 for QKV + 192 for the projection
    /// + 8 for the router + 2 experts x 3 x 96), and attention 2 x 6 x 32 for each token and key it sees.
    @Test func replayOfAMixtureConservesItsWork() throws {
        let run = try CommandRun(
            "simulate", Self.neupims, "--trace", Self.shipped, "--iterations", "2", "--out", "\(scratch.path)/out")
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        let prompts = [35, 32, 16, 18, 102, 11, 31, 33]
        let tokens = prompts.reduce(0, +)
        let pairs = prompts.reduce(0) { $0 + $1 * ($1 + 1) / 2 + $1 + 1 }
        let perToken = 192 * (320 + 192 + 8 + 2 * 3 * 96)
        let macs = try column("macs", "out/operators.csv").compactMap { Int($0) }.reduce(0, +)
        #expect(macs == 6 * ((tokens + 8) * perToken + 2 * 6 * 32 * pairs))
        #expect(try column("generated_tokens", "out/summary.csv") == ["16"])
        // Weights of experts in use are read whole: at least one and at most all eight of 3 x 192 x 96 x 2 bytes.
        let operators = try column("operator", "out/operators.csv")
        let reads = try column("dram_read_bytes", "out/operators.csv").compactMap { Int($0) }
        for (name, bytes) in zip(operators, reads) where name == "expert_down" {
            #expect(bytes.isMultiple(of: 192 * 96 * 2) && (2...8).contains(bytes / (192 * 96 * 2)))
        }
        // Every prompt token's key (2 heads of 32) is written in each layer, in whole bursts.
        let writes = try column("dram_write_bytes", "out/operators.csv").compactMap { Int($0) }
        let units = try column("unit", "out/operators.csv")
        let keys = operators.indices.filter { operators[$0] == "logit" && units[$0] == "systolic" }
        #expect(keys.count == 6)
        let staged = prompts.reduce(0) { $0 + $1 / 32 * 32 }
        for index in keys { #expect(writes[index] == (tokens + staged) * 2 * 32 * 2) }
    }

    @Test func aTraceIsCarriedOverToALargerShapeAndSaysSo() throws {
        let run = try CommandRun(
            "simulate", Self.neupims, "--trace", Self.shipped, "--scale-to", try smallModel(), "--iterations", "2",
            "--out", "\(scratch.path)/out")
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("of 8 requests (tinymoe-8x32 scaled from tinymoe)"))
        #expect(try column("workload", "out/summary.csv") == ["tinymoe-8x32 scaled from tinymoe"])
        let large = try CommandRun("simulate", Self.neupims, "--trace", Self.shipped, "--scale-to", "llama-3.1-8")
        #expect(large.status == 64 && large.errors.hasPrefix("--scale-to: error: no model is named 'llama-3.1-8'"))
    }

    private static let replayMistakes: [(options: [String], message: String, code: Int32)] = [
        (
            ["--trace", shipped, "--model", "gpt3-7b"],
            "--model: error: does not go with --trace, which holds the model's shape and the requests\n", 64
        ),
        (
            [], "--model: error: missing; --model and --requests say what is run, or --trace does\n", 64
        ),
        (
            ["--trace", "Traces/requests/alpaca-b64.csv"],
            "Traces/requests/alpaca-b64.csv:1: error: this is not an operator trace: its first line is not "
                + "'dualrow-trace 1'\n", 65
        ),
        (
            ["--trace", "no.trace"], "no.trace: error: cannot be opened: No such file or directory\n", 66
        ),
    ]

    @Test(arguments: replayMistakes.indices) func replayMistakesAreNamed(_ index: Int) throws {
        let mistake = Self.replayMistakes[index]
        let run = try CommandRun(["simulate", Self.neupims] + mistake.options)
        #expect(run.status == mistake.code)
        #expect(run.errors == mistake.message)
        #expect(run.output.isEmpty)
    }

    @Test func aMixtureNeedsATrace() throws {
        let requests = try scratch.write("r.csv", "seq_len\n64\n")
        let run = try CommandRun("simulate", Self.neupims, "--model", "mixtral-8x7b", "--requests", requests)
        #expect(run.status == 64)
        #expect(
            run.errors
                == "--model: error: 'mixtral-8x7b' is a mixture of experts, and lengths do not say which experts tokens "
                + "take; replay a trace (--trace) of 'dualrow trace'\n")
    }

    // MARK: stats and perplexity

    @Test func statisticsAreShownAndWritten() throws {
        let run = try CommandRun("stats", Self.shipped, "--out", "\(scratch.path)/s.csv")
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        #expect(run.output.hasPrefix("tinymoe (functional): 32 iterations, 526 tokens\n"))
        // Each token takes two of the eight experts: shares of all choices, so they sum to 1.
        let names = try column("statistic", "s.csv")
        let (layers, values) = (try column("layer", "s.csv"), try column("value", "s.csv"))
        let use = names.indices.filter { names[$0] == "expert_use" && layers[$0] == "0" }
        #expect(abs(use.compactMap { Double(values[$0]) }.reduce(0, +) - 1) < 1e-5)
        let cut = try scratch.write("cut.trace", "dualrow-trace 1\n")
        let broken = try CommandRun("stats", cut)
        #expect(broken.status == 65 && broken.errors == "\(cut):1: error: the trace ends in its header\n")
    }

    @Test func perplexityCountsAllTokensButTheFirst() throws {
        let file = try scratch.write("text.txt", "It was the best of times, it was the worst of times.")
        let run = try CommandRun("perplexity", "--file", file, "--window", "16")
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        // 52 bytes are 52 tokens; 51 are predicted.
        #expect(run.output.contains("tokens in 4 windows of 16") && run.output.contains("51  bytes"))
        let none = try CommandRun("perplexity", "--file", file, "--window", "0")
        #expect(none.status == 64)
        #expect(none.errors == "--window: error: must be between 1 and 1048576 tokens, not 0\n")
        let missing = try CommandRun("perplexity", "--file", "no.txt")
        #expect(missing.status == 66)
        #expect(missing.errors == "no.txt: error: cannot be opened: No such file or directory\n")
    }
}
