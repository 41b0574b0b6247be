import Glibc

/// Rotary parameters and attention windows of a HuggingFace `config.json`.
extension ModelConfig {
    static func rotary(
        _ root: JSONObjectReader, _ family: Family, headWidth: Int, maximum: Int
    ) throws(ModelFileError) -> RotaryEmbedding {
        let parameters = try root.object(root.node("rope_parameters") == nil ? "rope_scaling" : "rope_parameters")
        let bases = 1.0...1e15
        var base = try root.number("rope_theta", in: bases) ?? (family == .mixtral ? 1e6 : 10_000)
        if let inner = try parameters?.number("rope_theta", in: bases) { base = inner }
        for reader in [root, parameters] {
            if let part = try reader?.number("partial_rotary_factor", in: 0...1), part != 1 {
                throw reader!.error("only whole heads are rotated", key: "partial_rotary_factor", kind: .unsupported)
            }
        }
        var embedding = RotaryEmbedding(base: base, scaling: .none, headWidth: headWidth)
        guard let parameters else { return embedding }
        let key = parameters.node("rope_type") == nil ? "type" : "rope_type"
        let factors = 1.0...1e6
        func factor() throws(ModelFileError) -> Double {
            guard let factor = try parameters.number("factor", in: factors) else { throw parameters.missing("factor") }
            return factor
        }
        let lengths = 1...(1 << 40)
        switch try parameters.string(key) ?? "default" {
        case "default": break
        case "linear": embedding.scaling = .linear(factor: try factor())
        case "dynamic":
            guard headWidth > 2 else {
                throw parameters.error("dynamic scaling needs heads wider than 2", key: key, kind: .unsupported)
            }
            embedding.scaling = .dynamic(factor: try factor(), original: maximum)
        case "llama3":
            guard let low = try parameters.number("low_freq_factor", in: 1e-6...1e6),
                let high = try parameters.number("high_freq_factor", in: 1e-6...1e6), high > low
            else { throw parameters.error("llama3 needs low_freq_factor below high_freq_factor", key: key) }
            embedding.scaling = .llama3(
                factor: try factor(), low: low, high: high,
                original: try parameters.requiredInteger("original_max_position_embeddings", in: lengths))
        case "yarn": embedding.scaling = try yarn(parameters, factor: try factor(), base: base)
        case let other:
            throw parameters.error(
                "the rotary scaling '\(other)' is not computed; default, linear, dynamic, llama3 and yarn are",
                key: key,
                kind: .unsupported)
        }
        return embedding
    }

    private static func yarn(
        _ parameters: JSONObjectReader, factor: Double, base: Double
    ) throws(ModelFileError) -> RotaryEmbedding.Scaling {
        let positive = 1e-6...1e6
        guard base > 1 else { throw parameters.error("yarn needs a base above 1", key: "rope_theta") }
        guard try parameters.bool("truncate") ?? true else {
            throw parameters.error("only true is computed", key: "truncate", kind: .unsupported)
        }
        func scale(_ weight: Double) -> Double { factor <= 1 ? 1 : 0.1 * weight * log(factor) + 1 }
        var amplitude = scale(1)
        if let part = try parameters.number("mscale", in: positive),
            let whole = try parameters.number("mscale_all_dim", in: positive)
        {
            amplitude = scale(part) / scale(whole)
        }
        if let given = try parameters.number("attention_factor", in: positive) { amplitude = given }
        return .yarn(
            factor: factor, fast: try parameters.number("beta_fast", in: positive) ?? 32,
            slow: try parameters.number("beta_slow", in: positive) ?? 1,
            original: try parameters.requiredInteger("original_max_position_embeddings", in: 1...(1 << 40)),
            amplitude: amplitude)
    }

    /// Keys a query sees per layer: `layer_types` where given, otherwise the rule of the family.
    static func windows(
        _ root: JSONObjectReader, _ family: Family, layers: Int
    ) throws(ModelFileError) -> [Int?] {
        let none = [Int?](repeating: nil, count: layers)
        let usesWindow: Bool
        switch family {
        case .llama: return none
        case .mistral, .mixtral: usesWindow = true
        default: usesWindow = try root.bool("use_sliding_window") ?? false
        }
        // Mistral's and Qwen's classes have a window of 4096 unless the config says otherwise, Mixtral's has none.
        let fallback = family == .mixtral || root.isWritten("sliding_window") ? nil : 4096
        guard usesWindow, let window = try root.integer("sliding_window", in: 1...(1 << 40)) ?? fallback else {
            return none
        }
        if let types = try root.array("layer_types") {
            guard types.count == layers else {
                throw root.error("\(types.count) entries for \(layers) layers", key: "layer_types")
            }
            var windows: [Int?] = []
            for node in types {
                switch node.value {
                case .string("full_attention"): windows.append(nil)
                case .string("sliding_attention"): windows.append(window)
                default:
                    throw root.document.error(
                        "expected full_attention or sliding_attention", at: node, subject: "layer_types")
                }
            }
            return windows
        }
        switch family {
        case .qwen2, .qwen3:
            let full = try root.integer("max_window_layers", in: 0...1_000_000) ?? 28
            return (0..<layers).map { $0 >= full ? window : nil }
        case .qwen2MoE:
            // transformers: every second layer, beginning with the first, below max_window_layers
            let limit = try root.integer("max_window_layers", in: 0...1_000_000) ?? 28
            return (0..<layers).map { $0 % 2 == 0 && $0 < limit ? window : nil }
        default: return Array(repeating: window, count: layers)
        }
    }
}
