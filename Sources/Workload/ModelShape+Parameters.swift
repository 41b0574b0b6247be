extension ModelShape {
    /// All weights of the model, counted one by one: embeddings, positions, layers, final norm, output head.
    public var parameterCount: Int {
        let head = tiedEmbeddings ? 0 : vocabulary * hiddenSize
        let table = (learnedPositions ?? 0) * hiddenSize
        return vocabulary * hiddenSize + table + (0..<layers).reduce(0) { $0 + parameterCount(layer: $1) }
            + normParameters + head
    }

    /// The weights of one layer (from 0).
    public func parameterCount(layer: Int) -> Int {
        let queries = heads * headSize
        let keysAndValues = 2 * kvHeads * headSize
        let projections = hiddenSize * (queries + keysAndValues) + queries * hiddenSize
        let attentionBias =
            switch bias {
            case .none: 0
            case .qkv: queries + keysAndValues
            case .all: queries + keysAndValues + hiddenSize
            }
        return projections + attentionBias + feedForwardParameters(layer: layer) + 2 * normParameters
    }

    /// The weights of one norm: weight and bias, or weight alone.
    public var normParameters: Int { norm == .layernorm ? 2 * hiddenSize : hiddenSize }

    /// Elements that one token adds to the key and value caches of one layer.
    public var cacheElementsPerTokenAndLayer: Int { 2 * kvHeads * headSize }

    private func feedForwardParameters(layer: Int) -> Int {
        if let experts, isMixture(layer: layer) {
            let router = hiddenSize * experts.count
            return router + (experts.count + experts.shared) * networkParameters(experts.ffnSize)
        }
        return networkParameters(ffnSize ?? 0)
    }

    private func networkParameters(_ inner: Int) -> Int {
        let matrices = ffnMatrices * hiddenSize * inner
        return bias == .all ? matrices + (ffnMatrices - 1) * inner + hiddenSize : matrices
    }
}
