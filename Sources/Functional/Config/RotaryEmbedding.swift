import Glibc

/// Rotary position embedding: each head's first half is rotated against its second half by position × frequency.
///
/// Frequencies and angles are rounded to F32 where transformers rounds them, because at position p an error ε in a
/// frequency is an error p ε in the angle.
/// Source: Su et al., "RoFormer", arXiv:2104.09864; scalings as in transformers `modeling_rope_utils.py`.
public struct RotaryEmbedding: Sendable, Equatable {
    /// How frequencies are changed to reach beyond the trained length.
    public enum Scaling: Sendable, Equatable {
        case none
        /// Every frequency divided by `factor`.
        case linear(factor: Double)
        /// The base grows with the length once it passes `original` positions ("NTK-aware", dynamic). Keys keep the
        /// rotation of the pass that made them, so beyond `original` positions a prefill in one go and in chunks
        /// differ, in transformers as here.
        case dynamic(factor: Double, original: Int)
        /// Long wavelengths divided by `factor`, short ones kept, a ramp between them (Llama 3.1).
        case llama3(factor: Double, low: Double, high: Double, original: Int)
        /// As `llama3`, with the ramp over planes between those that turn `fast` and `slow` times within `original`
        /// positions, and cosines and sines multiplied by `amplitude` (Peng et al., "YaRN", arXiv:2309.00071).
        case yarn(factor: Double, fast: Double, slow: Double, original: Int, amplitude: Double)
    }

    public var base: Double
    public var scaling: Scaling
    /// Width of a head, all of it rotated.
    public var headWidth: Int

    /// Radians per position of each of the `headWidth / 2` planes for a sequence of `length` positions.
    public func frequencies(length: Int) -> [Float] {
        switch scaling {
        case .none: return Self.plain(base: base, headWidth: headWidth)
        case .linear(let factor): return Self.plain(base: base, headWidth: headWidth).map { $0 / Float(factor) }
        case .dynamic(let factor, let original):
            let width = Double(headWidth)
            let stretch = factor * Double(max(length, original)) / Double(original) - (factor - 1)
            return Self.plain(base: base * pow(stretch, width / (width - 2)), headWidth: headWidth)
        case .yarn(let factor, let fast, let slow, let original, _): return yarn(factor, fast, slow, original)
        case .llama3(let factor, let low, let high, let original):
            return Self.plain(base: base, headWidth: headWidth).map { frequency in
                let wavelength = 2 * Float.pi / frequency
                if wavelength > Float(Double(original) / low) { return frequency / Float(factor) }
                if wavelength < Float(Double(original) / high) { return frequency }
                let smooth = (Float(original) / wavelength - Float(low)) / Float(high - low)
                return (1 - smooth) * frequency / Float(factor) + smooth * frequency
            }
        }
    }

    /// Ramp of YaRN: 0 (frequency kept) up to the plane that turns `fast` times, 1 (divided by the factor) from the one
    /// that turns `slow` times. The bounds are rounded outwards to whole planes.
    private func yarn(_ factor: Double, _ fast: Double, _ slow: Double, _ original: Int) -> [Float] {
        func plane(turning count: Double) -> Double {
            Double(headWidth) * log(Double(original) / (count * 2 * .pi)) / (2 * log(base))
        }
        let low = max(plane(turning: fast).rounded(.down), 0)
        var high = min(plane(turning: slow).rounded(.up), Double(headWidth - 1))
        if high == low { high += 0.001 }
        return Self.plain(base: base, headWidth: headWidth).enumerated().map { plane, frequency in
            let ramp = Float(min(max((Double(plane) - low) / (high - low), 0), 1))
            return frequency / Float(factor) * ramp + frequency * (1 - ramp)
        }
    }

    /// What cosines and sines are multiplied by.
    public var amplitude: Float {
        if case .yarn(_, _, _, _, let amplitude) = scaling { return Float(amplitude) }
        return 1
    }

    /// base^(−2i / headWidth)
    private static func plain(base: Double, headWidth: Int) -> [Float] {
        (0..<headWidth / 2).map { plane in
            1 / powf(Float(base), Float(2 * plane) / Float(headWidth))
        }
    }

    /// Cosines and sines of one position, `headWidth / 2` each, appended.
    func append(
        position: Int, frequencies: [Float], cosines: inout [Float], sines: inout [Float]
    ) {
        let amplitude = amplitude
        for frequency in frequencies {
            let angle = Float(position) * frequency
            cosines.append(cosf(angle) * amplitude)
            sines.append(sinf(angle) * amplitude)
        }
    }
}
