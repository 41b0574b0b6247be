import Workload

extension ModelDimensions {
    /// The sizes of a model shape; an encoder or latent attention has none here and is refused before.
    public init(_ shape: ModelShape) {
        self.init(
            layers: shape.layers, hidden: shape.hiddenSize, heads: shape.heads, keyValueHeads: shape.kvHeads,
            headSize: shape.headSize, feedForward: shape.ffnSize ?? 0, isGated: shape.ffnMatrices == 3,
            vocabulary: shape.vocabulary,
            experts: shape.experts.map { experts in
                MixtureOfExperts(
                    experts: experts.count, active: experts.topK, feedForward: experts.ffnSize,
                    sharedFeedForward: experts.shared * experts.ffnSize,
                    layers: (0..<shape.layers).reduce(0) { $0 + (shape.isMixture(layer: $1) ? 1 : 0) })
            })
    }
}
