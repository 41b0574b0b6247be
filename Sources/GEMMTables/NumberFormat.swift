import SimCore

/// How operands are stored and multiplied: widths in bits, the array's rate, the row of the energy table.
///
/// The rates are relative to fp16 on the same array and are defaults a machine file overrides. They are those of a
/// tensor core, whose dense peaks at 400 W are 156 (TF32), 312 (fp16, bf16), 624 (int8) in Tera-operations per second:
/// NVIDIA A100 Tensor Core GPU datasheet (2021); fp8 at twice fp16: NVIDIA H100 Tensor Core GPU datasheet (2023).
///
/// | format | weight | activation | sum | rate | why |
/// |---|---|---|---|---|---|
/// | fp32 | 32 | 32 | 32 | 1/2 | A100 TF32; full fp32 products take more passes still |
/// | fp16, bf16 | 16 | 16 | 32 | 1 | reference |
/// | fp8 | 8 | 8 | 32 | 2 | H100 |
/// | int8 | 8 | 8 | 32 | 2 | A100 |
/// | int4 | 4 | 16 | 32 | 1 | weights are widened to fp16 in front of the array (the widening costs nothing here) |
/// | int4-a8 | 4 | 8 | 32 | 2 | the same, widened to int8 |
///
/// Scales of quantised weights (a word for each group of them) are left out.
public enum NumberFormat: String, CaseIterable, Sendable {
    case fp32, fp16, bf16, fp8, int8
    /// 4-bit integer weights, 16-bit floating-point activations (W4A16).
    case int4
    /// 4-bit integer weights, 8-bit integer activations (W4A8).
    case int4a8 = "int4-a8"

    public struct Widths: Hashable, Sendable {
        public let weight: Int
        public let activation: Int
        public let sum: Int
    }

    /// Bits of one word of each operand; outputs leave the array as `sum` and reach memory as `activation`.
    public var bits: Widths {
        switch self {
        case .fp32: Widths(weight: 32, activation: 32, sum: 32)
        case .fp16, .bf16: Widths(weight: 16, activation: 16, sum: 32)
        case .fp8, .int8: Widths(weight: 8, activation: 8, sum: 32)
        case .int4: Widths(weight: 4, activation: 16, sum: 32)
        case .int4a8: Widths(weight: 4, activation: 8, sum: 32)
        }
    }

    public var rate: MACRate {
        switch self {
        case .fp32: MACRate(cyclesPerMAC: 2)
        case .fp16, .bf16, .int4: .one
        case .fp8, .int8, .int4a8: MACRate(innerPerCycle: 2)
        }
    }

    /// Bytes that hold `words` of `bits` each, rounded up.
    static func bytes(_ words: Int, bits: Int) -> Int { ceilingDivision(words * bits, 8) }
}
