/// The shape of a transformer: everything that decides its operators' sizes, and nothing of its weights.
///
/// Covers multi-head, grouped-query and multi-query attention, two- and three-matrix (gated) feed-forward networks and
/// mixtures of experts with top-k routing; for counting weights also latent attention (MLA) and an encoder before the
/// decoder, which operator simulation refuses (`ModelShard`). Leaves out sliding windows.
public struct ModelShape: Hashable, Sendable {
    public enum Activation: String, CaseIterable, Sendable {
        case gelu, relu, silu
    }

    /// Layer norm has a weight and a bias per element, RMS norm a weight only.
    public enum Norm: String, CaseIterable, Sendable {
        case layernorm, rmsnorm
    }

    /// Where the model gets a token's position from: a learned table, a rotation of queries and keys, or a bias of the
    /// attention scores by distance.
    public enum Positions: String, CaseIterable, Sendable {
        case learned, rope, relative
    }

    /// Which projections add a bias vector.
    public enum Bias: String, CaseIterable, Sendable {
        case none, qkv, all
    }

    /// A feed-forward network of experts, of which each token uses some.
    public struct Experts: Hashable, Sendable {
        /// Routed experts in a layer.
        public var count: Int
        /// Routed experts that each token uses.
        public var topK: Int
        /// Experts that every token uses.
        public var shared: Int
        /// Inner size of one expert.
        public var ffnSize: Int
        /// Leading layers that have a dense network instead.
        public var denseLayers: Int
        /// Behind the leading ones, the last of each this many layers is a mixture, the others are dense.
        public var interval: Int

        public init(count: Int, topK: Int, shared: Int, ffnSize: Int, denseLayers: Int = 0, interval: Int = 1) {
            self.count = count
            self.topK = topK
            self.shared = shared
            self.ffnSize = ffnSize
            self.denseLayers = denseLayers
            self.interval = interval
        }
    }

    /// Latent attention (DeepSeek-V2, arXiv 2405.04434): keys and values of a token are kept as one compressed vector.
    public struct LatentAttention: Hashable, Sendable {
        /// Elements of the compressed vector.
        public var rank: Int
        /// Elements of a head's query and key that are rotated; the keys share them.
        public var ropeSize: Int
        /// Elements of a head's value; `headSize` counts its query, the rotated elements among them.
        public var valueSize: Int

        public init(rank: Int, ropeSize: Int, valueSize: Int) {
            self.rank = rank
            self.ropeSize = ropeSize
            self.valueSize = valueSize
        }
    }

    /// A part that counts in the weights and has no operators, neither in traces nor in their timing; nil if there is none.
    public var partWithoutOperators: String? {
        if encoderLayers > 0 { return "an encoder" }
        return latentAttention == nil ? nil : "latent attention"
    }

    public var name: String
    public var layers: Int
    /// Elements of a token between the layers (d_model).
    public var hiddenSize: Int
    /// Query heads.
    public var heads: Int
    /// Key and value heads; each serves `heads / kvHeads` query heads.
    public var kvHeads: Int
    /// Elements of one head; `heads · headSize` need not be `hiddenSize`.
    public var headSize: Int
    /// Inner size of the dense feed-forward network; nil if every layer is a mixture of experts.
    public var ffnSize: Int?
    /// Weight matrices of a feed-forward network: 2 (up, down) or 3 (gate, up, down).
    public var ffnMatrices: Int
    public var activation: Activation
    public var norm: Norm
    public var positions: Positions
    /// Rows of the learned position table; nil with rotary positions.
    public var learnedPositions: Int?
    public var vocabulary: Int
    /// Whether the output head shares the embedding's weights.
    public var tiedEmbeddings: Bool
    public var bias: Bias
    public var experts: Experts?
    public var latentAttention: LatentAttention?
    /// Layers of an encoder of the same shape, to which every decoder layer attends; 0 for a decoder alone.
    public var encoderLayers: Int

    public init(
        name: String, layers: Int, hiddenSize: Int, heads: Int, kvHeads: Int, headSize: Int, ffnSize: Int?,
        ffnMatrices: Int, activation: Activation, norm: Norm, positions: Positions, learnedPositions: Int? = nil,
        vocabulary: Int, tiedEmbeddings: Bool, bias: Bias, experts: Experts? = nil,
        latentAttention: LatentAttention? = nil, encoderLayers: Int = 0
    ) {
        self.name = name
        self.layers = layers
        self.hiddenSize = hiddenSize
        self.heads = heads
        self.kvHeads = kvHeads
        self.headSize = headSize
        self.ffnSize = ffnSize
        self.ffnMatrices = ffnMatrices
        self.activation = activation
        self.norm = norm
        self.positions = positions
        self.learnedPositions = learnedPositions
        self.vocabulary = vocabulary
        self.tiedEmbeddings = tiedEmbeddings
        self.bias = bias
        self.experts = experts
        self.latentAttention = latentAttention
        self.encoderLayers = encoderLayers
    }

    /// Whether the feed-forward network of a layer (from 0) is a mixture of experts.
    public func isMixture(layer: Int) -> Bool {
        guard let experts, layer >= experts.denseLayers else { return false }
        return (layer - experts.denseLayers) % experts.interval == experts.interval - 1
    }
}
