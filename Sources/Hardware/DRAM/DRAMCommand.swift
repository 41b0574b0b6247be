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
    /// Closes the memory row buffers of all banks of a rank.
    case prea
    /// Reads or writes one burst and closes the row afterwards.
    case rda
    case wra
    /// Refreshes one bank, which must be closed.
    case refpb
    /// The two halves of an activation where the row address does not fit one command (LPDDR5).
    case act1
    case act2
    /// Starts the write clock (WCK) for a read or write that follows at once (LPDDR5).
    case casRd
    case casWr
    /// Moves operand bursts from the data bus into the channel's operand buffer (AttAcc's write of a GEMV buffer).
    case pimWrite

    /// What the controller of a machine's channels issues, in the order of report columns. ACT1 and ACT2 are one
    /// activation, and RDA and WRA are for replays.
    public static let ofMachines: [DRAMCommand] = [
        .act, .pre, .rd, .wr, .refab, .pimGwrite, .pimHeader, .pimActivate, .pimDotProduct, .pimRdResult, .pimGemv,
        .pimPrecharge, .prea, .refpb, .casRd, .casWr, .pimWrite,
    ]

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
        case .prea: "PREA"
        case .rda: "RDA"
        case .wra: "WRA"
        case .refpb: "REFPB"
        case .act1: "ACT1"
        case .act2: "ACT2"
        case .casRd: "CAS_RD"
        case .casWr: "CAS_WR"
        case .pimWrite: "PIM_WRITE"
        }
    }

    /// The smallest part of the channel that all of the command's banks share.
    public var scope: DRAMLevel {
        switch self {
        case .act, .pre, .rd, .wr, .pimGwrite, .pimPrecharge, .rda, .wra, .refpb, .act1, .act2, .casRd, .casWr: .bank
        case .pimActivate: .group
        case .refab, .prea: .rank
        case .pimHeader, .pimWrite, .pimDotProduct, .pimRdResult, .pimGemv: .channel
        }
    }

    /// Whether the command opens a row in a memory row buffer, or begins to.
    public var opensRow: Bool { self == .act || self == .act1 }

    /// Whether it is one of the PIM units' commands.
    public var isPIM: Bool {
        switch self {
        case .pimGwrite, .pimHeader, .pimActivate, .pimDotProduct, .pimRdResult, .pimGemv, .pimPrecharge, .pimWrite:
            true
        default: false
        }
    }

    /// Whether the command moves a burst over the data bus or through the columns (a column command).
    @inlinable public var isColumn: Bool { self == .rd || self == .wr || self == .rda || self == .wra }
}

/// A level of the tree of a channel: every bank has one node on each level.
///
/// A pseudo-channel takes the place of the rank; `stack` is the stack ID (SID) of HBM3, of which other standards have one.
public enum DRAMLevel: Int, CaseIterable, Sendable, Comparable {
    case channel, rank, stack, group, bank

    public static func < (left: DRAMLevel, right: DRAMLevel) -> Bool { left.rawValue < right.rawValue }
}
