import Workload

/// What an operator trace asks of a machine: its requests and, pass by pass, their shares and their experts.
///
/// Holds counts only, a few numbers for each request and expert of a pass; the trace is read as a stream.
public struct TraceReplay: Sendable {
    public let model: ModelShape
    /// In the order in which they first appear; `contextTokens` is the context of the first pass.
    public private(set) var requests: [Request] = []
    public private(set) var steps: [SimulationStep] = []
    /// The model whose routing and lengths were carried over, if the trace is scaled.
    public let measuredModel: String?

    /// Reads a trace.
    ///
    /// - Parameters:
    ///   - limit: passes to take; nil: all.
    ///   - target: the shape that routing and lengths are carried over to.
    /// - Throws: the trace's mistakes; a shape that is not timed; routes that are not all there.
    public init(path: String, limit: Int? = nil, scaledTo target: ModelShape? = nil) throws(TraceFileError) {
        let reader = try TraceReader(path: path)
        var scaling: TraceScaling?
        if let target {
            let formats = TraceFormats(weights: .f16, activations: .f16, cache: .f16)
            scaling = try TraceScaling(
                from: reader.header, to: TraceModelShape(target), formats: formats, file: path)
            model = target
        } else {
            model = try ModelShape(reader.header, file: path)
        }
        measuredModel = (scaling?.header ?? reader.header).notes["scaled from"]
        let shape = scaling?.header.shape ?? reader.header.shape
        var places: [Int: Int] = [:]
        var pass = TraceIteration(number: 0, requests: [])
        while steps.count < limit ?? .max, try reader.next(into: &pass) {
            let pass = scaling?.scale(pass) ?? pass
            let name = "\(path): iteration \(pass.number)"
            guard !pass.requests.isEmpty else { throw TraceFileError(file: name, "no request takes part") }
            let shares = pass.requests.map { share(of: $0, &places) }
            guard Set(shares.map(\.request)).count == shares.count else {
                throw TraceFileError(file: name, "a request takes part twice")
            }
            let step = SimulationStep(shares: shares, expertTokens: Self.expertTokens(pass, shape))
            for layer in 0..<shape.layers where shape.isSparse(layer: layer) {
                let routed = step.expertTokens(layer: layer).reduce(0, +)
                guard routed == step.tokens * shape.topK else {
                    throw TraceFileError(
                        file: name,
                        "layer \(layer) routes \(routed) times, \(step.tokens) tokens to \(shape.topK) experts each "
                            + "need \(step.tokens * shape.topK)")
                }
            }
            steps.append(step)
        }
        if steps.isEmpty { throw TraceFileError(file: path, "the trace has no iterations") }
    }

    private mutating func share(of asked: TraceRequest, _ places: inout [Int: Int]) -> SimulationStep.Share {
        if places[asked.id] == nil {
            places[asked.id] = requests.count
            requests.append(Request(id: asked.id, contextTokens: asked.context))
        }
        return SimulationStep.Share(
            request: places[asked.id]!, newTokens: asked.newTokens, context: asked.context, outputs: asked.outputs)
    }

    private static func expertTokens(_ pass: TraceIteration, _ shape: TraceModelShape) -> [[Int]] {
        guard shape.experts > 0 else { return [] }
        var counts = (0..<shape.layers).map {
            shape.isSparse(layer: $0) ? [Int](repeating: 0, count: shape.experts) : []
        }
        for (index, key) in pass.records.routes.enumerated() {
            for expert in pass.records.experts(ofRoute: index, topK: shape.topK) {
                counts[Int(key.layer)][Int(expert)] += 1
            }
        }
        return counts
    }
}
