/// The xoshiro256** generator of Blackman and Vigna (2018), seeded by SplitMix64 as its authors advise.
///
/// The same seed gives the same numbers on every machine; derived numbers use only exact or correctly rounded
/// operations, so they too are the same everywhere.
public struct RandomNumbers: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    public init(seed: UInt64) {
        var counter = seed
        func splitMix() -> UInt64 {
            counter &+= 0x9E37_79B9_7F4A_7C15
            var value = counter
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
        state = (splitMix(), splitMix(), splitMix(), splitMix())
    }

    public mutating func next() -> UInt64 {
        let product = state.1 &* 5
        let result = ((product << 7) | (product >> 57)) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = (state.3 << 45) | (state.3 >> 19)
        return result
    }

    /// A multiple of 2^-53 in 0 ..< 1, each equally likely.
    public mutating func nextUnit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A whole number in 0 ..< bound, each equally likely: Lemire's method (2019).
    public mutating func nextIndex(below bound: Int) -> Int {
        precondition(bound > 0, "there is no number below \(bound)")
        let size = UInt64(bound)
        let threshold = (0 &- size) % size
        while true {
            let product = next().multipliedFullWidth(by: size)
            if product.low >= threshold { return Int(product.high) }
        }
    }

    /// An exponentially distributed number of mean 1: -ln(1 - u).
    public mutating func nextExponential() -> Double {
        -portableLogarithm(1 - nextUnit())
    }
}

/// The natural logarithm of a positive normal number to some 15 digits.
///
/// C libraries differ in the last bit of `log`. Here x = m·2^e with m in 1/√2 ... √2, and ln m = 2·atanh(s) for
/// s = (m - 1)/(m + 1), |s| < 0.1716, by its series up to s^23: only additions, multiplications and a division, which
/// IEEE 754 rounds the same everywhere.
private func portableLogarithm(_ number: Double) -> Double {
    var mantissa = number.significand
    var exponent = Double(number.exponent)
    if mantissa > 1.4142135623730951 {
        mantissa /= 2
        exponent += 1
    }
    let s = (mantissa - 1) / (mantissa + 1)
    let square = s * s
    var sum = 0.0
    for power in stride(from: 23, through: 1, by: -2) {
        sum = sum * square + 1 / Double(power)
    }
    return exponent * 0.6931471805599453 + 2 * s * sum
}
