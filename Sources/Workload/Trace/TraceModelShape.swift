/// The shape of a model, as far as its operators depend on it: the same whether weights exist or not.
///
/// Widths count elements.
public struct TraceModelShape: Sendable, Equatable {
    public var name: String
    public var layers: Int
    /// Width of the residual stream.
    public var width: Int
    public var heads: Int
    public var keyValueHeads: Int
    public var headWidth: Int
    /// Inner width of a dense feed-forward block; 0 if no layer has one.
    public var feedForwardWidth: Int
    /// Gate, up and down matrices instead of two.
    public var isGated: Bool
    public var vocabulary: Int
    /// Routed experts per sparse layer; 0 for a dense model.
    public var experts = 0
    public var topK = 0
    public var expertWidth = 0
    /// Inner width of the shared expert; 0 if there is none.
    public var sharedWidth = 0
    /// Layers that are dense although the model has experts, ascending.
    public var denseLayers: [Int] = []
    /// Positions by rotation; otherwise by learned rows.
    public var isRotary = true
    /// LayerNorm with scale and shift (2 vectors), RMSNorm (1), none (0).
    public var normVectors = 1
    /// Norm before each block rather than after.
    public var normsFirst = true
    public var hasFinalNorm = true
    public var hasQueryKeyValueBias = false
    public var hasOutputBias = false
    public var hasFeedForwardBias = false
    public var hasQueryKeyNorm = false
    /// The output matrix is the embedding.
    public var isTied = false
    /// Width of the embedding.
    public var embeddingWidth: Int
    /// Keys a token sees, itself included, per layer (0: all); empty if no layer limits them.
    public var windows: [Int] = []

    public init(
        name: String, layers: Int, width: Int, heads: Int, keyValueHeads: Int, headWidth: Int, feedForwardWidth: Int,
        isGated: Bool, vocabulary: Int
    ) {
        self.name = name
        self.layers = layers
        self.width = width
        self.heads = heads
        self.keyValueHeads = keyValueHeads
        self.headWidth = headWidth
        self.feedForwardWidth = feedForwardWidth
        self.isGated = isGated
        self.vocabulary = vocabulary
        embeddingWidth = width
    }

    public func isSparse(layer: Int) -> Bool { experts > 0 && !denseLayers.contains(layer) }

    public func window(layer: Int) -> Int? { windows.isEmpty || windows[layer] == 0 ? nil : windows[layer] }

    /// Number of the layers that route to experts.
    public var sparseLayers: Int { experts > 0 ? layers - denseLayers.count : 0 }

    public var queryWidth: Int { heads * headWidth }
    /// Width of the keys, and of the values.
    public var keyWidth: Int { keyValueHeads * headWidth }
}
