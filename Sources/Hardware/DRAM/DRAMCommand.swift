/// A command on a DRAM channel's command/address bus, the PIM commands included.
///
/// The PIM names are those of the NeuPIMs (ASPLOS 2024) and Newton (MICRO 2020) papers.
public enum DRAMCommand: UInt8, CaseIterable, Sendable {
    /// Opens a row in one bank's memory row buffer.
    case act
    /// Closes one bank's memory row buffer.
    case pre
    /// Reads one burst from the open row.
    case rd
    /// Writes one burst to the open row.
    case wr
    /// Refreshes all banks of a rank; every row buffer of the rank must be closed.
    case refab
    /// Copies one row segment from an open memory row buffer into the channel's global operand buffer.
    case pimGwrite
    /// Announces a GEMV (row, dot-products, results), so that the controller can place refresh around it.
    case pimHeader
    /// Opens the same row in all banks of one bank group, for the PIM units.
    case pimActivate
    /// Multiplies one column slice in every bank of the channel with the operand buffer.
    case pimDotProduct
    /// Returns one partial sum per bank as a burst.
    case pimRdResult
    /// The composite of `n` dot-products and one result read in a single command slot.
    case pimGemv
    /// Closes one bank's PIM row buffer.
    case pimPrecharge

    /// Name in command logs and in the columns of reports.
    public var mnemonic: String {
        switch self {
        case .act: "ACT"
        case .pre: "PRE"
        case .rd: "RD"
        case .wr: "WR"
        case .refab: "REFAB"
        case .pimGwrite: "PIM_GWRITE"
        case .pimHeader: "PIM_HEADER"
        case .pimActivate: "PIM_ACTIVATE"
        case .pimDotProduct: "PIM_DOTPRODUCT"
        case .pimRdResult: "PIM_RDRESULT"
        case .pimGemv: "PIM_GEMV"
        case .pimPrecharge: "PIM_PRECHARGE"
        }
    }

    /// The smallest part of the channel that all of the command's banks share.
    public var scope: DRAMLevel {
        switch self {
        case .act, .pre, .rd, .wr, .pimGwrite, .pimPrecharge: .bank
        case .pimActivate: .group
        case .refab: .rank
        case .pimHeader, .pimDotProduct, .pimRdResult, .pimGemv: .channel
        }
    }

    /// Whether the command moves a burst over the data bus or through the columns (a column command).
    public var isColumn: Bool { self == .rd || self == .wr }
}

/// A level of the tree of a channel: every bank has one node on each level.
public enum DRAMLevel: Int, CaseIterable, Sendable, Comparable {
    case channel, rank, group, bank

    public static func < (left: DRAMLevel, right: DRAMLevel) -> Bool { left.rawValue < right.rawValue }
}
