import SimCore

/// The sizes of a decoder-only transformer that decide its matrix products. Counts, not bytes.
public struct ModelDimensions: Hashable, Sendable {
    public var layers: Int
    public var hidden: Int
    public var heads: Int
    /// Key and value heads: `heads` for MHA, fewer for GQA, 1 for MQA.
    public var keyValueHeads: Int
    public var headSize: Int
    /// Inner size of the dense feed-forward network; 0 when every layer is a mixture of experts.
    public var feedForward: Int
    /// Two matrices into the inner size (SwiGLU and its like) instead of one.
    public var isGated: Bool
    public var vocabulary: Int
    public var experts: MixtureOfExperts?

    public struct MixtureOfExperts: Hashable, Sendable {
        public var experts: Int
        /// Experts that each token goes to.
        public var active: Int
        /// Inner size of one expert.
        public var feedForward: Int
        /// Inner size of all shared experts together; 0 for none.
        public var sharedFeedForward: Int
        /// Layers that have experts; the others have the dense network.
        public var layers: Int

        public init(experts: Int, active: Int, feedForward: Int, sharedFeedForward: Int = 0, layers: Int) {
            self.experts = experts
            self.active = active
            self.feedForward = feedForward
            self.sharedFeedForward = sharedFeedForward
            self.layers = layers
        }
    }

    public init(
        layers: Int, hidden: Int, heads: Int, keyValueHeads: Int, headSize: Int, feedForward: Int, isGated: Bool,
        vocabulary: Int, experts: MixtureOfExperts? = nil
    ) {
        self.layers = layers
        self.hidden = hidden
        self.heads = heads
        self.keyValueHeads = keyValueHeads
        self.headSize = headSize
        self.feedForward = feedForward
        self.isGated = isGated
        self.vocabulary = vocabulary
        self.experts = experts
    }
}

/// What part of serving a model is exported.
public struct ModelStep: Hashable, Sendable {
    public enum Phase: String, CaseIterable, Sendable {
        /// All `context` tokens of every request at once.
        case prefill
        /// One new token of every request, attending to `context` tokens (itself included).
        case decode
    }

    public var batch: Int
    public var context: Int
    public var phase: Phase
    public var tensorParallel: Int

    public init(batch: Int, context: Int, phase: Phase, tensorParallel: Int = 1) {
        self.batch = batch
        self.context = context
        self.phase = phase
        self.tensorParallel = tensorParallel
    }
}

/// Why a model cannot be exported so.
public struct ModelExportError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
}

/// The matrix products of one step of a model on one of `tensorParallel` chips, with how often each is done.
///
/// Per layer: query, key and value projections as one product; for every request and key-value head, scores
/// [q, context] = Q K^T and outputs [q, head] = P V; output projection; router, experts and feed-forward network. Once:
/// the vocabulary projection of each request's last token. In decode the query heads of a key-value head are the rows
/// of one product, so that K and V are read once for all of them (m = heads / keyValueHeads); in prefill every query
/// head has its own.
///
/// Tensor parallelism (Megatron's): heads, inner sizes and vocabulary are divided; router and hidden size are not; key
/// and value heads are repeated on several chips when there are fewer of them than chips; the vocabulary is padded.
/// Stated simplifications: the full square of prefill attention (no causal half), tokens spread evenly over experts, no
/// collectives, no element-wise work, embedding look-up free.
public enum ModelGEMMs {
    public static func layers(
        of model: ModelDimensions, _ step: ModelStep
    ) throws(ModelExportError) -> [TopologyLayer] {
        try check(model, step)
        let chips = step.tensorParallel
        let tokens = step.phase == .decode ? step.batch : step.batch * step.context
        let heads = model.heads / chips
        let keyValueHeads = max(1, model.keyValueHeads / chips)
        let projected = (heads + 2 * keyValueHeads) * model.headSize
        var rows: [(name: String, m: Int, n: Int, k: Int, count: Int)] = []
        rows.append(("qkv_projection", tokens, projected, model.hidden, model.layers))
        let isDecode = step.phase == .decode
        let queryRows = isDecode ? heads / keyValueHeads : step.context
        let attentions = step.batch * (isDecode ? keyValueHeads : heads) * model.layers
        rows.append(("attention_scores", queryRows, step.context, model.headSize, attentions))
        rows.append(("attention_outputs", queryRows, model.headSize, step.context, attentions))
        rows.append(("output_projection", tokens, model.hidden, heads * model.headSize, model.layers))
        let sparseLayers = model.experts?.layers ?? 0
        let intoInner = model.isGated ? 2 : 1
        func network(_ prefix: String, _ m: Int, _ inner: Int, _ count: Int) {
            guard m > 0, count > 0, inner > 0 else { return }
            rows.append(
                (prefix + (model.isGated ? "gate_up" : "up"), m, intoInner * inner / chips, model.hidden, count))
            rows.append((prefix + "down", m, model.hidden, inner / chips, count))
        }
        network("feed_forward_", tokens, model.feedForward, model.layers - sparseLayers)
        if let experts = model.experts, sparseLayers > 0 {
            rows.append(("router", tokens, experts.experts, model.hidden, sparseLayers))
            let visits = tokens * experts.active
            let reached = min(experts.experts, visits)
            let more = visits % reached
            network("expert_", visits / reached + 1, experts.feedForward, more * sparseLayers)
            network("expert_", visits / reached, experts.feedForward, (reached - more) * sparseLayers)
            network("shared_expert_", tokens, experts.sharedFeedForward, sparseLayers)
        }
        rows.append(("vocabulary_projection", step.batch, ceilingDivision(model.vocabulary, chips), model.hidden, 1))
        return try layers(rows)
    }

