/// What a pass recorded per layer, request and token. Fractions are millionths, so that text keeps them exactly.
public struct TraceRecords: Sendable, Equatable {
    /// Where a record belongs; `token` is the token's position in its request, from 0.
    public struct Key: Sendable, Equatable, Hashable {
        public var layer: Int32
        public var request: Int32
        public var token: Int32

        public init(layer: Int, request: Int, token: Int) {
            self.layer = Int32(layer)
            self.request = Int32(request)
            self.token = Int32(token)
        }
    }

    /// Cosines of the residual stream across attention, across the feed-forward block and across the layer.
    public struct Similarity: Sendable, Equatable {
        public var key: Key
        public var attention: Int32
        public var feedForward: Int32
        public var block: Int32

        public init(key: Key, attention: Int32, feedForward: Int32, block: Int32) {
            self.key = key
            self.attention = attention
            self.feedForward = feedForward
            self.block = block
        }
    }

    /// Spread of a token's attention over keys, the mean over heads.
    public struct Attention: Sendable, Equatable {
        public var key: Key
        /// Mass in the heaviest 5, 10 and 20 % of keys.
        public var heaviest5: Int32
        public var heaviest10: Int32
        public var heaviest20: Int32
        /// Mass on the first token.
        public var first: Int32
        /// Mass on the last 32 keys.
        public var recent: Int32
        /// exp of the entropy, in thousandths of a key.
        public var effectiveKeys: Int32

        public init(
            key: Key, heaviest5: Int32, heaviest10: Int32, heaviest20: Int32, first: Int32, recent: Int32,
            effectiveKeys: Int32
        ) {
            self.key = key
            self.heaviest5 = heaviest5
            self.heaviest10 = heaviest10
            self.heaviest20 = heaviest20
            self.first = first
            self.recent = recent
            self.effectiveKeys = effectiveKeys
        }
    }

    /// What leaving after a layer would have chosen: through the model's head, or through a trained exit head.
    public struct Exit: Sendable, Equatable {
        public var key: Key
        public var usesExitHead: Bool
        public var token: Int32
        /// Σ min(P, Q) over the vocabulary: how often a draft sampled from Q is accepted.
        public var acceptance: Int32
        /// What the whole model would choose.
        public var modelToken: Int32

        public init(key: Key, usesExitHead: Bool, token: Int32, acceptance: Int32, modelToken: Int32) {
            self.key = key
            self.usesExitHead = usesExitHead
            self.token = token
            self.acceptance = acceptance
            self.modelToken = modelToken
        }
    }

    /// One entry per token and sparse layer, by layer, then in the order of the pass.
    public var routes: [Key] = []
    /// `[routes, topK]`, heaviest first.
    public var experts: [Int32] = []
    /// `[routes, topK]`: what scales the experts' outputs.
    public var gates: [Int32] = []
    /// One entry per token and layer before a sparse one; `layer` is the layer that guesses.
    public var guesses: [Key] = []
    /// `[guesses, 2 × guessWidth]`: the next layer's experts by its own gate, best first, on the feed-forward input of
    /// this layer and then on its output.
    public var guessedExperts: [Int32] = []
    public var similarities: [Similarity] = []
    public var attentions: [Attention] = []
    public var exits: [Exit] = []

    public init() {}

    public func experts(ofRoute index: Int, topK: Int) -> ArraySlice<Int32> {
        experts[index * topK..<(index + 1) * topK]
    }

    /// The records of these requests.
    func cut(_ ids: Set<Int>, topK: Int) -> TraceRecords {
        var result = TraceRecords()
        func keeps(_ key: Key) -> Bool { ids.contains(Int(key.request)) }
        for (index, key) in routes.enumerated() where keeps(key) {
            result.routes.append(key)
            result.experts += experts(ofRoute: index, topK: topK)
            result.gates += gates[index * topK..<(index + 1) * topK]
        }
        let guessed = guesses.isEmpty ? 0 : guessedExperts.count / guesses.count
        for (index, key) in guesses.enumerated() where keeps(key) {
            result.guesses.append(key)
            result.guessedExperts += guessedExperts[index * guessed..<(index + 1) * guessed]
        }
        result.similarities = similarities.filter { keeps($0.key) }
        result.attentions = attentions.filter { keeps($0.key) }
        result.exits = exits.filter { keeps($0.key) }
        return result
    }

    mutating func removeAll() {
        routes.removeAll(keepingCapacity: true)
        experts.removeAll(keepingCapacity: true)
        gates.removeAll(keepingCapacity: true)
        guesses.removeAll(keepingCapacity: true)
        guessedExperts.removeAll(keepingCapacity: true)
        similarities.removeAll(keepingCapacity: true)
        attentions.removeAll(keepingCapacity: true)
        exits.removeAll(keepingCapacity: true)
    }
}
