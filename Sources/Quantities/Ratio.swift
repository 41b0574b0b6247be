/// An exact fraction in lowest terms with a positive denominator.
///
/// Times and clock periods are ratios, so that a period such as 625/2 ps never loses a bit. Intermediate results are
/// computed in 128 bits; a result that does not fit 64 bits is a programmer's error.
@frozen
public struct Ratio: Hashable, Comparable, Sendable {
    public let numerator: Int64
    public let denominator: Int64

    /// `numerator / denominator` in lowest terms.
    ///
    /// The denominator must not be zero.
    public init(_ numerator: Int64, over denominator: Int64 = 1) {
        guard let ratio = Ratio(exactly: Int128(numerator), over: Int128(denominator)) else {
            preconditionFailure("\(numerator)/\(denominator) is not a ratio of 64-bit integers")
        }
        self = ratio
    }

    /// `numerator / denominator` in lowest terms, or nil if the denominator is zero or a term exceeds 64 bits.
    public init?(exactly numerator: Int128, over denominator: Int128) {
        guard denominator != 0 else { return nil }
        var divisor = numerator.magnitude
        var rest = denominator.magnitude
        while rest != 0 {
            (divisor, rest) = (rest, divisor % rest)
        }
        let sign: Int128 = denominator < 0 ? -1 : 1
        let common = Int128(divisor) * sign
        guard let top = Int64(exactly: numerator / common), let bottom = Int64(exactly: denominator / common) else {
            return nil
        }
        self.numerator = top
        self.denominator = bottom
    }

    public static let zero = Ratio(0)

    /// The smallest integer not less than the ratio.
    public var roundedUp: Int64 {
        let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
        return remainder > 0 ? quotient + 1 : quotient
    }

    /// The ratio as a binary floating-point number, for reports only.
    public var approximate: Double { Double(numerator) / Double(denominator) }

    public static func + (left: Ratio, right: Ratio) -> Ratio {
        checked(
            Int128(left.numerator) * Int128(right.denominator) + Int128(right.numerator) * Int128(left.denominator),
            Int128(left.denominator) * Int128(right.denominator))
    }

    public static func - (left: Ratio, right: Ratio) -> Ratio {
        checked(
            Int128(left.numerator) * Int128(right.denominator) - Int128(right.numerator) * Int128(left.denominator),
            Int128(left.denominator) * Int128(right.denominator))
    }

    public static func * (left: Ratio, right: Ratio) -> Ratio {
        checked(
            Int128(left.numerator) * Int128(right.numerator), Int128(left.denominator) * Int128(right.denominator))
    }

    public static func / (left: Ratio, right: Ratio) -> Ratio {
        checked(
            Int128(left.numerator) * Int128(right.denominator), Int128(left.denominator) * Int128(right.numerator))
    }

    public static func < (left: Ratio, right: Ratio) -> Bool {
        Int128(left.numerator) * Int128(right.denominator) < Int128(right.numerator) * Int128(left.denominator)
    }

    private static func checked(_ numerator: Int128, _ denominator: Int128) -> Ratio {
        guard let ratio = Ratio(exactly: numerator, over: denominator) else {
            preconditionFailure("a ratio exceeds 64 bits or divides by zero")
        }
        return ratio
    }
}

extension Ratio: CustomStringConvertible {
    /// A decimal number where the fraction ends (`937.5`), else `numerator/denominator`.
    public var description: String {
        guard denominator != 1 else { return "\(numerator)" }
        var rest = denominator
        var digits = 0
        var twos = 0
        var fives = 0
        while rest.isMultiple(of: 2) { (rest, twos) = (rest / 2, twos + 1) }
        while rest.isMultiple(of: 5) { (rest, fives) = (rest / 5, fives + 1) }
        digits = max(twos, fives)
        guard rest == 1, digits <= 18 else { return "\(numerator)/\(denominator)" }
        let scale = (0..<digits).reduce(Int128(1)) { power, _ in power * 10 }
        let scaled = (Int128(numerator) * (scale / Int128(denominator))).magnitude
        let (whole, part) = scaled.quotientAndRemainder(dividingBy: UInt128(scale))
        let fraction = String(part)
        let zeros = String(repeating: "0", count: digits - fraction.count)
        return "\(numerator < 0 ? "-" : "")\(whole).\(zeros)\(fraction)"
    }
}
