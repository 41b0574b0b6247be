/// How a tensor's elements are stored in a safetensors file, little-endian.
public enum ElementFormat: String, Sendable, CaseIterable {
    case f64 = "F64"
    case f32 = "F32"
    case f16 = "F16"
    case bf16 = "BF16"
    case i64 = "I64"
    case i32 = "I32"
    case i16 = "I16"
    case i8 = "I8"
    case u64 = "U64"
    case u32 = "U32"
    case u16 = "U16"
    case u8 = "U8"
    case bool = "BOOL"
    case f8e4m3 = "F8_E4M3"
    case f8e5m2 = "F8_E5M2"

    /// Bytes of one element.
    public var size: Int {
        switch self {
        case .f64, .i64, .u64: 8
        case .f32, .i32, .u32: 4
        case .f16, .bf16, .i16, .u16: 2
        case .i8, .u8, .bool, .f8e4m3, .f8e5m2: 1
        }
    }

    /// Whether the functional model computes with it (always in F32).
    public var isWeight: Bool { self == .f32 || self == .f16 || self == .bf16 }

    /// Widens elements to F32, which is exact for all three formats.
    /// - Returns: index of the first element that is not finite, or nil.
    func widen(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<Float>) -> Int? {
        precondition(source.count == target.count * size, "as many elements in as out")
        switch self {
        case .f32:
            UnsafeMutableRawBufferPointer(target).copyMemory(from: source)
        case .bf16:
            for index in 0..<target.count {
                let bits = UInt16(littleEndian: source.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
                target[index] = Float(bitPattern: UInt32(bits) << 16)
            }
        case .f16:
            for index in 0..<target.count {
                let bits = UInt16(littleEndian: source.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
                target[index] = Self.float(halfBits: UInt32(bits))
            }
        default: preconditionFailure("\(rawValue) is not a weight format")
        }
        return Self.firstNonFinite(UnsafeBufferPointer(target))
    }

    /// IEEE 754 binary16 to binary32: the exponent is rebiased by a multiplication with 2^112, which also normalises
    /// subnormals; infinities and NaNs keep an all-ones exponent.
    @inline(__always)
    private static func float(halfBits bits: UInt32) -> Float {
        let magnitude = Float(bitPattern: (bits & 0x7FFF) << 13) * 0x1p112
        let special: UInt32 = bits & 0x7C00 == 0x7C00 ? 0x7F80_0000 : 0
        return Float(bitPattern: magnitude.bitPattern | special | (bits & 0x8000) << 16)
    }

    /// Index of the first NaN or infinity, or nil.
    static func firstNonFinite(_ values: UnsafeBufferPointer<Float>) -> Int? {
        // A sum of (x - x) is 0 when all are finite and NaN otherwise; it vectorises, a search does not.
        var lanes = SIMD8<Float>(repeating: 0)
        var index = 0
        let raw = UnsafeRawBufferPointer(values)
        while index + 8 <= values.count {
            let value = raw.loadUnaligned(fromByteOffset: 4 * index, as: SIMD8<Float>.self)
            lanes += value - value
            index += 8
        }
        if (0..<8).allSatisfy({ lanes[$0] == 0 }) {
            return values[index...].firstIndex { !$0.isFinite }
        }
        return values.firstIndex { !$0.isFinite }
    }
}
