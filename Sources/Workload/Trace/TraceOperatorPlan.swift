/// Names the operators of a model shape for a set of requests, with shapes, bytes and dependencies.
///
/// The one place where operators are named: a run of the functional model and an expansion of a shape without weights
/// both come through here, so for the same requests (and the same routing) they give the same operators.
public struct TraceOperatorPlan: Sendable {
    public let shape: TraceModelShape
    public let formats: TraceFormats

    public init(shape: TraceModelShape, formats: TraceFormats) {
        self.shape = shape
        self.formats = formats
    }

    /// Operators before the first layer.
    public func before(_ requests: [TraceRequest]) -> [TraceOperator] {
        let tokens = requests.reduce(0) { $0 + $1.newTokens }
        var list = TraceOperatorList()
        let rows = shape.isRotary ? shape.embeddingWidth : shape.embeddingWidth + shape.width
        list.add(
            operation(
                .embed, tokens, shape.embeddingWidth, format: formats.weights, input: 4 * tokens,
                weights: formats.weights.bytes(tokens * rows)), after: [])
        if shape.embeddingWidth != shape.width {
            list.add(
                product(.embedProjection, tokens, shape.width, shape.embeddingWidth, bias: false), after: [0])
        }
        return list.operators
    }

    /// Operators of one layer.
    /// - Parameter expertTokens: tokens routed to each expert, `[experts]`; empty for a dense layer.
    public func layer(_ layer: Int, _ requests: [TraceRequest], expertTokens: [Int] = []) -> [TraceOperator] {
        let tokens = requests.reduce(0) { $0 + $1.newTokens }
        var list = TraceOperatorList()
        /// The operator that made the residual stream: at first the one before the layer.
        var stream = -1
        var input = stream
        if shape.normsFirst { input = list.add(norm(.normAttention, tokens), after: [stream]) }
        let attended = attention(layer, requests, tokens, after: input, into: &list)
        stream = list.add(residual(.residualAttention, tokens), after: [attended, stream])
        if !shape.normsFirst { stream = list.add(norm(.normAttention, tokens), after: [stream]) }
        input = stream
        if shape.normsFirst { input = list.add(norm(.normFeedForward, tokens), after: [stream]) }
        let parts =
            shape.isSparse(layer: layer)
            ? sparse(tokens, expertTokens, after: input, into: &list)
            : [dense(tokens, width: shape.feedForwardWidth, after: input, into: &list)]
        stream = list.add(residual(.residualFeedForward, tokens), after: parts + [stream])
        if !shape.normsFirst { list.add(norm(.normFeedForward, tokens), after: [stream]) }
        return list.operators
    }

    /// Operators after the last layer; none if no request has an output.
    public func after(_ requests: [TraceRequest]) -> [TraceOperator] {
        let outputs = requests.reduce(0) { $0 + $1.outputs }
        guard outputs > 0 else { return [] }
        var list = TraceOperatorList()
        var last = -1
        if shape.hasFinalNorm { last = list.add(norm(.normFinal, outputs), after: [last]) }
        if shape.embeddingWidth != shape.width {
            last = list.add(
                product(.embedProjection, outputs, shape.embeddingWidth, shape.width, bias: false), after: [last])
        }
        list.add(product(.head, outputs, shape.vocabulary, shape.embeddingWidth, bias: false), after: [last])
        return list.operators
    }

    private func attention(
        _ layer: Int, _ requests: [TraceRequest], _ tokens: Int, after input: Int, into list: inout TraceOperatorList
    ) -> Int {
        let projected = shape.queryWidth + 2 * shape.keyWidth
        let qkv = list.add(
            product(.queryKeyValue, tokens, projected, shape.width, bias: shape.hasQueryKeyValueBias), after: [input])
        var queries = qkv
        if shape.isRotary {
            let width = shape.queryWidth + shape.keyWidth
            let norms = shape.hasQueryKeyNorm ? formats.weights.bytes(2 * shape.headWidth) : 0
            queries = list.add(
                operation(
                    .rope, tokens, width, format: formats.activations, input: activations(tokens * width),
                    weights: norms), after: [qkv])
        }
        let window = shape.window(layer: layer)
        let keys = requests.reduce(0) { $0 + $1.keys(window: window) }
        let pairs = activations(requests.reduce(0) { $0 + $1.pairs(window: window) } * shape.heads)
        let cache = formats.cache.bytes(keys * shape.keyWidth)
        func step(_ kind: TraceOperatorKind, _ n: Int, _ k: Int, _ input: Int, _ weights: Int, _ output: Int)
            -> TraceOperator
        {
            TraceOperator(
                kind: kind, rows: tokens, columns: n, inner: k, heads: shape.heads,
                format: kind == .softmax ? formats.activations : formats.cache, inputBytes: input,
                weightBytes: weights, outputBytes: output, window: window)
        }
        let width = activations(tokens * shape.queryWidth)
        let logit = list.add(step(.logit, keys, shape.headWidth, width, cache, pairs), after: [queries])
        let softmax = list.add(step(.softmax, keys, 0, pairs, 0, pairs), after: [logit])
        let attend = list.add(step(.attend, shape.headWidth, keys, pairs, cache, width), after: [softmax, qkv])
        return list.add(
            product(.projection, tokens, shape.width, shape.queryWidth, bias: shape.hasOutputBias), after: [attend])
    }

