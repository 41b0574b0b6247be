/// The weights of one layer. Nothing is read until a product needs it.
struct LayerWeights {
    let attentionNorm: Norm
    /// One fused product or three; their outputs lie side by side: queries, keys, values.
    let queryKeyValue: [Linear]
    let queryNorm: Norm?
    let keyNorm: Norm?
    let output: Linear
    let feedForwardNorm: Norm
    let feedForward: FeedForwardWeights
}

/// The weights of a feed-forward block.
enum FeedForwardWeights {
    case dense(DenseWeights)
    case sparse(router: Linear, experts: [DenseWeights], shared: DenseWeights?, sharedGate: Linear?)
}

/// Two matrices, or three if there is a gate.
struct DenseWeights {
    let gate: Linear?
    let up: Linear
    let down: Linear
}

extension LayerWeights {
    init(_ store: WeightStore, _ config: ModelConfig, layer: Int, prefix: String) throws(ModelFileError) {
        switch config.family {
        case .gpt2: self = try Self.gpt2(store, config, "\(prefix)h.\(layer).")
        case .opt: self = try Self.opt(store, config, "\(prefix)layers.\(layer).")
        default: self = try Self.llamaLike(store, config, layer, "\(prefix)layers.\(layer).")
        }
    }

    private static func llamaLike(
        _ store: WeightStore, _ config: ModelConfig, _ layer: Int, _ name: String
    ) throws(ModelFileError) -> LayerWeights {
        let width = config.width
        let attention = name + "self_attn."
        let queries = config.heads * config.headWidth
        let keys = config.keyValueHeads * config.headWidth
        let bias = config.hasQueryKeyValueBias
        let headNorms: [Norm] =
            config.hasQueryKeyNorm
            ? [
                try Norm(store, attention + "q_norm", width: config.headWidth, kind: config.norm),
                try Norm(store, attention + "k_norm", width: config.headWidth, kind: config.norm),
            ] : []
        return LayerWeights(
            attentionNorm: try Norm(store, name + "input_layernorm", width: width, kind: config.norm),
            queryKeyValue: [
                try Linear(store, attention + "q_proj", inputs: width, outputs: queries, bias: bias),
                try Linear(store, attention + "k_proj", inputs: width, outputs: keys, bias: bias),
                try Linear(store, attention + "v_proj", inputs: width, outputs: keys, bias: bias),
            ],
            queryNorm: headNorms.first, keyNorm: headNorms.last,
            output: try Linear(
                store, attention + "o_proj", inputs: queries, outputs: width, bias: config.hasOutputBias),
            feedForwardNorm: try Norm(store, name + "post_attention_layernorm", width: width, kind: config.norm),
            feedForward: try feedForward(store, config, layer, name))
    }

    private static func feedForward(
        _ store: WeightStore, _ config: ModelConfig, _ layer: Int, _ name: String
    ) throws(ModelFileError) -> FeedForwardWeights {
        func gated(_ name: String, _ inner: Int, _ names: [String]) throws(ModelFileError) -> DenseWeights {
            let bias = config.hasFeedForwardBias
            return DenseWeights(
                gate: try Linear(store, name + names[0], inputs: config.width, outputs: inner, bias: bias),
                up: try Linear(store, name + names[1], inputs: config.width, outputs: inner, bias: bias),
                down: try Linear(store, name + names[2], inputs: inner, outputs: config.width, bias: bias))
        }
        let projections = ["gate_proj", "up_proj", "down_proj"]
        guard config.isSparse(layer: layer), let shape = config.experts else {
            return .dense(try gated(name + "mlp.", config.feedForwardWidth, projections))
        }
        let block = name + (config.family == .mixtral ? "block_sparse_moe." : "mlp.")
        let names = config.family == .mixtral ? ["w1", "w3", "w2"] : projections
        var experts: [DenseWeights] = []
        for expert in 0..<shape.count { experts.append(try gated("\(block)experts.\(expert).", shape.width, names)) }
        var shared: DenseWeights?
        var sharedGate: Linear?
        if let inner = shape.sharedWidth {
            shared = try gated(block + "shared_expert.", inner, projections)
            sharedGate = try Linear(
                store, block + "shared_expert_gate", inputs: config.width, outputs: 1, bias: false)
        }
        return .sparse(
            router: try Linear(store, block + "gate", inputs: config.width, outputs: shape.count, bias: false),
            experts: experts, shared: shared, sharedGate: sharedGate)
    }

    private static func gpt2(
        _ store: WeightStore, _ config: ModelConfig, _ name: String
    ) throws(ModelFileError) -> LayerWeights {
        func linear(_ part: String, _ inputs: Int, _ outputs: Int) throws(ModelFileError) -> Linear {
            try Linear(store, name + part, inputs: inputs, outputs: outputs, bias: true, outputsFirst: false)
        }
        let width = config.width
        return LayerWeights(
            attentionNorm: try Norm(store, name + "ln_1", width: width, kind: config.norm),
            queryKeyValue: [try linear("attn.c_attn", width, 3 * width)], queryNorm: nil, keyNorm: nil,
            output: try linear("attn.c_proj", width, width),
            feedForwardNorm: try Norm(store, name + "ln_2", width: width, kind: config.norm),
            feedForward: .dense(
                DenseWeights(
                    gate: nil, up: try linear("mlp.c_fc", width, config.feedForwardWidth),
                    down: try linear("mlp.c_proj", config.feedForwardWidth, width))))
    }

    private static func opt(
        _ store: WeightStore, _ config: ModelConfig, _ name: String
    ) throws(ModelFileError) -> LayerWeights {
        let bias = config.hasOutputBias
        func linear(_ part: String, _ inputs: Int, _ outputs: Int) throws(ModelFileError) -> Linear {
            try Linear(store, name + part, inputs: inputs, outputs: outputs, bias: bias)
        }
        let width = config.width
        return LayerWeights(
            attentionNorm: try Norm(store, name + "self_attn_layer_norm", width: width, kind: config.norm),
            queryKeyValue: [
                try linear("self_attn.q_proj", width, width), try linear("self_attn.k_proj", width, width),
                try linear("self_attn.v_proj", width, width),
            ],
            queryNorm: nil, keyNorm: nil, output: try linear("self_attn.out_proj", width, width),
            feedForwardNorm: try Norm(store, name + "final_layer_norm", width: width, kind: config.norm),
            feedForward: .dense(
                DenseWeights(
                    gate: nil, up: try linear("fc1", width, config.feedForwardWidth),
                    down: try linear("fc2", config.feedForwardWidth, width))))
    }
}
