/// A 128-bit FNV-1a hash (Fowler, Noll and Vo; RFC 9923) as 32 hexadecimal digits: wide enough that no two points
/// meet by chance, and the same everywhere. It is no defence against a forger.
enum ContentHash {
    static func text(_ parts: [String]) -> String {
        var hash = start
        for part in parts {
            for byte in part.utf8 { hash = (hash ^ UInt128(byte)) &* prime }
            // A byte that no UTF-8 text has keeps the parts apart.
            hash = (hash ^ 0xFF) &* prime
        }
        return text(hash)
    }

    /// The hash of a file.
    static func bytes(_ bytes: [UInt8]) -> String {
        var hash = start
        for byte in bytes { hash = (hash ^ UInt128(byte)) &* prime }
        return text(hash)
    }

    private static let prime = (UInt128(1) << 88) + 0x13B
    private static let start: UInt128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D

    private static func text(_ hash: UInt128) -> String {
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }
}
