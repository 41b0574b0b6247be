extension DRAMStandard {
    /// HBM2 (JESD235A) with one 128-bit channel in legacy mode, as DRAMsim3 1.0 derives its intervals (`src/timing.cc`).
    ///
    /// Ranks share the data bus, with a bubble of nRTRS between them and between a read and a write; every command takes
    /// one clock. PREA and automatic precharges, which DRAMsim3's controller does not give under its open-page and
    /// rank-staggered policies, follow the same rules.
    public static let hbm2Legacy = DRAMStandard(
        name: "HBM2 legacy",
        buses: .rowAndColumn,
        constraints: [
            Constraint(.bank, [.act], [.act], "nRAS + nRP"),
            Constraint(.bank, [.act], [.rd, .rda], "nRCDRD"),
            Constraint(.bank, [.act], [.wr, .wra], "nRCDWR"),
            Constraint(.bank, [.act], [.pre], "nRAS"),
            Constraint(.bank, [.pre], [.act, .refab], "nRP"),
            Constraint(.bank, [.rd], [.pre], "nRTP"),
            Constraint(.bank, [.wr], [.pre], "nCWL + nBL + nWR"),
            Constraint(.group, [.rd, .rda], [.rd, .rda], "nCCDL"),
            Constraint(.group, [.wr, .wra], [.wr, .wra], "nCCDL"),
            Constraint(.rank, [.rd, .rda], [.rd, .rda], "nCCDS"),
            Constraint(.rank, [.wr, .wra], [.wr, .wra], "nCCDS"),
            Constraint(.rank, [.rd, .rda], [.rd, .rda], "nBL"),
            Constraint(.rank, [.wr, .wra], [.wr, .wra], "nBL"),
            Constraint(.rank, [.rd, .rda], [.rd, .rda], "nBL + nRTRS", sibling: true),
            Constraint(.rank, [.wr, .wra], [.wr, .wra], "nBL", sibling: true),
            Constraint(.rank, [.rd, .rda], [.wr, .wra], "nCL + nBL - nCWL + nRTRS"),
            Constraint(.rank, [.rd, .rda], [.wr, .wra], "nCL + nBL - nCWL + nRTRS", sibling: true),
            Constraint(.group, [.wr, .wra], [.rd, .rda], "nCWL + nBL + nWTRL"),
            Constraint(.rank, [.wr, .wra], [.rd, .rda], "nCWL + nBL + nWTRS"),
            Constraint(.rank, [.wr, .wra], [.rd, .rda], "nCWL + nBL + nRTRS - nCL", sibling: true),
            Constraint(.group, [.act], [.act], "nRRDL"),
            Constraint(.rank, [.act], [.act], "nRRDS"),
            Constraint(.rank, [.act], [.act], "nFAW", window: 4),
            Constraint(.rank, [.refab], [.act, .refab], "nRFC"),
            Constraint(.rank, [.act], [.prea], "nRAS"),
            Constraint(.rank, [.rd], [.prea], "nRTP"),
            Constraint(.rank, [.wr], [.prea], "nCWL + nBL + nWR"),
            Constraint(.rank, [.prea], [.act, .refab], "nRP"),
            Constraint(.rank, [.act], [.refab], "nRAS + nRP"),
            Constraint(.rank, [.rda], [.refab], "nRTP + nRP"),
            Constraint(.rank, [.wra], [.refab], "nCWL + nBL + nWR + nRP"),
            Constraint(.bank, [.rda], [.act], "nRTP + nRP"),
            Constraint(.bank, [.wra], [.act], "nCWL + nBL + nWR + nRP"),
        ])
}
