import Quantities

/// The operators that one shard executes for a batch, in an order that respects their dependencies.
///
/// A layer is: norm, QKV product, rotation (if the model has one), then logit, softmax and attend for each request,
/// output projection, all-reduce (if there are other shards), residual, norm, feed-forward network, all-reduce,
/// residual. Since attention is listed request by request and everything else is proportional to tokens, the list of
/// any sub-batch is the list of its entries. Biases are counted as bytes, not as multiply-accumulates.
public struct OperatorList: Hashable, Sendable {
    public let shard: ModelShard
    public let batch: [BatchEntry]
    public let bits: ElementBits
    public internal(set) var operators: [Operator] = []

    /// An empty list, to be filled by `appendEmbedding`, `appendLayer` and `appendHead` in that order.
    public init(shard: ModelShard, batch: [BatchEntry], bits: ElementBits) {
        precondition(!batch.isEmpty, "a step needs at least one request")
        self.shard = shard
        self.batch = batch
        self.bits = bits
    }

    /// One dense layer, by itself.
    public static func layer(of shard: ModelShard, batch: [BatchEntry], bits: ElementBits) -> OperatorList {
        var list = OperatorList(shard: shard, batch: batch, bits: bits)
        list.appendLayer(0)
        return list
    }

    /// New tokens of all requests.
    public var tokens: Int { batch.reduce(0) { $0 + $1.newTokens } }
    /// Useful multiply-accumulates of all operators.
    public var macs: Int { operators.reduce(0) { $0 + $1.macs } }

    /// The look-up of each new token in the embedding table (and in that of positions, if learned).
    public mutating func appendEmbedding() {
        var embed = Operator(.embed)
        let tables = shard.model.positions == .learned ? 2 : 1
        embed.elements = tokens * shard.model.hiddenSize
        embed.weightBytes = bits.weights(tables * embed.elements)
        embed.outputBytes = bits.activations(embed.elements)
        append(embed, after: lastAsList)
    }

    /// One layer, which begins when everything before it in the list has ended.
    ///
    /// - Parameter expertTokens: for a mixture of experts, the tokens routed to each expert, in order of experts.
    public mutating func appendLayer(_ layer: Int, expertTokens: [Int] = []) {
        let model = shard.model
        let input = lastAsList
        let norm = append(norm(.normAttention, tokens), after: input)
        let width = shard.queryWidth + 2 * shard.keyWidth
        let hasBias = model.bias != .none
        let qkv = append(product(.qkv, tokens, width, model.hiddenSize, hasBias: hasBias), after: [norm])
        let attended = appendAttention(after: model.positions == .rope ? append(rope(), after: [qkv]) : qkv)
        let proj = append(
            product(.proj, tokens, model.hiddenSize, shard.queryWidth, hasBias: model.bias == .all), after: attended)
        let reduced = appendAllReduce(.allReduceAttention, after: [proj])
        let residual = append(vector(.residualAttention, tokens * model.hiddenSize, inputs: 2), after: reduced + input)
        let normed = append(self.norm(.normFeedForward, tokens), after: [residual])
        let network =
            model.isMixture(layer: layer)
            ? appendMixture(expertTokens, after: normed)
            : [appendNetwork(.dense, tokens, inner: shard.ffnSize, after: [normed])]
        let done = appendAllReduce(.allReduceFeedForward, after: network)
        append(vector(.residualFeedForward, tokens * model.hiddenSize, inputs: 2), after: done + [residual])
    }

    /// The final norm and the output head, for the last token of each request; the head is cut by vocabulary.
    public mutating func appendHead() {
        let norm = append(norm(.normFinal, batch.count), after: lastAsList)
        append(product(.lmHead, batch.count, shard.vocabulary, shard.model.hiddenSize, hasBias: false), after: [norm])
    }
}

extension OperatorList {
    private var lastAsList: [Int] { operators.isEmpty ? [] : [operators.count - 1] }

    @discardableResult
    mutating func append(_ next: Operator, after dependencies: [Int]) -> Int {
        var next = next
        next.dependencies = dependencies
        operators.append(next)
        return operators.count - 1
    }

    /// [m, k] x [k, n] with weights [k, n].
    func product(_ kind: OperatorKind, _ m: Int, _ n: Int, _ k: Int, hasBias: Bool) -> Operator {
        var result = Operator(kind)
        (result.m, result.n, result.k) = (m, n, k)
        result.macs = m * n * k
        result.weightBytes = bits.weights(n * k + (hasBias ? n : 0))
        result.inputBytes = bits.activations(m * k)
        result.outputBytes = bits.activations(m * n)
        return result
    }

    /// An operator that computes `elements` from `inputs` times as many.
    func vector(_ kind: OperatorKind, _ elements: Int, inputs: Int) -> Operator {
        var result = Operator(kind)
        result.elements = elements
        result.inputBytes = bits.activations(inputs * elements)
        result.outputBytes = bits.activations(elements)
        return result
    }

    private func norm(_ kind: OperatorKind, _ rows: Int) -> Operator {
        var result = vector(kind, rows * shard.model.hiddenSize, inputs: 1)
        result.weightBytes = bits.weights(shard.model.normParameters)
        return result
    }

    private func rope() -> Operator {
        vector(.rope, tokens * (shard.queryWidth + shard.keyWidth), inputs: 1)
    }

    /// Logit, softmax and attend of each request; the positions of the attends.
    ///
    /// Keys are read once for all query heads that share them. The new keys are appended before the logit, the new
    /// values before the attend.
    private mutating func appendAttention(after previous: Int) -> [Int] {
        batch.map { entry in
            let scores = shard.heads * entry.attendedPairs
            let queries = bits.activations(entry.newTokens * shard.queryWidth)
            var logit = Operator(.logit)
            (logit.m, logit.n, logit.k) = (entry.newTokens, entry.context, shard.model.headSize)
            logit.inputBytes = queries
            logit.outputBytes = bits.activations(scores)
            var softmax = vector(.softmax, scores, inputs: 1)
            softmax.request = entry.request
            var attend = Operator(.attend)
            (attend.m, attend.n, attend.k) = (entry.newTokens, shard.model.headSize, entry.context)
            attend.inputBytes = logit.outputBytes
            attend.outputBytes = queries
            let first = append(withCache(logit, entry), after: [previous])
            return append(withCache(attend, entry), after: [append(softmax, after: [first])])
        }
    }

    /// A product of one request with its cached keys or values.
    private func withCache(_ product: Operator, _ entry: BatchEntry) -> Operator {
        var result = product
        result.request = entry.request
        result.heads = shard.heads
        result.macs = shard.heads * entry.attendedPairs * shard.model.headSize
        result.cacheReadBytes = bits.cached(entry.context * shard.keyWidth)
        result.cacheWriteBytes = bits.cached(entry.newTokens * shard.keyWidth)
        return result
    }

    /// The sum over all shards of each token's hidden elements; nothing if there is one shard.
    private mutating func appendAllReduce(_ kind: OperatorKind, after previous: [Int]) -> [Int] {
        guard shard.ways > 1 else { return previous }
        var reduce = vector(kind, tokens * shard.model.hiddenSize, inputs: 1)
        reduce.linkBytes = reduce.outputBytes
        return [append(reduce, after: previous)]
    }
}
