extension DRAMStandard {
    /// LPDDR5 and LPDDR5X (JESD209-5) at 16 banks in four groups: ACT1 and ACT2, a write clock started by CAS.
    ///
    /// `nBL_min` and `nBL_max` are the clocks of a burst to other and to the same bank group.
    ///
    /// The pairs of commands are those of Ramulator 2.1 (c5b1c3a, MIT), `python/ramulator/dram/lpddr5.py`.
    ///
    /// A write and a read of another rank are nCWL + nBL + nCS - nCL apart, as in DDR4; Ramulator 2.1 has nCL and nCWL the
    /// other way round there, which no device of one rank shows.
    public static let lpddr5Ramulator = DRAMStandard(
        name: "LPDDR5",
        splitsActivation: true,
        constraints: [
            Constraint(.channel, [.rd, .rda], [.rd, .rda], "nBL_min"),
            Constraint(.channel, [.wr, .wra], [.wr, .wra], "nBL_min"),
            Constraint(.bank, [.casRd], [.rd, .rda], "nCAS"),
            Constraint(.bank, [.casWr], [.wr, .wra], "nCAS"),
            Constraint(.rank, [.rd, .rda], [.rd, .rda], "nCCDS"),
            Constraint(.rank, [.wr, .wra], [.wr, .wra], "nCCDS_WR"),
            Constraint(.rank, [.rd, .rda], [.wr, .wra], "nCL + nBL_min + 2 - nCWL"),
            Constraint(.rank, [.wr, .wra], [.rd, .rda], "nCWL + nBL_min + nWTRS"),
            Constraint(.rank, [.rd, .rda], [.rd, .rda, .wr, .wra], "nBL_min + nCS", sibling: true),
            Constraint(.rank, [.wr, .wra], [.rd, .rda], "nCWL + nBL_min + nCS - nCL", sibling: true),
            Constraint(.rank, [.rd], [.prea], "nRTP"),
            Constraint(.rank, [.wr], [.prea], "nCWL + nBL_min + nWR"),
            Constraint(.rank, [.act1], [.act1], "nRRDS"),
            Constraint(.rank, [.act1], [.act1], "nFAW", window: 4),
            Constraint(.rank, [.act1], [.prea], "nRAS"),
            Constraint(.rank, [.prea], [.act1], "nRPab"),
            Constraint(.rank, [.pre, .prea], [.pre, .prea], "nPPD"),
            Constraint(.rank, [.act1], [.refab], "nRC"),
            Constraint(.rank, [.pre, .prea], [.refab], "nRP"),
            Constraint(.rank, [.rda], [.refab], "nRP + nRTP"),
            Constraint(.rank, [.wra], [.refab], "nCWL + nBL_min + nWR + nRP"),
            Constraint(.rank, [.refab], [.act1, .prea, .refpb, .refab], "nRFC"),
            Constraint(.rank, [.refpb], [.refpb], "nPBR2PBR"),
            Constraint(.rank, [.refpb], [.refab], "nRFCpb"),
            Constraint(.rank, [.refpb], [.act1], "nPBR2ACT"),
            Constraint(.group, [.rd, .rda], [.rd, .rda], "nCCDL"),
            Constraint(.group, [.wr, .wra], [.wr, .wra], "nCCDL_WR"),
            Constraint(.group, [.wr, .wra], [.rd, .rda], "nCWL + nBL_max + nWTRL"),
            Constraint(.group, [.act1], [.act1], "nRRDL"),
            Constraint(.bank, [.act1], [.act1], "nRC"),
            Constraint(.bank, [.act1], [.rd, .rda, .wr, .wra], "nRCD"),
            Constraint(.bank, [.act1], [.pre], "nRAS"),
            Constraint(.bank, [.pre], [.act1], "nRP"),
            Constraint(.bank, [.rd], [.pre], "nRTP"),
            Constraint(.bank, [.wr], [.pre], "nCWL + nBL_min + nWR"),
            Constraint(.bank, [.rda], [.act1], "nRTP + nRP"),
            Constraint(.bank, [.wra], [.act1], "nCWL + nBL_min + nWR + nRP"),
            Constraint(.bank, [.refpb], [.act1], "nRFCpb"),
            Constraint(.bank, [.act1], [.refpb], "nRC"),
            Constraint(.bank, [.pre], [.refpb], "nRP"),
        ])
}
