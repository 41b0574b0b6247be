/// What is fetched before a router asks for it.
public enum PrefetchPolicy: String, CaseIterable, Sendable {
    case none
    /// EdgeMoE (arXiv 2308.14352): the likeliest experts of the next layer, by how often each followed the experts of
    /// the two layers before; given up when the router has decided.
    case statistics
    /// Fate (arXiv 2502.12224): the next layer's gate on this layer's gate input, and some more near the threshold.
    case crossLayer = "cross-layer"
    /// Knows the next events, into the next step.
    case oracle
    /// Pre-gated MoE (arXiv 2308.12066): each gate chooses for the layer after it, without error; the first layer of a
    /// step is not known before.
    case preGate = "pre-gate"
    /// Read-ME (arXiv 2410.19123): a router ahead of the model chooses for all layers when the step begins.
    case routerAhead = "router-ahead"
    /// Mixtral-offloading (arXiv 2312.17238): the next layer's gate on the current hidden state, one or two experts,
    /// once the current layer's are in.
    case speculative
    /// MoE-Infinity (arXiv 2401.14361): the layers ahead of the stored request most like the current one, nearer
    /// layers first.
    case activationMatrix = "activation-matrix"
    /// SE-MoE (arXiv 2205.10034): whole layers through a ring; the layer that has been computed makes room for the one
    /// the ring's length ahead. Uses no cache and guesses nothing.
    case ring
}

/// A prefetch policy with its numbers.
///
/// Gates cannot be run on a file of routes: where a policy guesses with a gate, each expert that will be needed is
/// guessed with the probability `recall`, and a wrong guess stands for it otherwise.
public struct PrefetchSpecification: Sendable {
    public var policy: PrefetchPolicy
    /// Experts prefetched or on their way at most, beyond the cache.
    public var staging: Int
    /// Layers ahead that are guessed.
    public var lookahead: Int
    /// Guesses for a layer at most; nil for as many as there is staging.
    public var width: Int?
    /// Share of the needed experts that a gate guesses.
    public var recall: Double
    /// Experts that `cross-layer` guesses beyond those of its gate.
    public var widening: Int
    /// Layers that the ring holds.
    public var ringLayers: Int
    /// Events from which `statistics` has learned before the start; afterwards it goes on learning.
    public var training: ExpertEvents?
    public var seed: UInt64

    /// The numbers that the papers state, for a model of `shape`: recall 97.15 % widened (Fate), 66.9 % of a next
    /// layer's gate on the hidden state (measured in ProMoE, arXiv 2410.22134), two guesses (Mixtral-offloading), a
    /// ring of two layers; staging for twice what a token needs.
    public init(_ policy: PrefetchPolicy, shape: RouteShape, training: ExpertEvents? = nil, seed: UInt64 = 1) {
        self.policy = policy
        self.training = training
        self.seed = seed
        staging = max(4, 2 * shape.topK)
        lookahead = 1
        width = nil
        recall = 1
        widening = 0
        ringLayers = 2
        switch policy {
        case .crossLayer: (recall, widening) = (0.9715, 2)
        case .speculative: (recall, width) = (0.669, min(2, shape.topK))
        case .routerAhead: lookahead = shape.layers
        case .oracle: lookahead = shape.layers
        case .activationMatrix: lookahead = min(4, shape.layers)
        case .ring: staging = 2 * shape.experts
        case .none, .statistics, .preGate: break
        }
    }
}
