import Workload
import YAMLTree

/// What a mixture of experts weighs: its experts, and what lies between them.
///
/// The decoder is cut behind the experts of each mixture layer: a segment holds what runs from there to the next
/// router, shared experts of that layer included; the tail holds what follows the last experts. An encoder and the
/// embedding table, of which a token reads one row, are in no segment.
public struct ExpertModel: Hashable, Sendable {
    public let shape: ModelShape
    /// The mixture layers, experts and top-k, as a file of routes must have them.
    public let routes: RouteShape
    /// Weights of one routed expert.
    public let expertParameters: Int
    /// Weights of the segment before the experts of each mixture layer.
    public let segmentParameters: [Int]
    /// Transformer layers that begin in each segment, and in the tail.
    public let segmentLayers: [Int]
    public let tailParameters: Int
    public let tailLayers: Int
    /// All weights that are not routed experts.
    public let residentParameters: Int

    /// - Throws: a usage diagnostic if the model is not a mixture of experts.
    public init(_ shape: ModelShape, at place: Mark = Mark(file: "--model")) throws(DiagnosticList) {
        let mixtures = (0..<shape.layers).filter { shape.isMixture(layer: $0) }
        guard let experts = shape.experts, let expert = shape.expertParameters, !mixtures.isEmpty else {
            let message = "'\(shape.name)' is not a mixture of experts; there is nothing to offload"
            throw DiagnosticList(Diagnostic(message, at: place, kind: .usage))
        }
        var segments: [Int] = []
        var layers: [Int] = []
        var weights = 0
        var count = 0
        for layer in 0..<shape.layers {
            weights += shape.parameterCount(layer: layer)
            count += 1
            guard shape.isMixture(layer: layer) else { continue }
            segments.append(weights - experts.count * expert)
            layers.append(count)
            (weights, count) = (0, 0)
        }
        self.shape = shape
        routes = RouteShape(layers: mixtures.count, experts: experts.count, topK: experts.topK)
        expertParameters = expert
        segmentParameters = segments
        segmentLayers = layers
        tailParameters = weights + shape.normParameters + shape.vocabulary * shape.hiddenSize
        tailLayers = count
        let encoderMixtures = (0..<shape.encoderLayers).count { shape.isMixture(layer: $0) }
        residentParameters = shape.parameterCount - (mixtures.count + encoderMixtures) * experts.count * expert
    }

    /// Bytes of one expert at a width, scales and zero points included in the width.
    public func expertBytes(bitsPerWeight bits: Double) -> Int {
        Int((Double(expertParameters) * bits / 8).rounded(.up))
    }

    /// Weights that a token reads on its way through the decoder.
    public var activeParameters: Int {
        segmentParameters.reduce(0, +) + tailParameters + routes.layers * routes.topK * expertParameters
    }
}
