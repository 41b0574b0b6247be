import Workload

/// Continues prompts: prefill and decode of a batch of requests of different lengths, scheduled by `TraceSchedule`.
public final class Generator {
    /// A prompt to continue.
    public struct Request: Sendable, Equatable {
        public var id: Int
        /// At least one token.
        public var prompt: [Int]
        /// Tokens to make, at least 1.
        public var newTokens: Int

        public init(id: Int, prompt: [Int], newTokens: Int) {
            precondition(!prompt.isEmpty && newTokens >= 1, "a request has a prompt and wants tokens")
            self.id = id
            self.prompt = prompt
            self.newTokens = newTokens
        }
    }

    public struct Options: Sendable, Equatable {
        public var sampler = Sampler()
        /// Most prompt tokens of one request in one pass; nil: the whole prompt.
        public var chunk: Int?
        /// Most requests in one pass.
        public var batch = 64
        /// Whether a request ends at one of the model's end tokens.
        public var stopsAtEnd = false

        public init() {}
    }

    private struct Running {
        var tokens: [Int]
        let promptLength: Int
        let cache: KeyValueCache
    }

    private let model: Transformer
    private let options: Options

    public init(_ model: Transformer, options: Options = .init()) {
        self.model = model
        self.options = options
    }

    /// Runs all requests to their ends.
    /// - Parameters:
    ///   - requests: with different ids.
    ///   - probe: sees each pass.
    ///   - afterPass: called with the requests of each pass, in the order of the pass's rows, while `probe` holds its
    ///     records.
    /// - Returns: the tokens made, by the order of the requests.
    public func run<Failure: Error>(
        _ requests: [Request], probe: ForwardProbe? = nil, afterPass: ([TraceRequest]) throws(Failure) -> Void
    ) throws -> [[Int]] {
        let byID = Dictionary(uniqueKeysWithValues: requests.map { ($0.id, $0) })
        var schedule = TraceSchedule(
            requests.map { .init(id: $0.id, prompt: $0.prompt.count, newTokens: $0.newTokens) }, chunk: options.chunk,
            batch: options.batch)
        var running: [Int: Running] = [:]
        var made: [Int: [Int]] = [:]
        while let shares = schedule.next() {
            for share in shares where running[share.id] == nil {
                let prompt = byID[share.id]!.prompt
                running[share.id] = Running(
                    tokens: prompt, promptLength: prompt.count, cache: KeyValueCache(model.config))
            }
            for (id, token) in try pass(shares, running, probe) {
                running[id]!.tokens.append(token)
                if options.stopsAtEnd && model.config.endTokens.contains(token) { schedule.end(id) }
            }
            try afterPass(shares)
            for share in shares {
                made[share.id] = Array(running[share.id]!.tokens[running[share.id]!.promptLength...])
            }
            for (id, tokens) in made where tokens.count >= byID[id]!.newTokens { running[id] = nil }
        }
        return requests.map { made[$0.id] ?? [] }
    }

    /// Runs all requests to their ends without looking at the passes.
    public func run(_ requests: [Request]) throws -> [[Int]] {
        try run(requests) { (_) throws(ModelFileError) in }
    }

    /// - Returns: requests and the tokens chosen for them.
    private func pass(
        _ shares: [TraceRequest], _ running: [Int: Running], _ probe: ForwardProbe?
    ) throws(ModelFileError) -> [(id: Int, token: Int)] {
        let segments = shares.map { share in
            let state = running[share.id]!
            return Transformer.Segment(
                cache: state.cache, tokens: Array(state.tokens[share.context - share.newTokens..<share.context]),
                outputs: share.outputs == 0 ? .none : .last)
        }
        let sampler = options.sampler
        var chosen: [(id: Int, token: Int)] = []
        try model.forward(segments, probe: probe) { segment, _, logits in
            let share = shares[segment]
            chosen.append((share.id, sampler.choose(logits, request: share.id, position: share.context)))
        }
        return chosen
    }
}
