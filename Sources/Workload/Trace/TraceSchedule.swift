/// Which requests take part in which pass, and with how many tokens.
///
/// Requests come in their order while there is room. A pass takes the whole of every prompt that is not yet computed (or
/// its next chunk) and one token of every request that is past its prompt. The pass that ends a prompt makes the first
/// new token; a request leaves when it has made all of its tokens, and the next waiting one takes its place.
public struct TraceSchedule: Sendable {
    /// A request's lengths.
    public struct Request: Sendable, Equatable {
        public var id: Int
        /// Tokens of the prompt, at least 1.
        public var prompt: Int
        /// Tokens to make, at least 1.
        public var newTokens: Int

        public init(id: Int, prompt: Int, newTokens: Int) {
            precondition(prompt >= 1 && newTokens >= 1, "a request has a prompt and wants tokens")
            self.id = id
            self.prompt = prompt
            self.newTokens = newTokens
        }
    }

    private struct Running: Sendable {
        var request: Request
        /// Tokens in the cache.
        var context = 0
    }

    private let chunk: Int
    private let batch: Int
    private var waiting: ArraySlice<Request>
    private var running: [Running] = []

    /// - Parameters:
    ///   - chunk: most prompt tokens of one request in one pass; nil: the whole prompt.
    ///   - batch: most requests in one pass.
    public init(_ requests: [Request], chunk: Int? = nil, batch: Int) {
        precondition(batch >= 1 && chunk ?? 1 >= 1, "a batch and a chunk hold at least one")
        self.chunk = chunk ?? .max
        self.batch = batch
        waiting = requests[...]
    }

    /// The shares of the next pass, or nil when every request is done.
    public mutating func next() -> [TraceRequest]? {
        running.removeAll { $0.context >= $0.request.prompt + $0.request.newTokens - 1 }
        while running.count < batch, let request = waiting.popFirst() { running.append(Running(request: request)) }
        if running.isEmpty { return nil }
        return running.indices.map { slot in
            let state = running[slot]
            let rest = state.request.prompt - state.context
            let count = rest > 0 ? min(rest, chunk) : 1
            running[slot].context += count
            return TraceRequest(
                id: state.request.id, phase: rest > 0 ? .prefill : .decode, newTokens: count,
                context: running[slot].context, outputs: count < rest ? 0 : 1)
        }
    }

    /// Takes a request out before it has made all of its tokens.
    public mutating func end(_ id: Int) { running.removeAll { $0.request.id == id } }
}
