/// A decoder-only transformer that computes real tokens with real weights, in F32 on OpenBLAS.
///
/// One pass takes any mix of requests (whole prompts, parts of prompts, single tokens), each with a cache of its own:
/// token-wise products run over all rows together, attention per request. It models no time. Weights are read from the
/// mapped files when a product first needs them; experts that are never routed to are never read.
/// Not thread-safe.
public final class Transformer {
    /// What one request brings to a pass.
    public struct Segment {
        public var cache: KeyValueCache
        /// The request's next tokens; their positions follow those in the cache.
        public var tokens: [Int]
        public var outputs: Outputs

        public init(cache: KeyValueCache, tokens: [Int], outputs: Outputs) {
            self.cache = cache
            self.tokens = tokens
            self.outputs = outputs
        }
    }

    /// The tokens of a segment whose logits are computed.
    public enum Outputs: Sendable, Equatable {
        case none, last, all

        func rows(of tokens: Int) -> Int {
            switch self {
            case .none: 0
            case .last: 1
            case .all: tokens
            }
        }
    }

    /// Receives the logits of one token: the segment's number, the token's index in it, and `[vocabulary]` values that
    /// are valid during the call only.
    public typealias LogitConsumer = (_ segment: Int, _ token: Int, _ logits: UnsafeMutableBufferPointer<Float>) -> Void

    public let config: ModelConfig
    /// The folder it was read from; errors name it.
    public let folder: String
    public let store: WeightStore
    let layers: [LayerWeights]
    private let embedding: WeightTensor
    private let positionEmbedding: WeightTensor?
    private let projectIn: Linear?
    private let projectOut: Linear?
    private let finalNorm: Norm?
    private let head: Linear
    private let attention: Attention
    private let feedForward: FeedForward
    private let stream = Matrix()
    private let narrow = Matrix()
    private let normed = Matrix()
    private let update = Matrix()
    private let outputRows = Matrix()
    private let logitRows = Matrix()

    /// - Parameter folder: holds `config.json` and `model.safetensors` (or shards with their index).
    public convenience init(folder: String) throws(ModelFileError) {
        let config = try ModelConfig(file: folder + "/config.json")
        try self.init(config: config, store: try WeightStore(folder: folder), folder: folder)
    }

    public init(config: ModelConfig, store: WeightStore, folder: String) throws(ModelFileError) {
        BLAS.useOneThreadByDefault()
        self.config = config
        self.store = store
        self.folder = folder
        let prefix: String
        let names: (embedding: String, position: String?, norm: String)
        switch config.family {
        case .gpt2:
            prefix = store.contains("transformer.wte.weight") ? "transformer." : ""
            names = ("wte", "wpe", "ln_f")
        case .opt:
            prefix = store.contains("decoder.embed_tokens.weight") ? "decoder." : "model.decoder."
            names = ("embed_tokens", "embed_positions", "final_layer_norm")
        default:
            prefix = "model."
            names = ("embed_tokens", nil, "norm")
        }
        embedding = try store.tensor(
            "\(prefix)\(names.embedding).weight", shape: [config.vocabulary, config.embeddingWidth])
        if case .learned(let offset) = config.positions, let name = names.position {
            positionEmbedding = try store.tensor(
                "\(prefix)\(name).weight", shape: [config.maximumPositions + offset, config.width])
        } else {
            positionEmbedding = nil
        }
        let isProjected = config.embeddingWidth != config.width
        projectIn =
            isProjected
            ? try Linear(
                store, prefix + "project_in", inputs: config.embeddingWidth, outputs: config.width, bias: false) : nil
        projectOut =
            isProjected
            ? try Linear(
                store, prefix + "project_out", inputs: config.width, outputs: config.embeddingWidth, bias: false) : nil
        var layers: [LayerWeights] = []
        for layer in 0..<config.layers {
            layers.append(try LayerWeights(store, config, layer: layer, prefix: prefix))
        }
        self.layers = layers
        finalNorm =
            config.hasFinalNorm
            ? try Norm(store, prefix + names.norm, width: config.width, kind: config.norm) : nil
        head =
            config.isTied
            ? Linear(tied: embedding)
            : try Linear(
                store, "lm_head", inputs: config.embeddingWidth, outputs: config.vocabulary, bias: false)
        attention = Attention(config)
        feedForward = FeedForward(config)
    }

    /// Runs one pass: extends each segment's cache by its tokens and hands out the logits that were asked for.
    ///
    /// Throws if a weight that is needed is not finite, if sums overflow F32, if a token is outside the vocabulary, or
    /// if a position is beyond the learned ones; the caches are then unchanged.
    public func forward(
        _ segments: [Segment], probe: ForwardProbe? = nil, consume: LogitConsumer
    ) throws(ModelFileError) {
        let rows = segments.reduce(0) { $0 + $1.tokens.count }
        guard rows > 0 else { return }
        try embed(segments, rows: rows)
        attention.begin(segments)
        probe?.begin(rows: rows)
        for (number, layer) in layers.enumerated() {
            try run(layer, number, segments: segments, rows: rows, probe: probe)
        }
        if let bad = ElementFormat.firstNonFinite(UnsafeBufferPointer(start: stream.pointer, count: stream.count)) {
            throw ModelFileError(
                file: folder,
                "token \(bad / config.width) of the pass is not finite after the last layer: the weights overflow F32")
        }
        for segment in segments { segment.cache.length += segment.tokens.count }
        try emit(segments, consume: consume)
        if let probe { try probe.finish(self) }
    }

