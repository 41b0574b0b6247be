/// What one request does in an iteration.
public struct TraceRequest: Sendable, Equatable {
    /// Whether its new tokens are of the prompt or made by the model.
    public enum Phase: String, Sendable {
        case prefill = "p"
        case decode = "d"
    }

    public var id: Int
    public var phase: Phase
    /// Tokens computed in this iteration.
    public var newTokens: Int
    /// Tokens in its cache after this iteration, the new ones included.
    public var context: Int
    /// Tokens whose logits are computed: 1 where a token is chosen, 0 inside a prompt that is fed in chunks.
    public var outputs: Int

    public init(id: Int, phase: Phase, newTokens: Int, context: Int, outputs: Int) {
        self.id = id
        self.phase = phase
        self.newTokens = newTokens
        self.context = context
        self.outputs = outputs
    }

    /// Keys its new tokens read, with a limit of `window` keys per token.
    public func keys(window: Int?) -> Int { window.map { min(context, $0 + newTokens - 1) } ?? context }

    /// Query-key pairs per head: the whole rectangle of new tokens and keys, as a matrix product computes it. The
    /// masked part is included: half of the square for a prompt in one piece.
    public func pairs(window: Int?) -> Int { newTokens * keys(window: window) }
}
