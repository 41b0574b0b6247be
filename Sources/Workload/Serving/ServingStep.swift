/// What one step of continuous batching computes, and what was moved and counted before it.
public struct ServingStep: Sendable, Hashable {
    /// One request's part.
    public struct Share: Sendable, Hashable {
        public var request: Int
        /// Where its caches lie.
        public var pool: Int
        public var newTokens: Int
        /// Tokens in its cache after the step.
        public var context: Int
        /// Whether the step gives its next token: not inside a prompt.
        public var givesToken: Bool
        /// Whether these are tokens of a prompt, or are computed again.
        public var isPrefill: Bool
    }

    public var shares: [Share] = []
    /// Tokens whose caches go to the host's memory, and come back, before the step.
    public var swappedOutTokens = 0
    public var swappedInTokens = 0
    /// Requests that made room before the step.
    public var preempted = 0
    /// Requests that have arrived but do not run, and those that run, once the step begins.
    public var waiting = 0
    public var running = 0
    /// Blocks of caches in use.
    public var usedBlocks = 0

    public var promptTokens: Int { shares.reduce(0) { $0 + ($1.isPrefill ? $1.newTokens : 0) } }
    public var decodeTokens: Int { shares.reduce(0) { $0 + ($1.isPrefill ? 0 : 1) } }
    public var outputTokens: Int { shares.reduce(0) { $0 + ($1.givesToken ? 1 : 0) } }
    public var tokens: Int { shares.reduce(0) { $0 + $1.newTokens } }
}