    private func embed(_ segments: [Segment], rows: Int) throws(ModelFileError) {
        let width = config.width
        stream.reshape(rows, width)
        if projectIn != nil { narrow.reshape(rows, config.embeddingWidth) }
        let target = projectIn == nil ? stream : narrow
        var row = 0
        for segment in segments {
            for (index, token) in segment.tokens.enumerated() {
                guard (0..<config.vocabulary).contains(token) else {
                    throw ModelFileError(
                        file: folder, "token \(token) is outside the vocabulary of \(config.vocabulary)")
                }
                try embedding.copyRow(
                    token, into: UnsafeMutableBufferPointer(start: target.row(row + index), count: target.columns))
            }
            row += segment.tokens.count
        }
        if let projectIn {
            try projectIn.apply(narrow.pointer, ldx: narrow.columns, rows: rows, into: stream.pointer, ldy: width)
        }
        guard let positionEmbedding, case .learned(let offset) = config.positions else { return }
        normed.reshape(1, width)
        row = 0
        for segment in segments {
            for position in segment.cache.length..<segment.cache.length + segment.tokens.count {
                guard position < config.maximumPositions else {
                    throw ModelFileError(
                        .unsupported, file: folder,
                        "position \(position) is beyond the model's \(config.maximumPositions) learned positions")
                }
                try positionEmbedding.copyRow(
                    position + offset, into: UnsafeMutableBufferPointer(start: normed.pointer, count: width))
                Vector.add(normed.pointer, to: stream.row(row), count: width)
                row += 1
            }
        }
    }

    private func run(
        _ layer: LayerWeights, _ number: Int, segments: [Segment], rows: Int, probe: ForwardProbe?
    ) throws(ModelFileError) {
        let width = config.width
        normed.reshape(rows, width)
        update.reshape(rows, width)
        probe?.blockBegins(layer: number, stream)
        if config.normsFirst {
            try layer.attentionNorm.apply(stream.pointer, into: normed.pointer, rows: rows, width: width)
        }
        try attention.apply(
            layer, number, segments: segments, input: config.normsFirst ? normed : stream, output: update, probe: probe)
        Vector.add(update.pointer, to: stream.pointer, count: rows * width)
        if !config.normsFirst {
            try layer.attentionNorm.apply(stream.pointer, into: stream.pointer, rows: rows, width: width)
        }
        try probe?.attentionDone(layer: number, stream, model: self)
        if config.normsFirst {
            try layer.feedForwardNorm.apply(stream.pointer, into: normed.pointer, rows: rows, width: width)
        }
        try feedForward.apply(
            layer.feedForward, number, input: config.normsFirst ? normed : stream, output: update, probe: probe)
        Vector.add(update.pointer, to: stream.pointer, count: rows * width)
        if !config.normsFirst {
            try layer.feedForwardNorm.apply(stream.pointer, into: stream.pointer, rows: rows, width: width)
        }
        try probe?.blockDone(layer: number, stream, model: self)
    }

    /// Logits in blocks of rows, so that a long prompt with a large vocabulary needs no matrix of all its logits.
    private func emit(_ segments: [Segment], consume: LogitConsumer) throws(ModelFileError) {
        var wanted: [(segment: Int, token: Int, row: Int)] = []
        var row = 0
        for (number, segment) in segments.enumerated() {
            let count = segment.tokens.count
            for token in count - min(count, segment.outputs.rows(of: count))..<count {
                wanted.append((number, token, row + token))
            }
            row += count
        }
        var start = 0
        while start < wanted.count {
            let block = wanted[start..<min(start + 128, wanted.count)]
            outputRows.reshape(block.count, config.width)
            for (index, item) in block.enumerated() {
                outputRows.row(index).update(from: stream.row(item.row), count: config.width)
            }
            let logits = try logits(of: outputRows)
            for (index, item) in block.enumerated() {
                consume(
                    item.segment, item.token,
                    UnsafeMutableBufferPointer(start: logits.row(index), count: config.vocabulary))
            }
            start += block.count
        }
    }

    /// Final norm and output matrix over rows of the residual stream, which are overwritten.
    /// - Returns: `[rows, vocabulary]`, valid until the next call.
    func logits(of hidden: Matrix) throws(ModelFileError) -> Matrix {
        let rows = hidden.rows
        try finalNorm?.apply(hidden.pointer, into: hidden.pointer, rows: rows, width: config.width)
        logitRows.reshape(rows, config.vocabulary)
        var input = hidden
        if let projectOut {
            narrow.reshape(rows, config.embeddingWidth)
            try projectOut.apply(
                hidden.pointer, ldx: config.width, rows: rows, into: narrow.pointer, ldy: config.embeddingWidth)
            input = narrow
        }
        try head.apply(
            input.pointer, ldx: input.columns, rows: rows, into: logitRows.pointer, ldy: config.vocabulary)
        return logitRows
    }
}
