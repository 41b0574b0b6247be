/// Continues prompts: prefill and decode of a batch of requests of different lengths.
///
/// Each pass takes the whole of every waiting prompt (or its next chunk) and one token of every request that is past
/// its prompt. A finished request leaves at the end of its pass and the next waiting one takes its place.
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

    /// One request's part of a pass.
    public struct Share: Sendable, Equatable {
        public var request: Int
        public var isPrompt: Bool
        public var newTokens: Int
        /// Tokens in its cache after the pass.
        public var context: Int
        /// The token chosen, unless its prompt goes on.
        public var chosen: Int?
    }

    private struct Running {
        var request: Request
        var cache: KeyValueCache
        /// Prompt tokens not yet fed, or the last token chosen.
        var pending: [Int]
        var isPrompt = true
        var made: [Int] = []
    }

    private let model: Transformer
    private let options: Options

    public init(_ model: Transformer, options: Options = .init()) {
        precondition(options.batch >= 1 && options.chunk ?? 1 >= 1, "a batch and a chunk hold at least one")
        self.model = model
        self.options = options
    }

    /// Runs all requests to their ends.
    /// - Parameters:
    ///   - probe: sees each pass.
    ///   - afterPass: called with the shares of each pass, in the order of the pass's rows, while `probe` holds its
    ///     records.
    /// - Returns: the tokens made, by the order of the requests.
    public func run<Failure: Error>(
        _ requests: [Request], probe: ForwardProbe? = nil, afterPass: ([Share]) throws(Failure) -> Void
    ) throws -> [[Int]] {
        var waiting = requests.enumerated().map { $0 }[...]
        var running: [(index: Int, state: Running)] = []
        var results = [[Int]](repeating: [], count: requests.count)
        while !waiting.isEmpty || !running.isEmpty {
            while running.count < options.batch, let (index, request) = waiting.popFirst() {
                let cache = KeyValueCache(model.config)
                running.append((index, Running(request: request, cache: cache, pending: request.prompt)))
            }
            try afterPass(try pass(&running, probe))
            for (index, state) in running { results[index] = state.made }
            running.removeAll { isFinished($0.state) }
        }
        return results
    }

    /// Runs all requests to their ends without looking at the passes.
    public func run(_ requests: [Request]) throws -> [[Int]] {
        try run(requests) { (_) throws(ModelFileError) in }
    }

    private func isFinished(_ state: Running) -> Bool {
        if state.made.count >= state.request.newTokens { return true }
        return options.stopsAtEnd && state.made.last.map(model.config.endTokens.contains) ?? false
    }

    private func pass(
        _ running: inout [(index: Int, state: Running)], _ probe: ForwardProbe?
    ) throws(ModelFileError) -> [Share] {
        var shares: [Share] = []
        let segments = running.map { _, state in
            let count = min(state.pending.count, options.chunk ?? .max)
            let isLast = count == state.pending.count
            shares.append(
                Share(
                    request: state.request.id, isPrompt: state.isPrompt, newTokens: count,
                    context: state.cache.length + count))
            return Transformer.Segment(
                cache: state.cache, tokens: Array(state.pending[..<count]), outputs: isLast ? .last : .none)
        }
        let sampler = options.sampler
        try model.forward(segments, probe: probe) { segment, _, logits in
            shares[segment].chosen = sampler.choose(
                logits, request: shares[segment].request, position: shares[segment].context)
        }
        for (slot, share) in shares.enumerated() {
            if let token = share.chosen {
                running[slot].state.made.append(token)
                running[slot].state.pending = [token]
                running[slot].state.isPrompt = false
            } else {
                running[slot].state.pending.removeFirst(share.newTokens)
            }
        }
        return shares
    }
}
