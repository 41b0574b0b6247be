/// The feed-forward block of one layer: dense, or routed to experts.
final class FeedForward {
    private let config: ModelConfig
    private let inner = Matrix()
    private let upper = Matrix()
    private let gathered = Matrix()
    private let expertOutput = Matrix()
    private let routerLogits = Matrix()
    private var router: Router

    init(_ config: ModelConfig) {
        self.config = config
        router = Router(config)
    }

    /// - Parameters:
    ///   - input: `[rows, width]`
    ///   - output: `[rows, width]`, overwritten
    func apply(
        _ weights: FeedForwardWeights, _ layer: Int, input: Matrix, output: Matrix, probe: ForwardProbe?
    ) throws(ModelFileError) {
        switch weights {
        case .dense(let dense):
            try apply(dense, input.pointer, rows: input.rows, into: output.pointer)
        case .sparse(let gate, let experts, let shared, let sharedGate):
            routerLogits.reshape(input.rows, gate.outputs)
            try gate.apply(
                input.pointer, ldx: input.columns, rows: input.rows, into: routerLogits.pointer, ldy: gate.outputs)
            router.route(routerLogits)
            probe?.routed(layer: layer, router)
            output.fill(0)
            try applyExperts(experts, input: input, output: output)
            if let shared, let sharedGate { try applyShared(shared, sharedGate, input: input, output: output) }
        }
    }

    private func apply(
        _ weights: DenseWeights, _ x: UnsafePointer<Float>, rows: Int, into y: UnsafeMutablePointer<Float>
    ) throws(ModelFileError) {
        let width = weights.up.outputs
        inner.reshape(rows, width)
        if let gate = weights.gate {
            upper.reshape(rows, width)
            try gate.apply(x, ldx: config.width, rows: rows, into: inner.pointer, ldy: width)
            try weights.up.apply(x, ldx: config.width, rows: rows, into: upper.pointer, ldy: width)
            config.activation.apply(gate: inner.pointer, up: upper.pointer, count: inner.count)
        } else {
            try weights.up.apply(x, ldx: config.width, rows: rows, into: inner.pointer, ldy: width)
            config.activation.apply(inner.pointer, count: inner.count)
        }
        try weights.down.apply(inner.pointer, ldx: width, rows: rows, into: y, ldy: config.width)
    }

    /// Each expert once over the tokens routed to it, in the order of the experts.
    private func applyExperts(_ experts: [DenseWeights], input: Matrix, output: Matrix) throws(ModelFileError) {
        let width = config.width
        for (expert, weights) in experts.enumerated() {
            let visits = router.visits(of: expert)
            if visits.isEmpty { continue }
            gathered.reshape(visits.count, width)
            expertOutput.reshape(visits.count, width)
            for (index, visit) in visits.enumerated() {
                gathered.row(index).update(from: input.row(visit.row), count: width)
            }
            try apply(weights, gathered.pointer, rows: visits.count, into: expertOutput.pointer)
            for (index, visit) in visits.enumerated() {
                Vector.add(expertOutput.row(index), times: visit.weight, to: output.row(visit.row), count: width)
            }
        }
    }

    private func applyShared(
        _ shared: DenseWeights, _ gate: Linear, input: Matrix, output: Matrix
    ) throws(ModelFileError) {
        let (rows, width) = (input.rows, config.width)
        expertOutput.reshape(rows, width)
        try apply(shared, input.pointer, rows: rows, into: expertOutput.pointer)
        routerLogits.reshape(rows, 1)
        try gate.apply(input.pointer, ldx: width, rows: rows, into: routerLogits.pointer, ldy: 1)
        for row in 0..<rows {
            let weight = 1 / (1 + Vector.exp(-routerLogits.pointer[row]))
            Vector.add(expertOutput.row(row), times: weight, to: output.row(row), count: width)
        }
    }
}
