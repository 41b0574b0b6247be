import Glibc

/// The nonlinearities of feed-forward blocks, on rows of F32.
extension ModelConfig.Activation {
    /// x ← f(x)
    func apply(_ row: UnsafeMutablePointer<Float>, count: Int) {
        var index = 0
        if self != .gelu {
            while index + 8 <= count {
                Vector.store(lanes(Vector.load(row + index)), row + index)
                index += 8
            }
        }
        while index < count {
            row[index] = scalar(row[index])
            index += 1
        }
    }

    /// gate ← f(gate) × up
    func apply(gate: UnsafeMutablePointer<Float>, up: UnsafePointer<Float>, count: Int) {
        var index = 0
        if self == .silu {
            // The usual gate, in one pass over memory.
            while index + 8 <= count {
                let x = Vector.load(gate + index)
                Vector.store(x * Vector.load(up + index) / (1 + Vector.exp(-x)), gate + index)
                index += 8
            }
        }
        apply(gate + index, count: count - index)
        while index < count {
            gate[index] *= up[index]
            index += 1
        }
    }

    @inline(__always)
    private func lanes(_ x: Vector.Lanes) -> Vector.Lanes {
        switch self {
        case .silu: return x / (1 + Vector.exp(-x))
        case .relu: return x.replacing(with: 0, where: x .< 0)
        case .quickGelu: return x / (1 + Vector.exp(x * -1.702))
        case .geluTanh:
            // 0.5 x (1 + tanh u) = x / (1 + e^(−2u)), u = √(2/π) (x + 0.044715 x³)
            let u = (x + x * x * x * 0.044_715) * 0.797_884_56
            return x / (1 + Vector.exp(u * -2))
        case .gelu: preconditionFailure("the error function has no lanes")
        }
    }

    private func scalar(_ x: Float) -> Float {
        switch self {
        case .silu: x / (1 + expf(-x))
        case .relu: max(x, 0)
        case .gelu: 0.5 * x * (1 + erff(x * 0.707_106_77))
        case .quickGelu: x / (1 + expf(-1.702 * x))
        case .geluTanh: 0.5 * x * (1 + tanhf(0.797_884_56 * (x + 0.044_715 * x * x * x)))
        }
    }
}
