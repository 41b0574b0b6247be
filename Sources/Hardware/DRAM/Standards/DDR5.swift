extension DRAMStandard {
    /// DDR5 (JESD79-5): ACT and the column commands take two clocks of the command bus.
    ///
    /// The pairs of commands are those of Ramulator 2.1 (c5b1c3a, MIT), `python/ramulator/dram/ddr5.py`.
    public static let ddr5Ramulator = DRAMStandard(
        name: "DDR5",
        commandTicks: [.act: 2, .rd: 2, .wr: 2, .rda: 2, .wra: 2],
        constraints: [
            Constraint(.channel, [.rd, .rda], [.rd, .rda], "nBL"),
            Constraint(.channel, [.wr, .wra], [.wr, .wra], "nBL"),
            Constraint(.rank, [.rd, .rda], [.rd, .rda], "nCCDS"),
            Constraint(.rank, [.wr, .wra], [.wr, .wra], "nCCDS_WR"),
            Constraint(.rank, [.rd, .rda], [.wr, .wra], "nCL + nBL + 2 - nCWL + 2"),
            Constraint(.rank, [.wr, .wra], [.rd, .rda], "nCWL + nBL + nWTRS"),
            Constraint(.rank, [.rd, .rda], [.rd, .rda, .wr, .wra], "nBL + nCS", sibling: true),
            Constraint(.rank, [.wr, .wra], [.rd, .rda], "nCWL + nBL + nCS - nCL", sibling: true),
            Constraint(.rank, [.rd], [.prea], "nRTP"),
            Constraint(.rank, [.wr], [.prea], "nCWL + nBL + nWR"),
            Constraint(.rank, [.act], [.act], "nRRDS"),
            Constraint(.rank, [.act], [.act], "nFAW", window: 4),
            Constraint(.rank, [.act], [.prea], "nRAS"),
            Constraint(.rank, [.prea], [.act], "nRP"),
            Constraint(.rank, [.pre, .prea], [.pre, .prea], "nPPD"),
            Constraint(.rank, [.act], [.refab], "nRC"),
            Constraint(.rank, [.pre, .prea], [.refab], "nRP"),
            Constraint(.rank, [.rda], [.refab], "nRP + nRTP"),
            Constraint(.rank, [.wra], [.refab], "nCWL + nBL + nWR + nRP"),
            Constraint(.rank, [.refab], [.act, .prea], "nRFC"),
            Constraint(.group, [.rd, .rda], [.rd, .rda], "nCCDL"),
            Constraint(.group, [.wr, .wra], [.wr, .wra], "nCCDL_WR"),
            Constraint(.group, [.wr, .wra], [.rd, .rda], "nCWL + nBL + nWTRL"),
            Constraint(.group, [.act], [.act], "nRRDL"),
            Constraint(.bank, [.act], [.act], "nRC"),
            Constraint(.bank, [.act], [.rd, .rda, .wr, .wra], "nRCD"),
            Constraint(.bank, [.act], [.pre], "nRAS"),
            Constraint(.bank, [.pre], [.act], "nRP"),
            Constraint(.bank, [.rd], [.pre], "nRTP"),
            Constraint(.bank, [.wr], [.pre], "nCWL + nBL + nWR"),
            Constraint(.bank, [.rda], [.act], "nRTP + nRP"),
            Constraint(.bank, [.wra], [.act], "nCWL + nBL + nWR + nRP"),
        ])
}
