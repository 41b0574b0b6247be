/// A number format of weights, activations or caches, as the operator trace names it.
public enum TraceFormat: String, Sendable, CaseIterable {
    case f32, f16, bf16, fp8, int8, int4

    /// Bits of one element.
    public var bits: Int {
        switch self {
        case .f32: 32
        case .f16, .bf16: 16
        case .fp8, .int8: 8
        case .int4: 4
        }
    }

    /// Bytes of `count` elements, rounded up.
    public func bytes(_ count: Int) -> Int { (count * bits + 7) / 8 }
}

/// The three formats of a run.
public struct TraceFormats: Sendable, Equatable {
    public var weights: TraceFormat
    public var activations: TraceFormat
    /// Keys and values.
    public var cache: TraceFormat

    public init(weights: TraceFormat, activations: TraceFormat, cache: TraceFormat) {
        self.weights = weights
        self.activations = activations
        self.cache = cache
    }
}
