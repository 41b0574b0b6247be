import Quantities

/// The operators of a decoder, under the names that reports and traces use.
///
/// A network of two matrices has `fc1` and `fc2`, a gated one of three `gate_up` (both in one product) and `down`. A
/// mixture of experts has `router`, then the `expert_` operators once for each expert in use, then `combine`.
public enum OperatorKind: String, CaseIterable, Sendable {
    case embed
    case normAttention = "norm_attn"
    case qkv, rope, logit, softmax, attend, proj
    case allReduceAttention = "allreduce_attn"
    case residualAttention = "residual_attn"
    case normFeedForward = "norm_ffn"
    case fc1
    case gateUp = "gate_up"
    case activation, fc2, down, router
    case expertFC1 = "expert_fc1"
    case expertGateUp = "expert_gate_up"
    case expertActivation = "expert_activation"
    case expertFC2 = "expert_fc2"
    case expertDown = "expert_down"
    case combine
    case allReduceFeedForward = "allreduce_ffn"
    case residualFeedForward = "residual_ffn"
    case normFinal = "norm_final"
    case lmHead = "lm_head"

    /// What kind of work an operator is.
    public enum Work: Sendable {
        /// A product of activations with weights.
        case matrix
        /// A product with one request's cached keys or values.
        case attention
        /// Element by element, or row by row.
        case vector
        /// Rows of a table, picked by token.
        case lookup
        /// Data exchanged with the other shards.
        case collective
    }

    public var work: Work {
        switch self {
        case .embed: .lookup
        case .qkv, .proj, .fc1, .gateUp, .fc2, .down, .router, .lmHead, .expertFC1, .expertGateUp, .expertFC2,
            .expertDown:
            .matrix
        case .logit, .attend: .attention
        case .allReduceAttention, .allReduceFeedForward: .collective
        default: .vector
        }
    }
}

/// One operator of one shard, with its size and what it must wait for.
public struct Operator: Hashable, Sendable {
    public let kind: OperatorKind
    /// The batch entry it belongs to, for operators of one request: the entry's `request`.
    public var request: Int?
    /// The expert it belongs to.
    public var expert: Int?
    /// The product [m, k] x [k, n], done once for each of `heads`; all 0 for operators that are no products.
    public var m = 0
    public var n = 0
    public var k = 0
    public var heads = 1
    /// Elements that a vector operator computes, or a collective exchanges; scores for a softmax.
    public var elements = 0
    /// Useful multiply-accumulates: of an attention product only those of keys that a token may attend to.
    public var macs = 0
    /// Weights that are read once.
    public var weightBytes = Bytes.zero
    /// Activations that come in and go out, each counted once.
    public var inputBytes = Bytes.zero
    public var outputBytes = Bytes.zero
    /// Keys (logit) or values (attend) read from and appended to the request's cache.
    public var cacheReadBytes = Bytes.zero
    public var cacheWriteBytes = Bytes.zero
    /// What a collective reduces, before any algorithm's factor.
    public var linkBytes = Bytes.zero
    /// Positions in the list of the operators whose results it needs, all before its own.
    public var dependencies: [Int] = []

    public init(_ kind: OperatorKind) {
        self.kind = kind
    }
}

/// One request's part in a step.
public struct BatchEntry: Hashable, Sendable {
    /// The request's `id`.
    public var request: Int
    /// Tokens computed in this step: 1 in decoding, more in prefill.
    public var newTokens: Int
    /// Tokens that the last of the new ones attends over, itself among them.
    public var context: Int

    /// `newTokens` must be between 1 and `context`.
    public init(request: Int, newTokens: Int = 1, context: Int) {
        precondition(newTokens >= 1 && context >= newTokens, "a step's context holds its new tokens")
        self.request = request
        self.newTokens = newTokens
        self.context = context
    }

    /// Pairs of a new token and a token it attends to: the i-th of n sees context - n + i.
    public var attendedPairs: Int { newTokens * context - newTokens * (newTokens - 1) / 2 }
}

/// How many bits an element of each kind of data has; a group of elements fills whole bytes.
public struct ElementBits: Hashable, Sendable {
    public var weight: Int
    public var activation: Int
    public var cache: Int

    public init(weight: Int, activation: Int, cache: Int) {
        precondition(weight > 0 && activation > 0 && cache > 0, "an element has at least one bit")
        self.weight = weight
        self.activation = activation
        self.cache = cache
    }

    /// 16 bits for everything.
    public static let half = ElementBits(weight: 16, activation: 16, cache: 16)

    func weights(_ count: Int) -> Bytes { Bytes(Int64((count * weight + 7) / 8)) }
    func activations(_ count: Int) -> Bytes { Bytes(Int64((count * activation + 7) / 8)) }
    func cached(_ count: Int) -> Bytes { Bytes(Int64((count * cache + 7) / 8)) }
}
