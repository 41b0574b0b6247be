/// Reading a HuggingFace `config.json`.
///
/// A key that is absent takes the default of the family's configuration class in transformers; both spellings of the
/// rotary parameters are read (`rope_theta` with `rope_scaling`, and `rope_parameters`).
extension ModelConfig {
    static let longestConfig = 1 << 20
    static let widths = 1...(1 << 20)

    /// - Parameter path: a `config.json`.
    public init(file path: String) throws(ModelFileError) {
        try self.init(json: try MappedFile.contents(of: path, limit: Self.longestConfig), file: path)
    }

    public init(json: [UInt8], file: String) throws(ModelFileError) {
        let document = try JSONParser.parse(json, file: file)
        let root = try JSONObjectReader(document, document.root)
        guard let name = try root.string("model_type") else { throw root.missing("model_type") }
        guard let family = Family(rawValue: name) else {
            let known = Family.allCases.map(\.rawValue).joined(separator: ", ")
            throw root.error("'\(name)' is not one of \(known)", key: "model_type", kind: .unsupported)
        }
        if root.node("quantization_config") != nil {
            throw root.error("quantised weights are not read", key: "quantization_config", kind: .unsupported)
        }
        switch family {
        case .gpt2: self = try Self.gpt2(root)
        case .opt: self = try Self.opt(root)
        default: self = try Self.llamaLike(root, family)
        }
        try readTokens(root)
    }

    private static func llamaLike(_ root: JSONObjectReader, _ family: Family) throws(ModelFileError) -> ModelConfig {
        let width = try root.requiredInteger("hidden_size", in: widths)
        let layers = try root.requiredInteger("num_hidden_layers", in: 1...10_000)
        let heads = try root.requiredInteger("num_attention_heads", in: widths)
        let keyValueHeads = try root.integer("num_key_value_heads", in: widths) ?? heads
        if family != .llama, !root.isWritten("num_key_value_heads") { throw root.missing("num_key_value_heads") }
        guard heads % keyValueHeads == 0 else {
            throw root.error("\(keyValueHeads) does not divide the \(heads) query heads", key: "num_key_value_heads")
        }
        let headWidth =
            family == .qwen3 && !root.isWritten("head_dim")
            ? 128 : try headWidth(root, width: width, heads: heads, key: "num_attention_heads")
        guard headWidth % 2 == 0 else {
            throw root.error("a head of \(headWidth) cannot be rotated; it must be even", key: "head_dim")
        }
        let epsilon = try root.number("rms_norm_eps", in: 0...1) ?? (family == .mixtral ? 1e-5 : 1e-6)
        let maximum = try root.requiredInteger("max_position_embeddings", in: 1...(1 << 40))
        let attentionBias = try root.bool("attention_bias") ?? false
        let experts = try experts(root, family)
        let needsDense = experts == nil || family == .qwen2MoE || family == .qwen3MoE
        let feedForward = try root.integer("intermediate_size", in: widths)
        if feedForward == nil && needsDense { throw root.missing("intermediate_size") }
        var config = ModelConfig(
            family: family, vocabulary: try root.requiredInteger("vocab_size", in: 1...(1 << 26)), width: width,
            layers: layers, heads: heads, keyValueHeads: keyValueHeads, headWidth: headWidth,
            feedForwardWidth: feedForward ?? 0, maximumPositions: maximum, norm: .rms(epsilon: Float(epsilon)),
            positions: .rotary(try rotary(root, family, headWidth: headWidth, maximum: maximum)),
            activation: try activation(root, key: "hidden_act", default: .silu), isGated: true, experts: experts,
            isTied: try root.bool("tie_word_embeddings") ?? false,
            hasQueryKeyValueBias: attentionBias, hasOutputBias: attentionBias,
            hasFeedForwardBias: try root.bool("mlp_bias") ?? false, embeddingWidth: width, windows: [])
        switch family {
        case .qwen2: (config.hasQueryKeyValueBias, config.hasOutputBias) = (true, false)
        case .qwen2MoE:
            (config.hasQueryKeyValueBias, config.hasOutputBias) = (try root.bool("qkv_bias") ?? true, false)
        case .mistral, .mixtral: (config.hasQueryKeyValueBias, config.hasOutputBias) = (false, false)
        case .qwen3, .qwen3MoE: config.hasQueryKeyNorm = true
        default: break
        }
        if family != .llama { config.hasFeedForwardBias = false }
        config.windows = try windows(root, family, layers: layers)
        config.denseLayers = try denseLayers(root, family, layers: layers)
        return config
    }

    private static func headWidth(
        _ root: JSONObjectReader, width: Int, heads: Int, key: String
    ) throws(ModelFileError) -> Int {
        if let given = try root.integer("head_dim", in: 1...65_536) { return given }
        guard width % heads == 0 else { throw root.error("\(heads) does not divide the width \(width)", key: key) }
        return width / heads
    }

    private static func experts(_ root: JSONObjectReader, _ family: Family) throws(ModelFileError) -> Experts? {
        let countKey: String
        switch family {
        case .mixtral: countKey = "num_local_experts"
        case .qwen2MoE, .qwen3MoE:
            countKey = root.node("num_local_experts") == nil ? "num_experts" : "num_local_experts"
        default: return nil
        }
        let count = try root.requiredInteger(countKey, in: 1...65_536)
        let topK = try root.requiredInteger("num_experts_per_tok", in: 1...65_536)
        guard topK <= count else {
            throw root.error("\(topK) experts per token of only \(count)", key: "num_experts_per_tok")
        }
        if family == .mixtral {
            return Experts(
                count: count, topK: topK, width: try root.requiredInteger("intermediate_size", in: widths),
                sharedWidth: nil, normalisesWeights: true)
        }
        return Experts(
            count: count, topK: topK, width: try root.requiredInteger("moe_intermediate_size", in: widths),
            sharedWidth: family == .qwen2MoE
                ? try root.requiredInteger("shared_expert_intermediate_size", in: widths) : nil,
            normalisesWeights: try root.bool("norm_topk_prob") ?? false)
    }

