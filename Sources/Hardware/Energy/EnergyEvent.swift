/// Something that costs energy each time it happens; counted as an integer.
///
/// Data are counted in bits by what moves them, for each kind crosses its own boundaries on the way: a read goes from
/// the cell array over bank, bank group and die to the pins, a dot-product's slice ends at the multipliers of its bank.
public enum EnergyEvent: Int, CaseIterable, Sendable {
    /// Rows opened in a bank's memory row buffer, and the precharges that follow.
    case rowActivations
    /// Bits of RD: from the cells to the pins.
    case readBits
    /// Bits of WR: from the pins to the cells.
    case writeBits
    /// All-bank refreshes of one rank.
    case refreshes
    /// Refreshes of one bank.
    case bankRefreshes
    /// Cycles of the memory clock, for each rank, with a row open in a memory row buffer.
    case openRankCycles
    /// Cycles of the memory clock, for each rank, with all memory row buffers closed.
    case closedRankCycles
    /// The same for the second row buffers; none are counted on a machine without.
    case pimOpenRankCycles
    case pimClosedRankCycles
    /// Rows opened in a bank for the PIM units: four for a `PIM_ACTIVATE` of a group of four.
    case pimRowActivations
    /// Bits of `PIM_GWRITE`: from the cells to the channel's operand buffer.
    case operandBits
    /// Bits of `PIM_WRITE`: from the pins to the operand buffer.
    case operandBusBits
    /// Bits of matrix rows that dot-products read, over all units: from the cells to the multipliers, wherever they sit.
    case dotProductBits
    /// Bits of results: from the banks to the pins.
    case resultBits
    /// Multiply-accumulates of the PIM units, in fp16.
    case pimMACs
    /// Multiply-accumulates of the systolic arrays, by format of the operands.
    case fp16MACs
    case bf16MACs
    case int8MACs
    /// Elementary operations of the vector units: one operation on one element.
    case vectorOperations
    case sramReadBytes
    case sramWriteBytes
    /// Bits sent to another chip.
    case linkBits
    /// Picoseconds of the run, for the power that flows whatever happens.
    case staticPicoseconds

    /// Name in reports.
    public var name: String {
        switch self {
        case .rowActivations: "row activation"
        case .readBits: "read bit"
        case .writeBits: "write bit"
        case .refreshes: "refresh of a rank"
        case .bankRefreshes: "refresh of a bank"
        case .openRankCycles: "rank cycle with a row open"
        case .closedRankCycles: "rank cycle with all rows closed"
        case .pimOpenRankCycles: "rank cycle with a PIM row open"
        case .pimClosedRankCycles: "rank cycle with all PIM rows closed"
        case .pimRowActivations: "PIM row activation"
        case .operandBits: "operand bit"
        case .operandBusBits: "operand bit from the bus"
        case .dotProductBits: "dot-product bit"
        case .resultBits: "result bit"
        case .pimMACs: "PIM MAC"
        case .fp16MACs: "fp16 MAC"
        case .bf16MACs: "bf16 MAC"
        case .int8MACs: "int8 MAC"
        case .vectorOperations: "vector operation"
        case .sramReadBytes: "SRAM byte read"
        case .sramWriteBytes: "SRAM byte written"
        case .linkBits: "link bit"
        case .staticPicoseconds: "picosecond of static power"
        }
    }

    /// The part of the bill the event stands under.
    public var component: EnergyComponent {
        switch self {
        case .rowActivations, .readBits, .writeBits: .dram
        case .refreshes, .bankRefreshes: .refresh
        case .openRankCycles, .closedRankCycles, .pimOpenRankCycles, .pimClosedRankCycles: .background
        case .pimRowActivations, .operandBits, .operandBusBits, .dotProductBits, .resultBits, .pimMACs: .pim
        case .fp16MACs, .bf16MACs, .int8MACs: .mac
        case .vectorOperations: .vector
        case .sramReadBytes, .sramWriteBytes: .sram
        case .linkBits: .link
        case .staticPicoseconds: .static
        }
    }

    /// Whether the event's count is cycles of the memory clock, so that its energy is a power times that clock's period.
    public var isMemoryCycles: Bool { component == .background }
}

/// A part of the energy bill.
public enum EnergyComponent: String, CaseIterable, Sendable {
    /// Activations, reads and writes of the memory commands.
    case dram
    case refresh
    /// Standby of the row buffers.
    case background
    /// All that PIM commands do: activations, operands, dot-products, results, arithmetic.
    case pim
    /// Multiply-accumulates of the systolic arrays.
    case mac
    case vector
    case sram
    case link
    case `static`
}
