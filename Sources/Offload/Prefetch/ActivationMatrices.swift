/// The experts that past requests used, layer by layer, and which of them is most like the current request.
///
/// MoE-Infinity (arXiv 2401.14361) keeps one matrix of layers and experts for each request and finds the nearest by
/// cosine distance; here once a step, over the last 64 requests.
struct ActivationMatrices {
    private static let kept = 64

    private let shape: RouteShape
    private var past: [[Float]] = []
    private var current: [Float]
    private var request: Int?
    private var nearest: Int?

    init(_ shape: RouteShape) {
        self.shape = shape
        current = Array(repeating: 0, count: shape.blocks)
    }

    mutating func learn(_ events: ExpertEvents, _ event: Int) {
        let step = event / shape.layers
        if events.firstRequest[step] != request {
            if request != nil {
                past.append(current)
                if past.count > Self.kept { past.removeFirst() }
            }
            request = events.firstRequest[step]
            current = Array(repeating: 0, count: shape.blocks)
            nearest = nil
        }
        let layer = event % shape.layers
        for entry in events.offsets[event]..<events.offsets[event + 1] {
            current[layer * shape.experts + Int(events.experts[entry])] += Float(events.tokenCounts[entry])
        }
        if layer == 0 || nearest == nil { findNearest() }
    }

    /// The uses of the layer `ahead` of an event in the nearest request and in this one; false if there is none.
    func score(_ events: ExpertEvents, event: Int, ahead: Int, into scores: inout [Double]) -> Bool {
        let base = (event % shape.layers + ahead) * shape.experts
        var sum: Float = 0
        for expert in 0..<shape.experts {
            let uses = current[base + expert] + (nearest.map { past[$0][base + expert] } ?? 0)
            scores[expert] = Double(uses)
            sum += uses
        }
        guard sum > 0 else { return false }
        for expert in 0..<shape.experts { scores[expert] /= Double(sum) }
        return true
    }

    private mutating func findNearest() {
        var best: Float = -1
        for (index, matrix) in past.enumerated() {
            var product: Float = 0
            var norm: Float = 0
            for block in current.indices {
                product += current[block] * matrix[block]
                norm += matrix[block] * matrix[block]
            }
            let likeness = norm > 0 ? product / norm.squareRoot() : 0
            if likeness > best { (best, nearest) = (likeness, index) }
        }
    }
}
