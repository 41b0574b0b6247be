import ArgumentParser
import Foundation
import Functional
import Reporting
import Workload
import YAMLTree

/// `dualrow trace`: an operator trace from a forward pass with weights, or from a model's shape alone.
struct TraceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Run a model with real weights on prompts, or expand a model's shape, and write the operator trace.",
        discussion: """
            With --prompt or --prompts the model is a folder with HuggingFace weights; it computes real tokens. A line of \
            --prompts is {"prompt": "text", "max_new_tokens": 40}, the second key optional.

            With --requests the model is a shape (as for 'simulate'), nothing is computed, and the experts of a mixture are \
            drawn with equal chances. 'seq_len' requests each take one token in each of --iterations steps; \
            'input_tokens,output_tokens' requests run from prompt to last token, --batch of them at a time.
            """)

    @Option(
        help: ArgumentHelp(
            "A model folder with weights or the name of a shipped one (default: tinymoe); with --requests a model file "
                + "or its name.", valueName: "dir|name"))
    var model: String?

    @Option(help: ArgumentHelp("Text to continue.", valueName: "text"))
    var prompt: String?

    @Option(help: ArgumentHelp("Texts to continue, one JSON object a line.", valueName: "file"))
    var prompts: String?

    @Option(help: ArgumentHelp("CSV of requests whose shape is expanded without weights.", valueName: "file"))
    var requests: String?

    @Option(help: ArgumentHelp("Tokens to generate for each prompt.", valueName: "n"))
    var maxNewTokens: Int?

    @Option(
        help: ArgumentHelp(
            "Steps to expand with --requests. (default: 1 for seq_len, all for whole requests)", valueName: "n"))
    var iterations: Int?

    @Option(help: ArgumentHelp("Most requests in one pass.", valueName: "n"))
    var batch = 64

    @Option(
        help: ArgumentHelp("Most prompt tokens of one request in one pass. (default: the whole prompt)", valueName: "n")
    )
    var chunk: Int?

    @Option(help: ArgumentHelp("Seed of sampling, or of the experts that are drawn.", valueName: "n"))
    var seed: UInt64 = 0

    @Option(help: ArgumentHelp("Sampling temperature; 0 takes the likeliest token.", valueName: "t"))
    var temperature = 0.0

    @Option(help: ArgumentHelp("Threads of the matrix products.", valueName: "n"))
    var threads = 1

    @Option(
        help: ArgumentHelp(
            "What 'dualrow stats' needs beside the experts: guesses, similarity, attention, exits or all, separated by "
                + "commas.", valueName: "names"))
    var record: String?

    @Option(help: ArgumentHelp("Trace file; gzip-compressed if it ends in .gz.", valueName: "file"))
    var out: String

    @Flag(help: "Print the generated text.")
    var text = false

    func run() throws {
        try Failure.guarding {
            try OutputCheck.file(out)
            let given = [prompt != nil, prompts != nil, requests != nil].filter { $0 }.count
            guard given == 1 else {
                let rule = "one of --prompt, --prompts and --requests says what is run"
                throw Failure.usage(given == 0 ? "missing; \(rule)" : "only \(rule)", at: "--prompt")
            }
            guard (1...1 << 20).contains(batch) else {
                throw Failure.usage("must be between 1 and 1048576, not \(batch)", at: "--batch")
            }
            if let chunk, !(1...1 << 30).contains(chunk) {
                throw Failure.usage("must be at least 1 token, not \(chunk)", at: "--chunk")
            }
            if let requests { try expand(requests) } else { try compute() }
        }
    }

    // MARK: With weights

    private func compute() throws {
        if iterations != nil {
            throw Failure.usage("goes with --requests; prompts run to their ends", at: "--iterations")
        }
        guard temperature >= 0, temperature.isFinite else {
            throw Failure.usage("must be 0 or more, not \(temperature)", at: "--temperature")
        }
        if let maxNewTokens, !(1...1 << 24).contains(maxNewTokens) {
            throw Failure.usage("must be between 1 and 16777216, not \(maxNewTokens)", at: "--max-new-tokens")
        }
        let records = try recorded()
        try FunctionalThreads.set(threads)
        var run = try TraceRun(folder: try ShippedFiles().modelFolder(model ?? "tinymoe"))
        run.options.sampler = Sampler(temperature: temperature, seed: seed)
        run.options.batch = batch
        run.options.chunk = chunk
        run.records = records
        run.notes["activation"] = run.model.config.isGated ? "silu" : Self.name(run.model.config.activation)
        if let prompts { run.notes["prompts"] = URL(fileURLWithPath: prompts).lastPathComponent }
        let requests = try asked(run)
        try ReportFolder.makeParent(of: out)
        let writer = try TraceWriter(path: out, header: run.header)
        let line = ProgressLine(run.name)
        defer { line.clear() }
        var passes = 0
        let made = try run.run(requests, into: writer) { _ in
            passes += 1
            line.update("iteration \(Figure.count(passes))")
        }
        try writer.finish()
        line.clear()
        if text {
            for (index, tokens) in made.enumerated() {
                if made.count > 1 { print("--- request \(requests[index].id)") }
                print(String(decoding: run.tokenizer.decode(tokens), as: UTF8.self))
            }
            print("")
        }
        let tokens = made.reduce(0) { $0 + $1.count }
        print(
            "\(run.name): \(count(made.count, "request")), \(count(tokens, "new token")), \(count(passes, "iteration")), "
                + "\(count(writer.operatorCount, "operator")): \(out)")
    }

    private func asked(_ run: TraceRun) throws -> [Generator.Request] {
        if let prompt {
            guard let maxNewTokens else {
                throw Failure.usage("missing; it goes with --prompt", at: "--max-new-tokens")
            }
            return [try run.request(id: 0, text: prompt, newTokens: maxNewTokens)]
        }
        return try PromptFile(file: prompts ?? "").prompts.enumerated().map { index, prompt in
            guard let newTokens = prompt.newTokens ?? maxNewTokens else {
                throw Failure.usage(
                    "missing; prompt \(index + 1) of \(prompts ?? "") does not say its 'max_new_tokens'",
                    at: "--max-new-tokens")
            }
            return try run.request(id: index, text: prompt.text, newTokens: newTokens)
        }
    }

    private func recorded() throws -> ForwardProbe.Records {
        let known: [(String, ForwardProbe.Records)] = [
            ("guesses", .guesses), ("similarity", .similarity), ("attention", .attention), ("exits", .exits),
            ("all", .all),
        ]
        return try (record?.split(separator: ",") ?? []).reduce(into: []) { records, name in
            guard let found = known.first(where: { $0.0 == name }) else {
                throw Failure.usage(
                    "'\(name)' is none of \(known.map(\.0).joined(separator: ", "))", at: "--record",
                    suggestion: nearestName(to: String(name), in: known.map(\.0)))
            }
            records.formUnion(found.1)
        }
    }

    /// As model files name activations; the variants of GELU cost the same there.
    private static func name(_ activation: ModelConfig.Activation) -> String {
        switch activation {
        case .silu: "silu"
        case .relu: "relu"
        case .gelu, .geluTanh, .quickGelu: "gelu"
        }
    }

    // MARK: Without weights

    private func expand(_ path: String) throws {
        guard let model else {
            throw Failure.usage("missing; it names the shape that --requests expands", at: "--model")
        }
        let misplaced: [(String, Bool)] = [
            ("--max-new-tokens", maxNewTokens != nil), ("--record", record != nil), ("--text", text),
            ("--temperature", temperature != 0),
        ]
        for (option, isGiven) in misplaced where isGiven {
            throw Failure.usage("goes with prompts; --requests computes no tokens", at: option)
        }
        if let iterations, !(1...1_000_000).contains(iterations) {
            throw Failure.usage("must be between 1 and 1000000, not \(iterations)", at: "--iterations")
        }
        let shape = try ShippedFiles().model(model)
        if let foreign = shape.partWithoutOperators {
            throw Failure.usage("'\(shape.name)' has \(foreign), which traces do not hold", at: "--model")
        }
        if let experts = shape.experts, experts.interval > 1 {
            let found = "'\(shape.name)' has one mixture in \(experts.interval) layers"
            throw Failure.usage("\(found); traces hold dense layers only before the first mixture", at: "--model")
        }
        let file = try RequestFile.load(path: path)
        var notes = shape.traceNotes
        notes["requests"] = URL(fileURLWithPath: path).lastPathComponent
        let formats = TraceFormats(weights: .f16, activations: .f16, cache: .f16)
        let expansion = TraceExpansion(shape: TraceModelShape(shape), formats: formats, seed: seed, notes: notes)
        try ReportFolder.makeParent(of: out)
        let writer = try TraceWriter(path: out, header: expansion.header)
        let plan = expansion.header.plan
        let line = ProgressLine(shape.name)
        defer { line.clear() }
        var schedule = ExpandedSchedule(file.requests, iterations: iterations, chunk: chunk, batch: batch)
        var passes = 0
        while let shares = schedule.next() {
            try writer.write(expansion.pass(passes, shares, plan))
            passes += 1
            line.update("iteration \(Figure.count(passes))")
        }
        try writer.finish()
        line.clear()
        print(
            "\(shape.name): \(count(file.requests.count, "request")), \(count(passes, "iteration")), "
                + "\(count(writer.operatorCount, "operator")): \(out)")
    }

    private func count(_ number: Int, _ noun: String) -> String {
        "\(Figure.count(number)) \(noun)\(number == 1 ? "" : "s")"
    }
}

/// The passes that a request file stands for: decode steps of a snapshot, or whole requests from prompt to end.
struct ExpandedSchedule {
    private var snapshot: [Request]
    private var whole: TraceSchedule
    private var left: Int
    private var step = 0

    init(_ requests: [Request], iterations: Int?, chunk: Int?, batch: Int) {
        let isSnapshot = requests.contains { $0.contextTokens > 0 }
        snapshot = isSnapshot ? requests : []
        let lengths = requests.map {
            TraceSchedule.Request(id: $0.id, prompt: max(1, $0.promptTokens), newTokens: $0.outputTokens ?? 1)
        }
        whole = TraceSchedule(isSnapshot ? [] : lengths, chunk: chunk, batch: batch)
        left = iterations ?? (isSnapshot ? 1 : .max)
    }

    mutating func next() -> [TraceRequest]? {
        guard left > 0 else { return nil }
        left -= 1
        guard !snapshot.isEmpty else { return whole.next() }
        defer { step += 1 }
        return snapshot.map {
            TraceRequest(id: $0.id, phase: .decode, newTokens: 1, context: $0.contextTokens + step, outputs: 1)
        }
    }
}
