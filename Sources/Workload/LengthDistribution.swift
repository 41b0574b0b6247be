/// A distribution of token counts made from published quantiles.
///
/// Between two neighbouring quantiles (p, a) and (q, b), the length at u in p ... q is a + (b - a)·t^k with
/// t = (u - p)/(q - p): k = 1 is a straight line, a larger k leans towards the short end, as real lengths do. The
/// published median, 90th and 99th percentile are met exactly (but for rounding to whole tokens); the smallest length,
/// the largest and the exponents are ours, chosen so that mean and standard deviation come close to the published
/// ones. Nothing else of the data sets is known here: not the shape between the quantiles, and not how the input and
/// output of one request go together; they are drawn independently.
public struct LengthDistribution: Hashable, Sendable {
    /// The probability that a length is at most this knot's, and the length.
    public struct Knot: Hashable, Sendable {
        public let probability: Double
        public let length: Double
        /// The exponent k of the way from the knot before to this one.
        public let exponent: Int
    }

    public let knots: [Knot]

    /// - Parameter lengths: the smallest, the median, the 90th and 99th percentile and the largest.
    /// - Parameter exponents: k in the four intervals between them.
    public init(lengths: [Double], exponents: [Int]) {
        precondition(lengths.count == 5 && exponents.count == 4, "five quantiles have four intervals")
        precondition(zip(lengths, lengths.dropFirst()).allSatisfy(<=), "quantiles must not fall")
        let probabilities = [0, 0.5, 0.9, 0.99, 1]
        knots = lengths.indices.map { index in
            Knot(
                probability: probabilities[index], length: lengths[index],
                exponent: index == 0 ? 1 : exponents[index - 1])
        }
    }

    public var largest: Int { Int(knots[knots.count - 1].length) }

    /// The length at probability `u` in 0 ..< 1, rounded to whole tokens.
    public func quantile(_ u: Double) -> Int {
        let upper = knots.dropFirst().first { u < $0.probability } ?? knots[knots.count - 1]
        let lower = knots.last { $0.probability < upper.probability } ?? knots[0]
        let t = (u - lower.probability) / (upper.probability - lower.probability)
        let share = (0..<upper.exponent).reduce(1.0) { power, _ in power * t }
        return Int(lower.length + (upper.length - lower.length) * share + 0.5)
    }

    /// The mean before rounding: each interval's is a + (b - a)/(k + 1).
    public var mean: Double {
        zip(knots, knots.dropFirst()).reduce(0) { sum, pair in
            let (lower, upper) = pair
            let inside = lower.length + (upper.length - lower.length) / Double(upper.exponent + 1)
            return sum + (upper.probability - lower.probability) * inside
        }
    }

    public func draw(using random: inout RandomNumbers) -> Int { quantile(random.nextUnit()) }

    /// A length drawn with a probability in proportion to the length itself, by rejection.
    public func drawLengthBiased(using random: inout RandomNumbers) -> Int {
        while true {
            let length = draw(using: &random)
            if random.nextIndex(below: largest) < length { return length }
        }
    }
}

/// A data set of conversations, known by the length statistics of its requests.
public enum LengthStatistics: String, CaseIterable, Sendable {
    case shareGPT = "sharegpt"
    case alpaca

    /// Tokens of a prompt. Published: ShareGPT mean 80.3, deviation 569, quantiles 17, 118, 1267; Alpaca 12.1, 4.5, 11,
    /// 17, 27 (statistics of the trace generator that comes with NeuPIMs, casys-kaist/NeuPIMs f299af3).
    public var input: LengthDistribution {
        switch self {
        case .shareGPT: LengthDistribution(lengths: [1, 17, 118, 1267, 44_700], exponents: [3, 3, 3, 36])
        case .alpaca: LengthDistribution(lengths: [6, 11, 17, 27, 42], exponents: [1, 1, 2, 1])
        }
    }

    /// Tokens of an answer. Published: ShareGPT mean 295.0, deviation 262, quantiles 261, 576, 960; Alpaca 55.8, 55, 40,
    /// 122, 248 (the same source).
    public var output: LengthDistribution {
        switch self {
        case .shareGPT: LengthDistribution(lengths: [1, 261, 576, 960, 2980], exponents: [1, 2, 2, 1])
        case .alpaca: LengthDistribution(lengths: [1, 40, 122, 248, 488], exponents: [1, 2, 2, 1])
        }
    }
}