    private func dense(_ tokens: Int, width: Int, after input: Int, into list: inout TraceOperatorList) -> Int {
        let bias = shape.hasFeedForwardBias
        let first = list.add(
            shape.isGated
                ? product(.gateUp, tokens, 2 * width, shape.width, bias: bias)
                : product(.fc1, tokens, width, shape.width, bias: bias), after: [input])
        let activation = list.add(
            operation(
                .activation, tokens, width, format: formats.activations,
                input: activations(tokens * width * (shape.isGated ? 2 : 1))), after: [first])
        return list.add(
            product(shape.isGated ? .down : .fc2, tokens, shape.width, width, bias: bias), after: [activation])
    }

    /// - Returns: the operators whose outputs the residual sums.
    private func sparse(
        _ tokens: Int, _ expertTokens: [Int], after input: Int, into list: inout TraceOperatorList
    ) -> [Int] {
        precondition(expertTokens.count == shape.experts, "tokens of every expert")
        let router = list.add(product(.router, tokens, shape.experts, shape.width, bias: false), after: [input])
        var parts: [Int] = []
        for (expert, count) in expertTokens.enumerated() where count > 0 {
            let weights = shape.expertWidth * shape.width * (shape.isGated ? 3 : 2)
            var operation = TraceOperator(
                kind: .expert, rows: count, columns: shape.expertWidth, inner: shape.width, format: formats.weights,
                inputBytes: activations(count * shape.width), weightBytes: formats.weights.bytes(weights),
                outputBytes: activations(count * shape.width))
            operation.expert = expert
            parts.append(list.add(operation, after: [router, input]))
        }
        if shape.sharedWidth > 0 {
            parts.append(list.add(product(.sharedGate, tokens, 1, shape.width, bias: false), after: [input]))
            parts.append(dense(tokens, width: shape.sharedWidth, after: input, into: &list))
        }
        return parts
    }

    private func activations(_ count: Int) -> Int { formats.activations.bytes(count) }

    private func product(_ kind: TraceOperatorKind, _ m: Int, _ n: Int, _ k: Int, bias: Bool) -> TraceOperator {
        TraceOperator(
            kind: kind, rows: m, columns: n, inner: k, format: formats.weights, inputBytes: activations(m * k),
            weightBytes: formats.weights.bytes(n * k + (bias ? n : 0)), outputBytes: activations(m * n))
    }

    private func operation(
        _ kind: TraceOperatorKind, _ m: Int, _ n: Int, format: TraceFormat, input: Int, weights: Int = 0
    ) -> TraceOperator {
        TraceOperator(
            kind: kind, rows: m, columns: n, format: format, inputBytes: input, weightBytes: weights,
            outputBytes: activations(m * n))
    }

    private func norm(_ kind: TraceOperatorKind, _ rows: Int) -> TraceOperator {
        operation(
            kind, rows, shape.width, format: formats.activations, input: activations(rows * shape.width),
            weights: formats.weights.bytes(shape.normVectors * shape.width))
    }

    private func residual(_ kind: TraceOperatorKind, _ rows: Int) -> TraceOperator {
        operation(kind, rows, shape.width, format: formats.activations, input: activations(2 * rows * shape.width))
    }
}

/// Operators in order, with dependencies given by index and kept as distances.
struct TraceOperatorList {
    private(set) var operators: [TraceOperator] = []

    /// - Parameter after: indices in this list; −1 is the operator before its first.
    /// - Returns: the operator's index.
    @discardableResult
    mutating func add(_ operation: TraceOperator, after: [Int]) -> Int {
        var operation = operation
        operation.after = TraceDependencies(after.map { operators.count - $0 })
        operators.append(operation)
        return operators.count - 1
    }
}
