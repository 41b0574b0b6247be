extension DRAMStandard {
    /// HBM2 (JESD235A) with one 128-bit channel in legacy mode, as DRAMsim3 1.0 derives its intervals (`src/timing.cc`).
    ///
    /// Ranks share the data bus, with a bubble of nRTRS between them and between a read and a write; every command takes
    /// one clock. The table has no PREA, no automatic precharge and no refresh of single banks: DRAMsim3's controller
    /// gives none of them under its open-page and rank-staggered policies.
    public static let hbm2Legacy = DRAMStandard(
        name: "HBM2 legacy",
        buses: .rowAndColumn,
        constraints: [
            Constraint(.bank, [.act], [.act], "nRAS + nRP"),
            Constraint(.bank, [.act], [.rd], "nRCDRD"),
            Constraint(.bank, [.act], [.wr], "nRCDWR"),
            Constraint(.bank, [.act], [.pre], "nRAS"),
            Constraint(.bank, [.pre], [.act, .refab], "nRP"),
            Constraint(.bank, [.rd], [.pre], "nRTP"),
            Constraint(.bank, [.wr], [.pre], "nCWL + nBL + nWR"),
            Constraint(.group, [.rd], [.rd], "nCCDL"),
            Constraint(.group, [.wr], [.wr], "nCCDL"),
            Constraint(.rank, [.rd], [.rd], "nCCDS"),
            Constraint(.rank, [.wr], [.wr], "nCCDS"),
            Constraint(.rank, [.rd], [.rd], "nBL"),
            Constraint(.rank, [.wr], [.wr], "nBL"),
            Constraint(.rank, [.rd], [.rd], "nBL + nRTRS", sibling: true),
            Constraint(.rank, [.wr], [.wr], "nBL", sibling: true),
            Constraint(.rank, [.rd], [.wr], "nCL + nBL - nCWL + nRTRS"),
            Constraint(.rank, [.rd], [.wr], "nCL + nBL - nCWL + nRTRS", sibling: true),
            Constraint(.group, [.wr], [.rd], "nCWL + nBL + nWTRL"),
            Constraint(.rank, [.wr], [.rd], "nCWL + nBL + nWTRS"),
            Constraint(.rank, [.wr], [.rd], "nCWL + nBL + nRTRS - nCL", sibling: true),
            Constraint(.group, [.act], [.act], "nRRDL"),
            Constraint(.rank, [.act], [.act], "nRRDS"),
            Constraint(.rank, [.act], [.act], "nFAW", window: 4),
            Constraint(.rank, [.refab], [.act, .refab], "nRFC"),
        ])
}
