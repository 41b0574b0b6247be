/// One pass of a model over a set of requests: the operators of every layer, and what was recorded per token.
public struct TraceIteration: Sendable, Equatable {
    public var number: Int
    /// In the order in which the pass computed them; ids are unique.
    public var requests: [TraceRequest]
    public private(set) var before: [TraceOperator] = []
    /// Layers with identical operators, in order; together they are all layers.
    public private(set) var runs: [LayerRun] = []
    /// The operators of all runs, one layer of each.
    public private(set) var layerOperators: [TraceOperator] = []
    public private(set) var after: [TraceOperator] = []
    public var records = TraceRecords()

    /// Consecutive layers with identical operators.
    public struct LayerRun: Sendable, Equatable {
        public var first: Int
        public var count: Int
        /// Into `layerOperators`.
        public var operators: Range<Int>
    }

    public init(number: Int, requests: [TraceRequest]) {
        self.number = number
        self.requests = requests
    }

    /// Expands the plan for the requests; experts take the tokens that `records.routes` sends them.
    public mutating func expand(_ plan: TraceOperatorPlan) {
        before = plan.before(requests)
        after = plan.after(requests)
        runs.removeAll(keepingCapacity: true)
        layerOperators.removeAll(keepingCapacity: true)
        var counts = [[Int]](repeating: [], count: plan.shape.layers)
        for layer in counts.indices where plan.shape.isSparse(layer: layer) {
            counts[layer] = Array(repeating: 0, count: plan.shape.experts)
        }
        for (index, key) in records.routes.enumerated() {
            for expert in records.experts(ofRoute: index, topK: plan.shape.topK) {
                counts[Int(key.layer)][Int(expert)] += 1
            }
        }
        for layer in 0..<plan.shape.layers {
            appendLayer(plan.layer(layer, requests, expertTokens: counts[layer]))
        }
    }

    /// Appends the operators of the next layer; a layer like the one before it only lengthens its run.
    public mutating func appendLayer(_ operators: [TraceOperator]) {
        if let last = runs.last, layerOperators[last.operators].elementsEqual(operators) {
            runs[runs.count - 1].count += 1
            return
        }
        let start = layerOperators.count
        layerOperators += operators
        runs.append(LayerRun(first: layerCount, count: 1, operators: start..<layerOperators.count))
    }

    public var layerCount: Int { runs.last.map { $0.first + $0.count } ?? 0 }

    /// The operators of one layer.
    public func operators(layer: Int) -> ArraySlice<TraceOperator> {
        let run = runs.last { $0.first <= layer }!
        return layerOperators[run.operators]
    }

    /// All operators of the pass, layers written out.
    public var operatorCount: Int {
        before.count + after.count + runs.reduce(0) { $0 + $1.count * $1.operators.count }
    }

    /// Multiply-accumulates of one operator; attention counts the whole rectangle of new tokens and keys.
    public func macs(of operation: TraceOperator, isGated: Bool) -> Int {
        switch operation.kind {
        case .logit:
            return operation.heads * operation.inner
                * requests.reduce(0) { $0 + $1.pairs(window: operation.window) }
        case .attend:
            return operation.heads * operation.columns
                * requests.reduce(0) { $0 + $1.pairs(window: operation.window) }
        case .expert: return (isGated ? 3 : 2) * operation.rows * operation.columns * operation.inner
        default: return operation.rows * operation.columns * operation.inner
        }
    }

    /// Multiply-accumulates of the whole pass.
    public func macs(isGated: Bool) -> Int {
        func sum(_ operators: some Sequence<TraceOperator>) -> Int {
            operators.reduce(0) { $0 + macs(of: $1, isGated: isGated) }
        }
        return sum(before) + sum(after) + runs.reduce(0) { $0 + $1.count * sum(layerOperators[$1.operators]) }
    }

    /// The pass as these requests alone would have made it, or nil if none of them is in it.
    ///
    /// Exact: a token's routing and everything recorded of it do not depend on the other requests, and the operators
    /// follow from the requests and the routes.
    public func cut(_ ids: Set<Int>, plan: TraceOperatorPlan) -> TraceIteration? {
        var result = TraceIteration(number: number, requests: requests.filter { ids.contains($0.id) })
        guard !result.requests.isEmpty else { return nil }
        result.records = records.cut(ids, topK: plan.shape.topK)
        result.expand(plan)
        return result
    }

    // MARK: Reading

    mutating func reset() {
        requests.removeAll(keepingCapacity: true)
        before.removeAll(keepingCapacity: true)
        runs.removeAll(keepingCapacity: true)
        layerOperators.removeAll(keepingCapacity: true)
        after.removeAll(keepingCapacity: true)
        records.removeAll()
    }

    mutating func appendBefore(_ operation: TraceOperator) { before.append(operation) }

    mutating func appendAfter(_ operation: TraceOperator) { after.append(operation) }

    mutating func beginRun(first: Int, count: Int) {
        runs.append(LayerRun(first: first, count: count, operators: layerOperators.count..<layerOperators.count))
    }

    mutating func appendToRun(_ operation: TraceOperator) {
        layerOperators.append(operation)
        runs[runs.count - 1].operators = runs[runs.count - 1].operators.lowerBound..<layerOperators.count
    }
}
