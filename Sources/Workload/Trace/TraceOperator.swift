/// One operator over all requests of an iteration.
///
/// A product is `[rows, inner] × [inner, columns]`. `logit` and `attend` run per request and head: `rows` sums the
/// requests' new tokens, and `columns` of `logit` (`inner` of `attend`) the keys they see; each request's share follows
/// from its new tokens and its context. Bytes count operands once, whatever a machine reads again.
public struct TraceOperator: Sendable, Equatable {
    public var kind: TraceOperatorKind
    /// m
    public var rows: Int
    /// n
    public var columns: Int
    /// k; 0 where nothing is summed.
    public var inner: Int
    /// Query heads of an attention operator; 1 otherwise.
    public var heads: Int
    /// Format of the weights, or of the cache for `logit` and `attend`, or of the activations where there is neither.
    public var format: TraceFormat
    /// Bytes of activations read.
    public var inputBytes: Int
    /// Bytes of weights, or of keys or values, read.
    public var weightBytes: Int
    /// Bytes of activations written.
    public var outputBytes: Int
    public var after: TraceDependencies
    /// The expert of an `expert` operator.
    public var expert: Int?
    /// Keys a token sees, itself included, where a layer limits them.
    public var window: Int?

    public init(
        kind: TraceOperatorKind, rows: Int, columns: Int, inner: Int = 0, heads: Int = 1, format: TraceFormat,
        inputBytes: Int, weightBytes: Int = 0, outputBytes: Int, after: TraceDependencies = .init(),
        expert: Int? = nil, window: Int? = nil
    ) {
        self.kind = kind
        self.rows = rows
        self.columns = columns
        self.inner = inner
        self.heads = heads
        self.format = format
        self.inputBytes = inputBytes
        self.weightBytes = weightBytes
        self.outputBytes = outputBytes
        self.after = after
        self.expert = expert
        self.window = window
    }
}

/// The operators an operator waits for, as distances back in the iteration's order: 1 is the one just before.
///
/// At most three ranges of distances, ascending; distances let identical layers have identical operators.
public struct TraceDependencies: Sendable, Equatable {
    /// Lower and upper distance of each range; zeros beyond the last.
    private var bounds = SIMD8<Int32>.zero
    public private(set) var rangeCount = 0

    public init() {}

    /// - Parameter distances: each at least 1; runs of neighbours become ranges.
    public init(_ distances: [Int]) {
        var previous: Int?
        for distance in distances.sorted() where distance != previous {
            if let last = previous, distance == last + 1 {
                bounds[2 * rangeCount - 1] = Int32(distance)
            } else {
                append(distance...distance)
            }
            previous = distance
        }
    }

    /// Appends a range that lies above those before it.
    mutating func append(_ range: ClosedRange<Int>) {
        precondition(rangeCount < 3, "an operator waits for at most three ranges")
        bounds[2 * rangeCount] = Int32(range.lowerBound)
        bounds[2 * rangeCount + 1] = Int32(range.upperBound)
        rangeCount += 1
    }

    public func range(_ index: Int) -> ClosedRange<Int> { Int(bounds[2 * index])...Int(bounds[2 * index + 1]) }

    /// All distances, ascending.
    public var distances: [Int] { (0..<rangeCount).flatMap { Array(range($0)) } }
}
