/// How the tokens of the routes are put together to steps: passes through the model.
///
/// With prompts, a request is prefilled alone (its experts are the union over the prompt, or over each chunk of it),
/// then joins the others in decoding; each decoding step advances every running request by one token. A request takes
/// the place of one that has finished, in the order of the file.
public struct StepPlan: Hashable, Sendable {
    /// How many tokens of each request are its prompt.
    public enum Prompts: Hashable, Sendable {
        /// Every token is decoded.
        case none
        /// The same for all, less if the request is shorter.
        case tokens(Int)
        /// By the number of the request in the file; others have none.
        case perRequest([Int: Int])

        func count(request: Int, of length: Int) -> Int {
            switch self {
            case .none: 0
            case .tokens(let count): min(count, length)
            case .perRequest(let counts): min(counts[request] ?? 0, length)
            }
        }
    }

    /// Requests decoded at a time.
    public var batch: Int
    public var prompts: Prompts
    /// Prompt tokens in one pass; nil for the whole prompt. Layered prefill, in which a prompt crosses each layer once,
    /// moves the experts of the whole prompt; chunks move those that they share once each.
    public var prefillChunk: Int?

    public init(batch: Int = 1, prompts: Prompts = .none, prefillChunk: Int? = nil) {
        precondition(batch >= 1 && (prefillChunk ?? 1) >= 1, "batches and chunks hold at least one token")
        self.batch = batch
        self.prompts = prompts
        self.prefillChunk = prefillChunk
    }

    /// One pass through the model.
    public struct Step: Hashable, Sendable {
        public let isPrefill: Bool
        /// Positions in `Routes.tokens`.
        public let tokens: [Int]
        /// Whether the step yields a token of output for each request in it: decoding, and the end of a prompt.
        public let yieldsToken: Bool
    }

    /// The steps in the order of time.
    public func steps(of routes: Routes) -> [Step] {
        var waiting = Self.requests(of: routes)[...]
        var running: [Range<Int>] = []
        var steps: [Step] = []
        while !waiting.isEmpty || !running.isEmpty {
            while running.count < batch, let next = waiting.popFirst() {
                let prompt = prompts.count(request: routes.tokens[next.lowerBound].request, of: next.count)
                let end = next.lowerBound + prompt
                for start in stride(from: next.lowerBound, to: end, by: prefillChunk ?? max(prompt, 1)) {
                    let stop = min(start + (prefillChunk ?? prompt), end)
                    steps.append(Step(isPrefill: true, tokens: Array(start..<stop), yieldsToken: stop == end))
                }
                if end < next.upperBound { running.append(end..<next.upperBound) }
            }
            guard !running.isEmpty else { continue }
            steps.append(Step(isPrefill: false, tokens: running.map(\.lowerBound), yieldsToken: true))
            running = running.compactMap { $0.count > 1 ? $0.lowerBound + 1..<$0.upperBound : nil }
        }
        return steps
    }

    /// The tokens of each request, as ranges of `Routes.tokens`.
    static func requests(of routes: Routes) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        for index in routes.tokens.indices.dropFirst()
        where routes.tokens[index].request != routes.tokens[index - 1].request {
            ranges.append(start..<index)
            start = index
        }
        if !routes.tokens.isEmpty { ranges.append(start..<routes.tokens.count) }
        return ranges
    }
}
