/// The shape of a decoder-only transformer: everything that decides its operators' sizes, and nothing of its weights.
///
/// Covers multi-head, grouped-query and multi-query attention, two- and three-matrix (gated) feed-forward networks and
/// mixtures of experts with top-k routing. Leaves out latent attention (MLA), sliding windows and encoders.
public struct ModelShape: Hashable, Sendable {
    public enum Activation: String, CaseIterable, Sendable {
        case gelu, relu, silu
    }

    /// Layer norm has a weight and a bias per element, RMS norm a weight only.
    public enum Norm: String, CaseIterable, Sendable {
        case layernorm, rmsnorm
    }

    /// Where the model gets a token's position from: a learned table, or a rotation of queries and keys.
    public enum Positions: String, CaseIterable, Sendable {
        case learned, rope
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

        public init(count: Int, topK: Int, shared: Int, ffnSize: Int, denseLayers: Int = 0) {
            self.count = count
            self.topK = topK
            self.shared = shared
            self.ffnSize = ffnSize
            self.denseLayers = denseLayers
        }
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

    public init(
        name: String, layers: Int, hiddenSize: Int, heads: Int, kvHeads: Int, headSize: Int, ffnSize: Int?,
        ffnMatrices: Int, activation: Activation, norm: Norm, positions: Positions, learnedPositions: Int? = nil,
        vocabulary: Int, tiedEmbeddings: Bool, bias: Bias, experts: Experts? = nil
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
    }

    /// Whether the feed-forward network of a layer (from 0) is a mixture of experts.
    public func isMixture(layer: Int) -> Bool {
        layer >= experts?.denseLayers ?? .max
    }
}
