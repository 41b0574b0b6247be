extension TraceModelShape {
    /// The shape of a model file.
    ///
    /// Two things that a trace's shape does not hold are kept as notes of the header (`ModelShape.traceNotes`): the
    /// activation function and the rows of a learned position table.
    public init(_ model: ModelShape) {
        self.init(
            name: model.name, layers: model.layers, width: model.hiddenSize, heads: model.heads,
            keyValueHeads: model.kvHeads, headWidth: model.headSize, feedForwardWidth: model.ffnSize ?? 0,
            isGated: model.ffnMatrices == 3, vocabulary: model.vocabulary)
        if let experts = model.experts {
            self.experts = experts.count
            topK = experts.topK
            expertWidth = experts.ffnSize
            sharedWidth = experts.shared * experts.ffnSize
            denseLayers = Array(0..<experts.denseLayers)
        }
        isRotary = model.positions == .rope
        normVectors = model.norm == .layernorm ? 2 : 1
        hasQueryKeyValueBias = model.bias != .none
        hasOutputBias = model.bias == .all
        hasFeedForwardBias = model.bias == .all
        isTied = model.tiedEmbeddings
    }
}

extension ModelShape {
    /// What of the shape a trace keeps in its notes.
    public var traceNotes: [String: String] {
        var notes = ["activation": activation.rawValue]
        if let learnedPositions { notes["learned_positions"] = "\(learnedPositions)" }
        return notes
    }

    /// The shape that a trace was made with, for timing.
    ///
    /// The activation comes from the note `activation`; without it a gated block has SiLU and one without a gate GELU.
    /// - Parameter file: the trace's name for the message.
    /// - Throws: what of the shape is not timed: windows, norms after the blocks or over heads, a width of the embedding
    ///   of its own, biases in other combinations, sparse layers before dense ones, sizes beyond those of model files.
    public init(_ header: TraceHeader, file: String) throws(TraceFileError) {
        let shape = header.shape
        if let obstacle = Self.obstacle(shape) {
            throw TraceFileError(file: file, line: 2, "'\(shape.name)' cannot be timed: \(obstacle)")
        }
        let biases = [shape.hasQueryKeyValueBias, shape.hasOutputBias, shape.hasFeedForwardBias]
        let experts = Experts(
            count: shape.experts, topK: shape.topK,
            shared: shape.sharedWidth / max(1, shape.expertWidth), ffnSize: shape.expertWidth,
            denseLayers: shape.denseLayers.count)
        self.init(
            name: shape.name, layers: shape.layers, hiddenSize: shape.width, heads: shape.heads,
            kvHeads: shape.keyValueHeads, headSize: shape.headWidth,
            ffnSize: shape.feedForwardWidth > 0 ? shape.feedForwardWidth : nil, ffnMatrices: shape.isGated ? 3 : 2,
            activation: header.notes["activation"].flatMap(Activation.init) ?? (shape.isGated ? .silu : .gelu),
            norm: shape.normVectors == 2 ? .layernorm : .rmsnorm, positions: shape.isRotary ? .rope : .learned,
            learnedPositions: header.notes["learned_positions"].flatMap { Int($0) }, vocabulary: shape.vocabulary,
            tiedEmbeddings: shape.isTied, bias: biases == [true, true, true] ? .all : biases[0] ? .qkv : .none,
            experts: shape.experts > 0 ? experts : nil)
    }

    /// Why a shape is not timed; nil if it is.
    private static func obstacle(_ shape: TraceModelShape) -> String? {
        let sizes: [(String, Int, ClosedRange<Int>)] = [
            ("layers", shape.layers, 1...1024), ("width", shape.width, 1...(1 << 18)),
            ("heads", shape.heads, 1...4096), ("kv_heads", shape.keyValueHeads, 1...4096),
            ("head_width", shape.headWidth, 1...4096), ("ffn_width", shape.feedForwardWidth, 0...(1 << 20)),
            ("vocabulary", shape.vocabulary, 1...(1 << 24)), ("experts", shape.experts, 0...4096),
            ("top_k", shape.topK, 0...max(0, shape.experts)), ("expert_width", shape.expertWidth, 0...(1 << 20)),
            ("shared_width", shape.sharedWidth, 0...(1 << 20)), ("norm_vectors", shape.normVectors, 1...2),
            ("embedding_width", shape.embeddingWidth, shape.width...shape.width),
        ]
        for (name, size, range) in sizes where !range.contains(size) {
            let bounds = range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
            return "\(name) is \(size), and the timing model covers \(bounds)"
        }
        if !shape.heads.isMultiple(of: shape.keyValueHeads) { return "kv_heads do not divide heads" }
        if shape.windows.contains(where: { $0 > 0 }) { return "it has windows of attention" }
        if !shape.normsFirst { return "its norms come after the blocks" }
        if !shape.hasFinalNorm { return "it has no final norm" }
        if shape.hasQueryKeyNorm { return "it has norms over heads" }
        let biases = [shape.hasQueryKeyValueBias, shape.hasOutputBias, shape.hasFeedForwardBias]
        if ![[false, false, false], [true, false, false], [true, true, true]].contains(biases) {
            return "its biases are neither none, nor those of QKV, nor all"
        }
        guard shape.experts > 0 else { return shape.feedForwardWidth > 0 ? nil : "ffn_width is 0" }
        if shape.topK == 0 || shape.expertWidth == 0 { return "its experts have no size" }
        if shape.denseLayers != Array(0..<shape.denseLayers.count) { return "it has dense layers after sparse ones" }
        if shape.denseLayers.count >= shape.layers { return "none of its layers has experts" }
        if !shape.denseLayers.isEmpty && shape.feedForwardWidth == 0 { return "ffn_width is 0" }
        if !shape.sharedWidth.isMultiple(of: shape.expertWidth) {
            return "the shared expert's width is not a multiple of expert_width"
        }
        return nil
    }
}