    /// The table as text: header `Layer, M, N, K, Repetitions`, rows without a comma at their end.
    ///
    /// SCALE-Sim v3.0.0 drops what stands behind a row's last comma, so that it reads each product once from the very
    /// file from which we read how often it is done.
    public static func table(_ layers: [TopologyLayer]) -> String {
        let rows = layers.map { layer in
            "\(layer.name), \(layer.gemm.m), \(layer.gemm.n), \(layer.gemm.k), \(layer.repetitions)"
        }
        return (["Layer, M, N, K, Repetitions"] + rows).joined(separator: "\n") + "\n"
    }

    private static func layers(
        _ rows: [(name: String, m: Int, n: Int, k: Int, count: Int)]
    ) throws(ModelExportError) -> [TopologyLayer] {
        var layers: [TopologyLayer] = []
        for row in rows {
            guard GEMMShape.isRepresentable(m: row.m, n: row.n, k: row.k) else {
                throw ModelExportError(description: "\(row.name) has more than 2^53 multiply-accumulates")
            }
            let shape = GEMMShape(m: row.m, n: row.n, k: row.k)
            layers.append(TopologyLayer(name: row.name, gemm: shape, repetitions: row.count))
        }
        return layers
    }

    private static func check(_ model: ModelDimensions, _ step: ModelStep) throws(ModelExportError) {
        var limits = [
            ("layers", model.layers, 10_000), ("hidden size", model.hidden, 1_000_000),
            ("heads", model.heads, 10_000), ("key-value heads", model.keyValueHeads, 10_000),
            ("head size", model.headSize, 1_000_000), ("vocabulary", model.vocabulary, 1_000_000_000),
            ("batch", step.batch, 1_000_000), ("context", step.context, 1_000_000_000),
            ("tensor parallelism", step.tensorParallel, 10_000),
        ]
        if let experts = model.experts {
            limits += [("experts", experts.experts, 4096), ("active experts", experts.active, experts.experts)]
            limits += [("layers with experts", experts.layers, model.layers)]
        }
        for (name, value, most) in limits where value < 1 || value > most {
            throw ModelExportError(description: "\(name) is \(value) but must be between 1 and \(most)")
        }
        let chips = step.tensorParallel
        func divides(_ value: Int, _ name: String, by divisor: Int) throws(ModelExportError) {
            guard value % divisor == 0 else {
                throw ModelExportError(description: "\(name) (\(value)) must be divisible by \(divisor)")
            }
        }
        try divides(model.heads, "heads", by: model.keyValueHeads)
        try divides(model.heads, "heads", by: chips)
        if model.keyValueHeads >= chips {
            try divides(model.keyValueHeads, "key-value heads", by: chips)
        } else {
            try divides(chips, "tensor parallelism", by: model.keyValueHeads)
        }
        try divides(model.feedForward, "feed-forward size", by: chips)
        if let experts = model.experts {
            try divides(experts.feedForward, "expert feed-forward size", by: chips)
            try divides(experts.sharedFeedForward, "shared expert feed-forward size", by: chips)
        }
    }
}
