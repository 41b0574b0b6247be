import YAMLTree

/// What one of several tensor-parallel devices holds of a model.
///
/// Megatron's split: attention by heads, the feed-forward network by its inner size, so that the first matrix of each
/// pair is cut by columns and the second by rows, and each pair ends in one all-reduce. The vocabulary is cut in equal
/// parts, rounded up.
public struct ModelShard: Hashable, Sendable {
    public let model: ModelShape
    /// How many devices share the model.
    public let ways: Int

    /// A shard of a model.
    ///
    /// - Parameter place: where the number was given, for the messages.
    /// - Throws: one usage diagnostic for each size that `ways` does not divide; one for a model with an encoder or
    ///   latent attention.
    public init(of model: ModelShape, ways: Int, at place: Mark = Mark(file: "--tensor-parallel"))
        throws(DiagnosticList)
    {
        guard ways >= 1 else {
            throw DiagnosticList(Diagnostic("must be at least 1, not \(ways)", at: place, kind: .usage))
        }
        if let foreign = model.partWithoutOperators {
            let message = "'\(model.name)' has \(foreign), which operator simulation does not model"
            throw DiagnosticList(Diagnostic(message, at: Mark(file: "--model"), kind: .usage))
        }
        let sizes: [(String, Int?)] = [
            ("heads", model.heads), ("kv_heads", model.kvHeads), ("ffn_size", model.ffnSize),
            ("moe.expert_ffn_size", model.experts?.ffnSize),
        ]
        let mistakes = sizes.compactMap { name, size -> Diagnostic? in
            guard let size, !size.isMultiple(of: ways) else { return nil }
            return Diagnostic(
                "\(ways) does not divide '\(name)' of '\(model.name)', which is \(size)", at: place, kind: .usage)
        }
        if !mistakes.isEmpty { throw DiagnosticList(mistakes) }
        self.model = model
        self.ways = ways
    }

    public var heads: Int { model.heads / ways }
    public var kvHeads: Int { model.kvHeads / ways }
    /// Query elements of a token: heads times head size.
    public var queryWidth: Int { heads * model.headSize }
    /// Key (or value) elements of a token.
    public var keyWidth: Int { kvHeads * model.headSize }
    /// Inner size of the dense network; 0 if the model has none.
    public var ffnSize: Int { (model.ffnSize ?? 0) / ways }
    public var vocabulary: Int { (model.vocabulary + ways - 1) / ways }
}