    /// A layer of a Qwen MoE is sparse if (layer + 1) is a multiple of the step and the layer is not listed as dense.
    private static func denseLayers(
        _ root: JSONObjectReader, _ family: Family, layers: Int
    ) throws(ModelFileError) -> Set<Int> {
        guard family == .qwen2MoE || family == .qwen3MoE else { return [] }
        let step = try root.integer("decoder_sparse_step", in: 1...65_536) ?? 1
        var dense = Set((0..<layers).filter { ($0 + 1) % step != 0 })
        for node in try root.array("mlp_only_layers") ?? [] {
            guard case .number(let number) = node.value, let layer = number.integer, (0..<layers).contains(layer) else {
                throw root.document.error("expected a layer below \(layers)", at: node, subject: "mlp_only_layers")
            }
            dense.insert(layer)
        }
        return dense
    }

    private static func gpt2(_ root: JSONObjectReader) throws(ModelFileError) -> ModelConfig {
        let width = try root.requiredInteger("n_embd", in: widths)
        let heads = try root.requiredInteger("n_head", in: widths)
        let layers = try root.requiredInteger("n_layer", in: 1...10_000)
        for (key, expected) in [
            ("scale_attn_weights", true), ("scale_attn_by_inverse_layer_idx", false), ("add_cross_attention", false),
        ] where try root.bool(key) ?? expected != expected {
            throw root.error("only \(expected) is computed", key: key, kind: .unsupported)
        }
        return ModelConfig(
            family: .gpt2, vocabulary: try root.requiredInteger("vocab_size", in: 1...(1 << 26)), width: width,
            layers: layers, heads: heads, keyValueHeads: heads,
            headWidth: try headWidth(root, width: width, heads: heads, key: "n_head"),
            feedForwardWidth: try root.integer("n_inner", in: widths) ?? 4 * width,
            maximumPositions: try root.requiredInteger("n_positions", in: 1...(1 << 24)),
            norm: .layer(epsilon: Float(try root.number("layer_norm_epsilon", in: 0...1) ?? 1e-5), affine: true),
            positions: .learned(offset: 0),
            activation: try activation(root, key: "activation_function", default: .geluTanh), isGated: false,
            isTied: try root.bool("tie_word_embeddings") ?? true, hasQueryKeyValueBias: true, hasOutputBias: true,
            hasFeedForwardBias: true, embeddingWidth: width, windows: Array(repeating: nil, count: layers))
    }

    private static func opt(_ root: JSONObjectReader) throws(ModelFileError) -> ModelConfig {
        let width = try root.requiredInteger("hidden_size", in: widths)
        let heads = try root.requiredInteger("num_attention_heads", in: widths)
        let layers = try root.requiredInteger("num_hidden_layers", in: 1...10_000)
        let bias = try root.bool("enable_bias") ?? true
        let normsFirst = try root.bool("do_layer_norm_before") ?? true
        let removesNorm = try root.bool("_remove_final_layer_norm") ?? false
        return ModelConfig(
            family: .opt, vocabulary: try root.requiredInteger("vocab_size", in: 1...(1 << 26)), width: width,
            layers: layers, heads: heads, keyValueHeads: heads,
            headWidth: try headWidth(root, width: width, heads: heads, key: "num_attention_heads"),
            feedForwardWidth: try root.requiredInteger("ffn_dim", in: widths),
            maximumPositions: try root.requiredInteger("max_position_embeddings", in: 1...(1 << 24)),
            norm: .layer(epsilon: 1e-5, affine: try root.bool("layer_norm_elementwise_affine") ?? true),
            positions: .learned(offset: 2),
            activation: try activation(root, key: "activation_function", default: .relu), isGated: false,
            isTied: try root.bool("tie_word_embeddings") ?? true, hasQueryKeyValueBias: bias, hasOutputBias: bias,
            hasFeedForwardBias: bias, normsFirst: normsFirst,
            hasFinalNorm: normsFirst && !removesNorm,
            embeddingWidth: try root.integer("word_embed_proj_dim", in: widths) ?? width,
            windows: Array(repeating: nil, count: layers))
    }

    private static func activation(
        _ root: JSONObjectReader, key: String, default fallback: Activation
    ) throws(ModelFileError) -> Activation {
        guard let name = try root.string(key) else { return fallback }
        switch name {
        case "silu", "swish": return .silu
        case "relu": return .relu
        case "gelu": return .gelu
        case "gelu_new", "gelu_pytorch_tanh", "gelu_fast": return .geluTanh
        case "quick_gelu": return .quickGelu
        default: throw root.error("the activation '\(name)' is not computed", key: key, kind: .unsupported)
        }
    }

    private mutating func readTokens(_ root: JSONObjectReader) throws(ModelFileError) {
        beginToken = try root.integer("bos_token_id", in: 0...vocabulary - 1)
        if case .array(let nodes) = root.node("eos_token_id")?.value {
            for node in nodes {
                guard case .number(let number) = node.value, let token = number.integer,
                    (0..<vocabulary).contains(token)
                else {
                    throw root.document.error("expected a token below \(vocabulary)", at: node, subject: "eos_token_id")
                }
                endTokens.append(token)
            }
        } else if let token = try root.integer("eos_token_id", in: 0...vocabulary - 1) {
            endTokens = [token]
        }
    }
}
