/// What a decoder-only transformer is made of: shapes and switches, read from a HuggingFace `config.json`.
///
/// One structure covers all families; a family is a set of switches, not a branch in the forward pass. Widths count
/// elements, `layers` and `heads` count pieces.
public struct ModelConfig: Sendable, Equatable {
    /// The layouts of tensor names and defaults that are known; raw values are `model_type` of the config.
    public enum Family: String, Sendable, CaseIterable {
        case llama, mistral, qwen2, qwen3, mixtral
        case qwen2MoE = "qwen2_moe"
        case qwen3MoE = "qwen3_moe"
        case gpt2, opt
    }

    /// How activations are normalised; `epsilon` is added to the mean square or the variance.
    public enum Norm: Sendable, Equatable {
        case rms(epsilon: Float)
        /// With a bias; `affine` false means neither scale nor shift.
        case layer(epsilon: Float, affine: Bool)
    }

    /// How a token's position enters.
    public enum Positions: Sendable, Equatable {
        case rotary(RotaryEmbedding)
        /// A learned row per position, of which the first `offset` are unused.
        case learned(offset: Int)
    }

    /// The nonlinearity of the feed-forward block.
    public enum Activation: Sendable, Equatable {
        case silu, relu
        /// x Φ(x), through the error function.
        case gelu
        /// The tanh approximation of GELU (`gelu_new`, `gelu_pytorch_tanh`, `gelu_fast`).
        case geluTanh
        /// x σ(1.702 x)
        case quickGelu
    }

    /// Routed experts.
    public struct Experts: Sendable, Equatable {
        public var count: Int
        /// Experts per token.
        public var topK: Int
        /// Inner width of one expert.
        public var width: Int
        /// Inner width of the shared expert that every token takes, scaled by a sigmoid gate; nil if there is none.
        public var sharedWidth: Int?
        /// Whether the chosen experts' softmax weights are divided by their sum.
        public var normalisesWeights: Bool
    }

    public var family: Family
    public var vocabulary: Int
    /// Width of the residual stream.
    public var width: Int
    public var layers: Int
    public var heads: Int
    public var keyValueHeads: Int
    public var headWidth: Int
    /// Inner width of a dense feed-forward block.
    public var feedForwardWidth: Int
    /// Positions the model was made for; a hard limit for learned positions only.
    public var maximumPositions: Int
    public var norm: Norm
    public var positions: Positions
    public var activation: Activation
    /// Gate, up and down (SwiGLU) instead of two matrices.
    public var isGated: Bool
    public var experts: Experts?
    /// Layers with a dense block although the model has experts.
    public var denseLayers: Set<Int> = []
    /// The output matrix is the embedding.
    public var isTied: Bool
    public var hasQueryKeyValueBias: Bool
    public var hasOutputBias: Bool
    public var hasFeedForwardBias: Bool
    /// RMSNorm over each head of queries and keys before the rotation (Qwen3).
    public var hasQueryKeyNorm = false
    /// Norm before each block (all but OPT-350M).
    public var normsFirst = true
    /// A norm before the output matrix (all but OPT-350M).
    public var hasFinalNorm = true
    /// Width of the embedding where it differs from `width` (OPT-350M), with projections in and out.
    public var embeddingWidth: Int
    /// Keys a query sees, itself included, per layer; nil: all before it.
    public var windows: [Int?]
    /// Tokens that end a text.
    public var endTokens: [Int] = []
    /// The token that begins a document, if the config names one.
    public var beginToken: Int?

    public func isSparse(layer: Int) -> Bool { experts != nil && !denseLayers.contains(layer) }

    /// Columns of the fused query, key, value product.
    public var queryKeyValueWidth: Int { (heads + 2 * keyValueHeads) * headWidth }
}
