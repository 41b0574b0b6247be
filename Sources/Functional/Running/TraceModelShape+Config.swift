import Workload

extension TraceModelShape {
    /// The shape of a model that has weights.
    public init(_ config: ModelConfig, name: String) {
        let usesDense = config.experts == nil || !config.denseLayers.isEmpty
        self.init(
            name: name, layers: config.layers, width: config.width, heads: config.heads,
            keyValueHeads: config.keyValueHeads, headWidth: config.headWidth,
            feedForwardWidth: usesDense ? config.feedForwardWidth : 0, isGated: config.isGated,
            vocabulary: config.vocabulary)
        if let experts = config.experts {
            self.experts = experts.count
            topK = experts.topK
            expertWidth = experts.width
            sharedWidth = experts.sharedWidth ?? 0
            denseLayers = config.denseLayers.sorted()
        }
        if case .learned = config.positions { isRotary = false }
        switch config.norm {
        case .rms: normVectors = 1
        case .layer(_, let affine): normVectors = affine ? 2 : 0
        }
        normsFirst = config.normsFirst
        hasFinalNorm = config.hasFinalNorm
        hasQueryKeyValueBias = config.hasQueryKeyValueBias
        hasOutputBias = config.hasOutputBias
        hasFeedForwardBias = config.hasFeedForwardBias
        hasQueryKeyNorm = config.hasQueryKeyNorm
        isTied = config.isTied
        embeddingWidth = config.embeddingWidth
        if config.windows.contains(where: { $0 != nil }) { windows = config.windows.map { $0 ?? 0 } }
    }
}

extension WeightStore {
    /// The format that most of the weights' bytes are stored in.
    public var traceFormat: TraceFormat {
        var bytes: [ElementFormat: Int] = [:]
        for file in files {
            for tensor in file.tensors.values where tensor.format.isWeight {
                bytes[tensor.format, default: 0] += tensor.range.count
            }
        }
        switch bytes.max(by: { ($0.value, $0.key.rawValue) < ($1.value, $1.key.rawValue) })?.key {
        case .f16: return .f16
        case .bf16: return .bf16
        default: return .f32
        }
    }

    /// SHA-256 of each file, as `sha256sum` prints it, joined by commas in the order of the index.
    public func hash() -> String { files.map { SHA256.hex($0.mapped.bytes) }.joined(separator: ",") }
}
