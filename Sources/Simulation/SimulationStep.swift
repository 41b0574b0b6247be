import Workload

/// One step of a run: what each request in it computes, and in a mixture of experts where its tokens go.
public struct SimulationStep: Sendable, Equatable {
    /// One request's part.
    public struct Share: Sendable, Equatable {
        /// Position in the run's requests.
        public var request: Int
        /// Tokens computed: 1 in decoding, more of a prompt.
        public var newTokens: Int
        /// Tokens in its cache after the step, the new ones included.
        public var context: Int
        /// Tokens whose logits are computed.
        public var outputs: Int
        /// The sub-batch that it goes with.
        public var subBatch: Int

        public init(request: Int, newTokens: Int = 1, context: Int, outputs: Int = 1, subBatch: Int = 0) {
            precondition(newTokens >= 1 && context >= newTokens, "a step's context holds its new tokens")
            self.request = request
            self.newTokens = newTokens
            self.context = context
            self.outputs = outputs
            self.subBatch = subBatch
        }
    }

    /// At least one.
    public var shares: [Share]
    /// Tokens of each expert, by layer; empty for dense layers.
    public var expertTokens: [[Int]]

    public init(shares: [Share], expertTokens: [[Int]] = []) {
        self.shares = shares
        self.expertTokens = expertTokens
    }

    public var tokens: Int { shares.reduce(0) { $0 + $1.newTokens } }
    public var outputs: Int { shares.reduce(0) { $0 + $1.outputs } }

    /// Parts that the step is cut into, each with a share at least.
    var subBatches: Int { 1 + (shares.map(\.subBatch).max() ?? 0) }

    func expertTokens(layer: Int) -> [Int] { layer < expertTokens.count ? expertTokens[layer] : [] }

    /// Decode steps of requests that all stay for the whole run.
    static func decoding(_ requests: [Request], iterations: Int) -> [SimulationStep] {
        (0..<iterations).map { iteration in
            SimulationStep(
                shares: requests.indices.map {
                    Share(request: $0, context: requests[$0].contextTokens + iteration)
                })
        }
    }
}
