extension ModelShape {
    /// All weights of the model, counted one by one: embeddings, positions, layers, final norm, output head.
    public var parameterCount: Int {
        let head = tiedEmbeddings ? 0 : vocabulary * hiddenSize
        let table = (learnedPositions ?? 0) * hiddenSize
        let decoder = (0..<layers).reduce(0) { $0 + parameterCount(layer: $1) } + normParameters
        return vocabulary * hiddenSize + table + decoder + encoderParameters + head
    }

    /// The weights of the encoder: layers without cross attention, and a norm behind them.
    public var encoderParameters: Int {
        guard encoderLayers > 0 else { return 0 }
        let layers = (0..<encoderLayers).reduce(0) { sum, layer in
            sum + parameterCount(layer: layer) - attentionParameters - normParameters
        }
        return layers + normParameters
    }

    /// The weights of one layer (from 0).
    public func parameterCount(layer: Int) -> Int {
        let attentions = encoderLayers > 0 ? 2 : 1
        return attentions * (attentionParameters + normParameters) + feedForwardParameters(layer: layer)
            + normParameters
    }

    /// The weights of one attention: projections and their biases.
    public var attentionParameters: Int {
        let queries = heads * headSize
        if let latentAttention {
            let (rank, rope) = (latentAttention.rank, latentAttention.ropeSize)
            let values = heads * latentAttention.valueSize
            let down = hiddenSize * (rank + rope) + rank
            let up = rank * (heads * (headSize - rope) + values)
            return hiddenSize * queries + down + up + values * hiddenSize
        }
        let keysAndValues = 2 * kvHeads * headSize
        let projections = hiddenSize * (queries + keysAndValues) + queries * hiddenSize
        let attentionBias =
            switch bias {
            case .none: 0
            case .qkv: queries + keysAndValues
            case .all: queries + keysAndValues + hiddenSize
            }
        return projections + attentionBias
    }

    /// The weights of one norm: weight and bias, or weight alone.
    public var normParameters: Int { norm == .layernorm ? 2 * hiddenSize : hiddenSize }

    /// Elements that one token adds to the key and value caches of one layer.
    public var cacheElementsPerTokenAndLayer: Int {
        latentAttention.map { $0.rank + $0.ropeSize } ?? 2 * kvHeads * headSize
    }

    /// The weights of one routed expert; nil for a dense model.
    public var expertParameters: Int? { experts.map { networkParameters($0.ffnSize) } }

    private func feedForwardParameters(layer: Int) -> Int {
        if let experts, isMixture(layer: layer) {
            let router = hiddenSize * experts.count + (bias == .all ? experts.count : 0)
            return router + (experts.count + experts.shared) * networkParameters(experts.ffnSize)
        }
        return networkParameters(ffnSize ?? 0)
    }

    private func networkParameters(_ inner: Int) -> Int {
        let matrices = ffnMatrices * hiddenSize * inner
        return bias == .all ? matrices + (ffnMatrices - 1) * inner + hiddenSize : matrices
    }
}
