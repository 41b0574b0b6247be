import Glibc
import Workload

/// Runs requests through a model and writes the operator trace of what it did.
public struct TraceRun {
    public let model: Transformer
    public let tokenizer: any Tokenizer
    /// Name of the model in the trace.
    public var name: String
    public var options = Generator.Options()
    /// What is recorded beside operators and routes.
    public var records: ForwardProbe.Records = []
    public var exitHeads: ExitHeads?
    /// Whether the header names the weights by SHA-256, which reads them all.
    public var hashesWeights = true
    public var notes: [String: String] = [:]

    /// - Parameter folder: a model folder; its `exit_heads.safetensors`, if there is one, is used for exits.
    public init(folder: String) throws(ModelFileError) {
        model = try Transformer(folder: folder)
        tokenizer = try modelTokenizer(folder: folder, config: model.config)
        var trimmed = folder[...]
        while trimmed.hasSuffix("/") { trimmed = trimmed.dropLast() }
        name = String(trimmed.split(separator: "/").last ?? "model")
        let heads = folder + "/exit_heads.safetensors"
        if access(heads, F_OK) == 0 { exitHeads = try ExitHeads(file: heads, config: model.config) }
    }

    public init(model: Transformer, tokenizer: any Tokenizer, name: String) {
        self.model = model
        self.tokenizer = tokenizer
        self.name = name
    }

    /// The request that continues `text`.
    public func request(id: Int, text: String, newTokens: Int) throws(ModelFileError) -> Generator.Request {
        let tokens = try tokenizer.encode(text)
        guard !tokens.isEmpty else { throw ModelFileError(file: "prompt \(id)", "the prompt has no tokens") }
        return Generator.Request(id: id, prompt: tokens, newTokens: newTokens)
    }

    public var header: TraceHeader {
        let shape = TraceModelShape(model.config, name: name)
        let formats = TraceFormats(weights: model.store.traceFormat, activations: .f32, cache: .f32)
        return TraceHeader(
            shape: shape, formats: formats, source: "functional", seed: options.sampler.seed,
            temperature: options.sampler.temperature, weightHash: hashesWeights ? model.store.hash() : "none",
            guessWidth: records.contains(.guesses) ? makeProbe().guessWidth : 0, notes: notes)
    }

    /// Runs the requests and writes a trace to `path` (gzip if it ends in `.gz`).
    /// - Returns: the tokens made, by the order of the requests.
    public func run(
        _ requests: [Generator.Request], to path: String, progress: (TraceIteration) -> Void = { _ in }
    ) throws -> [[Int]] {
        let writer = try TraceWriter(path: path, header: header)
        let tokens = try run(requests, into: writer, progress: progress)
        try writer.finish()
        return tokens
    }

    /// Runs the requests into an open writer, which the caller finishes.
    public func run(
        _ requests: [Generator.Request], into writer: TraceWriter, progress: (TraceIteration) -> Void = { _ in }
    ) throws -> [[Int]] {
        try run(requests, plan: writer.header.plan) { (iteration) throws(TraceFileError) in
            try writer.write(iteration)
            progress(iteration)
        }
    }

    /// Runs the requests and hands out each pass.
    public func run<Failure: Error>(
        _ requests: [Generator.Request], plan: TraceOperatorPlan, consume: (TraceIteration) throws(Failure) -> Void
    ) throws -> [[Int]] {
        let probe = makeProbe()
        var number = 0
        return try Generator(model, options: options).run(requests, probe: probe) { (shares) throws(Failure) in
            var iteration = TraceIteration(number: number, requests: shares)
            probe.fill(&iteration.records, requests: shares)
            iteration.expand(plan)
            try consume(iteration)
            number += 1
        }
    }

    private func makeProbe() -> ForwardProbe {
        ForwardProbe(model.config, records: records, exitHeads: exitHeads)
    }
}
