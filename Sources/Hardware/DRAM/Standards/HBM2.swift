extension DRAMStandard {
    /// HBM2 (JESD235): two pseudo-channels with a data bus each, row and column commands on buses of their own.
    ///
    /// ACT takes two clocks of the row bus.
    ///
    /// The pairs of commands are those of Ramulator 2.1 (c5b1c3a, MIT), `python/ramulator/dram/hbm2.py`.
    public static let hbm2Ramulator = DRAMStandard(
        name: "HBM2",
        buses: .rowAndColumn, commandTicks: [.act: 2], hasPseudoChannels: true,
        constraints: [
            Constraint(.rank, [.rd, .rda], [.rd, .rda], "nBL"),
            Constraint(.rank, [.wr, .wra], [.wr, .wra], "nBL"),
            Constraint(.rank, [.rd, .rda], [.rd, .rda], "nCCDS"),
            Constraint(.rank, [.wr, .wra], [.wr, .wra], "nCCDS"),
            Constraint(.rank, [.rd, .rda], [.wr, .wra], "nCL + nBL + 2 - nCWL"),
            Constraint(.rank, [.wr, .wra], [.rd, .rda], "nCWL + nBL + nWTRS"),
            Constraint(.rank, [.rd], [.prea], "nRTPL"),
            Constraint(.rank, [.wr], [.prea], "nCWL + nBL + nWR"),
            Constraint(.rank, [.act], [.act], "nRRDS"),
            Constraint(.rank, [.act], [.act], "nFAW", window: 4),
            Constraint(.rank, [.act], [.prea], "nRAS"),
            Constraint(.rank, [.prea], [.act], "nRP"),
            Constraint(.rank, [.act], [.refab], "nRC"),
            Constraint(.rank, [.pre, .prea], [.refab], "nRP"),
            Constraint(.rank, [.rda], [.refab], "nRP + nRTPL"),
            Constraint(.rank, [.wra], [.refab], "nCWL + nBL + nWR + nRP"),
            Constraint(.rank, [.refab], [.act, .prea], "nRFC"),
            Constraint(.rank, [.refpb], [.act], "nRREFD"),
            Constraint(.rank, [.act], [.refpb], "nRRDS"),
            Constraint(.group, [.rd, .rda], [.rd, .rda], "nCCDL"),
            Constraint(.group, [.wr, .wra], [.wr, .wra], "nCCDL"),
            Constraint(.group, [.wr, .wra], [.rd, .rda], "nCWL + nBL + nWTRL"),
            Constraint(.group, [.act], [.act], "nRRDL"),
            Constraint(.bank, [.act], [.act], "nRC"),
            Constraint(.bank, [.act], [.rd, .rda], "nRCDRD"),
            Constraint(.bank, [.act], [.wr, .wra], "nRCDWR"),
            Constraint(.bank, [.act], [.pre], "nRAS"),
            Constraint(.bank, [.pre], [.act], "nRP"),
            Constraint(.bank, [.rd], [.pre], "nRTPL"),
            Constraint(.bank, [.wr], [.pre], "nCWL + nBL + nWR"),
            Constraint(.bank, [.rda], [.act], "nRTPL + nRP"),
            Constraint(.bank, [.wra], [.act], "nCWL + nBL + nWR + nRP"),
            Constraint(.bank, [.refpb], [.act], "nRFCpb"),
            Constraint(.bank, [.act], [.refpb], "nRC"),
            Constraint(.bank, [.pre], [.refpb], "nRP"),
        ])
}
