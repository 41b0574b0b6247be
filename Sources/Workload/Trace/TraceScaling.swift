/// Carries what was measured on a small model over to a large shape: the requests with their lengths, and the routing.
///
/// Layer t of the T sparse layers of the large shape takes the routes of sparse layer ⌊t S / T⌋ of the S of the small
/// one, so both must have as many experts and choose as many. A dense shape takes lengths only. What else was recorded
/// (similarity, attention, exits, guesses) belongs to the small model and is left out. The header's source is `scaled`
/// and a note names the model that was measured: such a trace is a what-if, not a measurement of the large model.
public struct TraceScaling: Sendable {
    public let header: TraceHeader
    private let source: TraceModelShape
    /// Sparse layers of the large shape by the sparse layer of the small one whose routes they take.
    private let targets: [[Int]]
    private let plan: TraceOperatorPlan

    /// - Throws: if the shapes' experts do not match; `file` is the trace's name for the message.
    public init(
        from measured: TraceHeader, to shape: TraceModelShape, formats: TraceFormats, file: String
    ) throws(TraceFileError) {
        let source = measured.shape
        if shape.experts > 0 {
            guard source.experts == shape.experts, source.topK == shape.topK, source.sparseLayers > 0 else {
                throw TraceFileError(
                    file: file,
                    "the routing of \(source.name) (\(source.topK) of \(source.experts) experts) does not fit "
                        + "\(shape.name) (\(shape.topK) of \(shape.experts))")
            }
        }
        var notes = measured.notes
        notes["scaled from"] = source.name
        header = TraceHeader(
            shape: shape, formats: formats, source: "scaled", seed: measured.seed, temperature: measured.temperature,
            weightHash: measured.weightHash, notes: notes)
        plan = header.plan
        self.source = source
        let sparse = (0..<source.layers).filter(source.isSparse)
        var targets = [[Int]](repeating: [], count: source.layers)
        let large = (0..<shape.layers).filter(shape.isSparse)
        for (index, layer) in large.enumerated() { targets[sparse[index * sparse.count / large.count]].append(layer) }
        self.targets = targets
    }

    /// The pass as the large shape would make it.
    public func scale(_ pass: TraceIteration) -> TraceIteration {
        var result = TraceIteration(number: pass.number, requests: pass.requests)
        let topK = source.topK
        var byTarget = [[Int]](repeating: [], count: header.shape.layers)
        for (index, key) in pass.records.routes.enumerated() {
            for target in targets[Int(key.layer)] { byTarget[target].append(index) }
        }
        for (layer, routes) in byTarget.enumerated() {
            for index in routes {
                var key = pass.records.routes[index]
                key.layer = Int32(layer)
                result.records.routes.append(key)
                result.records.experts += pass.records.experts(ofRoute: index, topK: topK)
                result.records.gates += pass.records.gates[index * topK..<(index + 1) * topK]
            }
        }
        result.expand(plan)
        return result
    }
}
