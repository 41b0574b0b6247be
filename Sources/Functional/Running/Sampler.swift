import Glibc

/// Chooses the next token from logits.
///
/// At temperature 0 the largest, the first of equals. Otherwise a draw from softmax(logits / temperature): the random
/// number depends on the seed, the request and the position only, so a request's text is the same in any batch.
public struct Sampler: Sendable, Equatable {
    public var temperature: Double
    public var seed: UInt64

    public init(temperature: Double = 0, seed: UInt64 = 0) {
        precondition(temperature >= 0 && temperature.isFinite, "a temperature is finite and not negative")
        self.temperature = temperature
        self.seed = seed
    }

    /// - Parameter position: the position of the token that is chosen.
    func choose(_ logits: UnsafeMutableBufferPointer<Float>, request: Int, position: Int) -> Int {
        let row = logits.baseAddress!
        let best = Vector.argmax(row, count: logits.count)
        if temperature == 0 { return best }
        let top = Double(row[best])
        var sum = 0.0
        for index in 0..<logits.count { sum += exp((Double(row[index]) - top) / temperature) }
        var rest = uniform(request: request, position: position) * sum
        for index in 0..<logits.count {
            rest -= exp((Double(row[index]) - top) / temperature)
            if rest < 0 { return index }
        }
        return best
    }

    /// A number in 0..<1 with 53 random bits, by SplitMix64's finaliser (Steele et al., OOPSLA 2014) over the three
    /// numbers one after another.
    func uniform(request: Int, position: Int) -> Double {
        var state = seed
        for value in [UInt64(bitPattern: Int64(request)), UInt64(bitPattern: Int64(position))] {
            state = Self.mix(state &+ 0x9E37_79B9_7F4A_7C15 &* (value &+ 1))
        }
        return Double(state >> 11) * 0x1p-53
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
