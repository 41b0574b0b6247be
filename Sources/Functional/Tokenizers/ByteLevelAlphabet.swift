/// The characters that stand for the 256 bytes in a byte-level vocabulary.
///
/// Printable ASCII and Latin-1 stand for themselves; the other 68 bytes take U+0100 upwards in their order.
/// Source: `bytes_to_unicode` of GPT-2's encoder (github.com/openai/gpt-2, src/encoder.py).
enum ByteLevelAlphabet {
    static let scalars: [Unicode.Scalar] = {
        var next: UInt32 = 0x100
        return (0..<256).map { byte in
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return Unicode.Scalar(UInt8(byte))
            default:
                defer { next += 1 }
                return Unicode.Scalar(next)!
            }
        }
    }()

    static let bytes: [Unicode.Scalar: UInt8] = Dictionary(
        uniqueKeysWithValues: scalars.enumerated().map { ($1, UInt8($0)) })

    /// The bytes that a vocabulary entry stands for, or nil if one of its characters stands for none.
    static func bytes(of entry: String) -> [UInt8]? {
        var result: [UInt8] = []
        for scalar in entry.unicodeScalars {
            guard let byte = bytes[scalar] else { return nil }
            result.append(byte)
        }
        return result
    }
}
