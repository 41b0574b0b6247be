/// A process for which there is a row in the arithmetic table.
public enum ProcessNode: Int, CaseIterable, Sendable {
    case nm45 = 45
    case nm28 = 28
    case nm16 = 16
    case nm7 = 7
}

/// One published or derived energy, with where it was read and what it includes.
public struct EnergyRow: Hashable, Sendable {
    /// Picojoules per operation, per byte or per byte and millimetre: said by the table it stands in.
    public let picojoules: Double
    public let source: String

    init(_ picojoules: Double, _ source: String) {
        self.picojoules = picojoules
        self.source = source
    }
}

/// Energy of one multiply-accumulate: multiplier and adder, without registers, operands' way or clock tree.
///
/// Rows at 45 nm: M. Horowitz, "Computing's energy problem", ISSCC 2014 (fp16 multiply 1.1 + fp32 add 0.9, fp32
/// multiply 3.7 + add 0.9, int8 multiply 0.2 + int32 add 0.1 pJ). Rows at 7 nm: N. Jouppi et al., "Ten Lessons From
/// Three Generations Shaped Google's TPUv4i", ISCA 2021, Table 2 (fp16 0.34 + 0.38, bf16 0.21 + 0.38, fp32 1.31 + 0.38,
/// int8 0.07 + 0.03 pJ; of these only fp16 multiply and int8 add were compared with a second public text). Rows at 28
/// and 16 nm are interpolated between the two, straight in log energy over log node. Estimates, marked so: bf16 at 45
/// nm (fp16's multiplier times bf16 / fp16 at 7 nm), fp8 at both (fp16's multiplier times the square of the
/// significands' ratio, 4 of 11 bits). Published scaling equations fall 3 to 4 times faster than these silicon figures:
/// hence a table, never one factor.
public enum MACEnergy {
    public static func row(_ format: NumberFormat, _ node: ProcessNode) -> EnergyRow {
        let values = picojoules[format]!
        let (horowitz, jouppi) = ("Horowitz, ISSCC 2014", "Jouppi et al., ISCA 2021, Table 2")
        let interpolated = "interpolated between 45 nm and 7 nm, log energy over log node"
        let estimate = "estimate: fp32 add + fp16 multiply x (4/11)^2, "
        switch (node, format) {
        case (.nm45, .bf16): return EnergyRow(values.nm45, "estimate: fp16 multiply at 45 nm x bf16 / fp16 at 7 nm")
        case (.nm45, .fp8): return EnergyRow(values.nm45, estimate + horowitz)
        case (.nm45, _): return EnergyRow(values.nm45, horowitz)
        case (.nm28, _): return EnergyRow(values.nm28, interpolated)
        case (.nm16, _): return EnergyRow(values.nm16, interpolated)
        case (.nm7, .fp8): return EnergyRow(values.nm7, estimate + jouppi)
        case (.nm7, _): return EnergyRow(values.nm7, jouppi)
        }
    }

    private typealias Nodes = (nm45: Double, nm28: Double, nm16: Double, nm7: Double)

    /// 4-bit weights multiply in the format of their activations.
    private static let picojoules: [NumberFormat: Nodes] = [
        .fp32: (4.6, 3.563, 2.637, 1.69),
        .fp16: (2.0, 1.541, 1.134, 0.72),
        .bf16: (1.6, 1.241, 0.919, 0.59),
        .fp8: (1.045, 0.831, 0.634, 0.425),
        .int8: (0.3, 0.227, 0.163, 0.1),
        .int4: (2.0, 1.541, 1.134, 0.72),
        .int4a8: (0.3, 0.227, 0.163, 0.1),
    ]
}

/// Energy of on-chip storage and wires.
public enum StorageEnergy {
    /// A capacity of the scratchpad table.
    public struct Scratchpad: Hashable, Sendable {
        public let kilobytes: Int
        /// Picojoules per byte, read and written 32 bytes at a time; boundary: the memory's own pins.
        public let read: Double
        public let write: Double
    }

    /// CACTI 7 (HewlettPackard/cacti), 22 nm: single-port RAM of one bank, ITRS-HP, 340 K, ED objective, ECC, 32-byte
    /// accesses. A scratchpad of many banks is to be looked up at the size of a bank, plus wire.
    public static let scratchpads = [
        Scratchpad(kilobytes: 8, read: 3.1 / 32, write: 6.8 / 32),
        Scratchpad(kilobytes: 32, read: 7.8 / 32, write: 13.4 / 32),
        Scratchpad(kilobytes: 128, read: 19.9 / 32, write: 21.7 / 32),
        Scratchpad(kilobytes: 1024, read: 63.1 / 32, write: 57.2 / 32),
        Scratchpad(kilobytes: 4096, read: 131.0 / 32, write: 134.0 / 32),
    ]

    /// The row of a capacity, straight over the square root of capacity (a bit line's length) between rows, the end
    /// rows beyond them.
    public static func scratchpad(kilobytes: Int) -> Scratchpad {
        let rows = scratchpads
        guard let above = rows.firstIndex(where: { $0.kilobytes >= kilobytes }) else { return rows[rows.count - 1] }
        guard above > 0, rows[above].kilobytes > kilobytes else { return rows[above] }
        let (low, high) = (rows[above - 1], rows[above])
        func side(_ kilobytes: Int) -> Double { Double(kilobytes).squareRoot() }
        let weight = (side(kilobytes) - side(low.kilobytes)) / (side(high.kilobytes) - side(low.kilobytes))
        func between(_ a: Double, _ b: Double) -> Double { a + weight * (b - a) }
        return Scratchpad(
            kilobytes: kilobytes, read: between(low.read, high.read), write: between(low.write, high.write))
    }

    /// A flip-flop register written once, per bit: 40 nm, used at every node.
    public static let registerBit = EnergyRow(0.009, "Accelergy Aladdin plug-in, 40 nm register, data tables")

    /// A byte over a millimetre of on-chip wire, random data: 121 fJ per bit and millimetre at 40 nm and 0.9 V.
    public static let wireByteMillimetre = EnergyRow(8 * 0.121, "Keckler et al., IEEE Micro 2011, Table 1")
}
