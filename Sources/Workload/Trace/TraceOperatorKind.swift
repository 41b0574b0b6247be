/// The operators of a decoder-only transformer, in the order in which a layer runs them; raw values are their names in
/// trace files and reports.
public enum TraceOperatorKind: String, Sendable, CaseIterable {
    /// Rows of the embedding, one per token, with the learned position where the model has one.
    case embed
    /// Embedding width to model width or back, where they differ.
    case embedProjection = "embed_proj"
    case normAttention = "norm_attn"
    case queryKeyValue = "qkv"
    /// Rotation of queries and keys, with the norm over heads where the model has one.
    case rope
    /// Queries × keys.
    case logit
    case softmax
    /// Weights × values.
    case attend
    /// Output product of attention.
    case projection = "proj"
    case residualAttention = "residual_attn"
    case normFeedForward = "norm_ffn"
    /// First matrix of a block without a gate.
    case fc1
    /// Gate and up matrices side by side.
    case gateUp = "gate_up"
    case activation
    /// Second matrix of a block without a gate.
    case fc2
    /// Last matrix of a gated block.
    case down
    /// Tokens × experts, with softmax and choice.
    case router
    /// One expert over the tokens routed to it: all its matrices and its activation.
    case expert
    /// The scalar gate of a shared expert; its matrices are gate_up, activation and down.
    case sharedGate = "shared_gate"
    case residualFeedForward = "residual_ffn"
    case normFinal = "norm_final"
    case head = "lm_head"
}
