import Glibc

/// Element-wise operations on rows of F32, eight lanes at a time.
enum Vector {
    typealias Lanes = SIMD8<Float>

    @inline(__always)
    static func load(_ pointer: UnsafePointer<Float>) -> Lanes {
        UnsafeRawPointer(pointer).loadUnaligned(as: Lanes.self)
    }

    @inline(__always)
    static func store(_ lanes: Lanes, _ pointer: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(pointer).storeBytes(of: lanes, as: Lanes.self)
    }

    /// e^x to 2 ulp: x = n ln 2 + r, a polynomial of degree 6 in r, then 2^n by the exponent bits.
    ///
    /// Arguments below −87 give the smallest normal number, above 88 about 1.7e38; the coefficients are Cephes'
    /// (`expf.c`, S. Moshier).
    @inline(__always)
    static func exp(_ argument: Lanes) -> Lanes {
        let floored = argument.replacing(with: -87.3, where: argument .< -87.3)
        let x = floored.replacing(with: 88, where: floored .> 88)
        // Adding and subtracting 1.5 × 2^23 rounds to the nearest integer.
        let magic: Float = 12_582_912
        let shifted = x * 1.442_695_04 + magic
        let n = shifted - magic
        let r = (x - n * 0.693_359_375) + n * 2.121_944_4e-4
        var p = Lanes(repeating: 1.987_569_15e-4)
        p = p * r + 1.398_199_95e-3
        p = p * r + 8.333_451_9e-3
        p = p * r + 4.166_579_6e-2
        p = p * r + 1.666_666_55e-1
        p = p * r + 5.000_000_1e-1
        let value = p * (r * r) + r + 1
        let exponent = SIMD8<Int32>(truncatingIfNeeded: unsafeBitCast(shifted, to: SIMD8<Int32>.self)) &- 0x4B40_0000
        let power = unsafeBitCast((exponent &+ 127) &<< 23, to: Lanes.self)
        return value * power
    }

    @inline(__always)
    static func exp(_ x: Float) -> Float { expf(x) }

    @inline(__always)
    static func log(_ x: Float) -> Float { logf(x) }

    /// Softmax of `count` logits in place, the maximum subtracted first.
    static func softmax(_ row: UnsafeMutablePointer<Float>, count: Int) {
        scale(row, by: 1 / exponentials(row, count: count), count: count)
    }

    /// Replaces logits by e^(x − maximum): softmax but for the division by their sum.
    /// - Returns: the sum.
    static func exponentials(_ row: UnsafeMutablePointer<Float>, count: Int) -> Float {
        var lanes = Lanes(repeating: -.infinity)
        var index = 0
        while index + 8 <= count {
            let value = load(row + index)
            lanes = value.replacing(with: lanes, where: lanes .> value)
            index += 8
        }
        var top = lanes.max()
        while index < count {
            top = max(top, row[index])
            index += 1
        }
        var sums = Lanes.zero
        index = 0
        while index + 8 <= count {
            let value = exp(load(row + index) - top)
            store(value, row + index)
            sums += value
            index += 8
        }
        var sum = sums.sum()
        while index < count {
            row[index] = exp(row[index] - top)
            sum += row[index]
            index += 1
        }
        return sum
    }

    static func scale(_ row: UnsafeMutablePointer<Float>, by factor: Float, count: Int) {
        var index = 0
        while index + 8 <= count {
            store(load(row + index) * factor, row + index)
            index += 8
        }
        while index < count {
            row[index] *= factor
            index += 1
        }
    }

    /// target += factor × source
    static func add(
        _ source: UnsafePointer<Float>, times factor: Float = 1, to target: UnsafeMutablePointer<Float>, count: Int
    ) {
        var index = 0
        while index + 8 <= count {
            store(load(target + index) + load(source + index) * factor, target + index)
            index += 8
        }
        while index < count {
            target[index] += source[index] * factor
            index += 1
        }
    }

    static func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int) -> Float {
        var sums = Lanes.zero
        var index = 0
        while index + 8 <= count {
            sums += load(a + index) * load(b + index)
            index += 8
        }
        var sum = sums.sum()
        while index < count {
            sum += a[index] * b[index]
            index += 1
        }
        return sum
    }

    /// x / √(mean(x²) + ε) × weight
    static func rmsNorm(
        _ source: UnsafePointer<Float>, weight: UnsafePointer<Float>, epsilon: Float,
        into target: UnsafeMutablePointer<Float>, count: Int
    ) {
        let factor = 1 / (dot(source, source, count: count) / Float(count) + epsilon).squareRoot()
        var index = 0
        while index + 8 <= count {
            store(load(source + index) * factor * load(weight + index), target + index)
            index += 8
        }
        while index < count {
            target[index] = source[index] * factor * weight[index]
            index += 1
        }
    }

    /// (x − mean) / √(variance + ε) × weight + bias; without weights the last two steps are left out.
    static func layerNorm(
        _ source: UnsafePointer<Float>, weight: UnsafePointer<Float>?, bias: UnsafePointer<Float>?, epsilon: Float,
        into target: UnsafeMutablePointer<Float>, count: Int
    ) {
        let whole = count / 8 * 8
        var sums = Lanes.zero
        for index in stride(from: 0, to: whole, by: 8) { sums += load(source + index) }
        let mean = (whole..<count).reduce(sums.sum()) { $0 + source[$1] } / Float(count)
        var squares = Lanes.zero
        for index in stride(from: 0, to: whole, by: 8) {
            let difference = load(source + index) - mean
            squares += difference * difference
        }
        let variance =
            (whole..<count).reduce(squares.sum()) {
                $0 + (source[$1] - mean) * (source[$1] - mean)
            } / Float(count)
        let factor = 1 / (variance + epsilon).squareRoot()
        for index in stride(from: 0, to: whole, by: 8) {
            var value = (load(source + index) - mean) * factor
            if let weight { value *= load(weight + index) }
            if let bias { value += load(bias + index) }
            store(value, target + index)
        }
        for index in whole..<count {
            target[index] = (source[index] - mean) * factor * (weight?[index] ?? 1) + (bias?[index] ?? 0)
        }
    }

    /// Index of the largest value, the first of several.
    static func argmax(_ row: UnsafePointer<Float>, count: Int) -> Int {
        var best = 0
        for index in 1..<max(count, 1) where row[index] > row[best] { best = index }
        return best
    }
}
