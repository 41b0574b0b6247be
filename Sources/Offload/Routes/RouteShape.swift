/// The numbers that a file of expert routes must agree with.
public struct RouteShape: Hashable, Sendable {
    /// Layers that are mixtures of experts, counted from 0 in the file.
    public let layers: Int
    /// Routed experts in each of these layers.
    public let experts: Int
    /// Experts that each token uses in a layer.
    public let topK: Int

    /// At most 1024 layers, 4096 experts in each, and `topK` of them.
    public init(layers: Int, experts: Int, topK: Int) {
        precondition((1...1024).contains(layers), "a mixture of experts has 1 to 1024 layers, not \(layers)")
        precondition((1...4096).contains(experts), "a layer has 1 to 4096 experts, not \(experts)")
        precondition((1...experts).contains(topK), "a token uses 1 to \(experts) experts, not \(topK)")
        self.layers = layers
        self.experts = experts
        self.topK = topK
    }

    /// All experts of the model.
    public var blocks: Int { layers * experts }
}
