import YAMLTree

extension ModelShape {
    /// Reads a model file.
    ///
    /// - Throws: every mistake of the file with its place.
    public static func load(path: String) throws(DiagnosticList) -> ModelShape {
        try decode(try Node.parse(path: path))
    }

    /// Decodes a model from its tree.
    ///
    /// - Throws: every mistake with its place: unknown, missing and contradictory keys, values out of range.
    public static func decode(_ root: Node) throws(DiagnosticList) -> ModelShape {
        let reader = Reader(root)
        let name = reader.key("name").string()
        let layers = reader.key("layers").int(in: 1...1024)
        let hiddenSize = reader.key("hidden_size").int(in: 1...(1 << 18))
        let heads = reader.key("heads").int(in: 1...4096)
        let kvHeads = reader.key("kv_heads").int(in: 1...4096)
        let headSize = reader.key("head_size").int(in: 1...4096)
        let ffnMatrices = reader.key("ffn_matrices").int(in: 2...3)
        let activation = reader.key("activation").choice(Activation.self)
        let norm = reader.key("norm").choice(Norm.self)
        let positions = reader.key("positions").choice(Positions.self)
        let vocabulary = reader.key("vocabulary").int(in: 1...(1 << 24))
        let tied = reader.key("tied_embeddings").bool()
        let bias = reader.key("bias").choice(Bias.self)
        let experts = reader.ifPresent("moe").map { decodeExperts($0.mapping(), layers: layers) }
        let latent = reader.ifPresent("latent_attention").map { decodeLatentAttention($0.mapping(), headSize) }
        let encoder = reader.ifPresent("encoder_layers")?.int(in: 1...1024).value ?? 0
        let learned = decodeLearnedPositions(reader, positions)
        let needsDense = (experts?.denseLayers ?? 1) > 0 || (experts?.interval ?? 1) > 1
        let ffnRange = 1...(1 << 20)
        let ffnSize =
            needsDense
            ? reader.key("ffn_size").int(in: ffnRange).value : reader.ifPresent("ffn_size")?.int(in: ffnRange).value

        reader.require(heads.value.isMultiple(of: kvHeads.value), heads, "must be a multiple of", kvHeads)
        try reader.finish()
        return ModelShape(
            name: name.value, layers: layers.value, hiddenSize: hiddenSize.value, heads: heads.value,
            kvHeads: kvHeads.value, headSize: headSize.value, ffnSize: ffnSize, ffnMatrices: ffnMatrices.value,
            activation: activation.value, norm: norm.value, positions: positions.value, learnedPositions: learned,
            vocabulary: vocabulary.value, tiedEmbeddings: tied.value, bias: bias.value, experts: experts,
            latentAttention: latent, encoderLayers: encoder)
    }

    private static func decodeLearnedPositions(_ reader: Reader, _ positions: Field<Positions>) -> Int? {
        guard positions.isValid else {
            _ = reader.ifPresent("learned_positions")
            return nil
        }
        if positions.value == .learned { return reader.key("learned_positions").int(in: 1...(1 << 24)).value }
        if let extra = reader.ifPresent("learned_positions") {
            reader.report(
                "'learned_positions' has no meaning with positions: \(positions.value), set at \(positions.mark)",
                at: extra.mark,
                keyPath: extra.path)
        }
        return nil
    }

    private static func decodeExperts(_ reader: Reader, layers: Field<Int>) -> Experts {
        let count = reader.key("experts").int(in: 1...4096)
        let topK = reader.key("top_k").int(in: 1...4096)
        let shared = reader.key("shared_experts").int(in: 0...4096)
        let ffnSize = reader.key("expert_ffn_size").int(in: 1...(1 << 20))
        let dense = reader.ifPresent("dense_layers")?.int(in: 0...1024)
        let interval = reader.ifPresent("interval")?.int(in: 1...1024)
        reader.require(topK.value <= count.value, topK, "must be at most", count)
        if let dense { reader.require(dense.value < layers.value, dense, "must be less than", layers) }
        if let interval { reader.require(interval.value <= layers.value, interval, "must be at most", layers) }
        return Experts(
            count: count.value, topK: topK.value, shared: shared.value, ffnSize: ffnSize.value,
            denseLayers: dense?.value ?? 0, interval: interval?.value ?? 1)
    }

    private static func decodeLatentAttention(_ reader: Reader, _ headSize: Field<Int>) -> LatentAttention {
        let rank = reader.key("rank").int(in: 1...(1 << 18))
        let rope = reader.key("rope_size").int(in: 1...4096)
        let value = reader.key("value_size").int(in: 1...4096)
        reader.require(rope.value < headSize.value, rope, "must be less than", headSize)
        return LatentAttention(rank: rank.value, ropeSize: rope.value, valueSize: value.value)
    }
}
