extension DRAMStandard {
    /// HBM3 (JESD238): as HBM2 with stack IDs, and in ticks of half a clock.
    ///
    /// ACT takes 1.5 clocks, a column command one, the other row commands half a clock.
    ///
    /// The pairs of commands are those of Ramulator 2.1 (c5b1c3a, MIT), `python/ramulator/dram/hbm3.py`.
    public static let hbm3Ramulator = DRAMStandard(
        name: "HBM3",
        ticksPerClock: 2, buses: .rowAndColumnOnEdges, commandTicks: [.act: 3, .rd: 2, .wr: 2, .rda: 2, .wra: 2],
        hasPseudoChannels: true, pairsBankRefresh: true,
        constraints: [
            Constraint(.rank, [.rd, .rda], [.rd, .rda], "nBL"),
            Constraint(.rank, [.wr, .wra], [.wr, .wra], "nBL"),
            Constraint(.rank, [.rd, .rda], [.wr, .wra], "nRTW"),
            Constraint(.rank, [.wr, .wra], [.rd, .rda], "nCWL + nBL + nWTRS"),
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
            Constraint(.rank, [.refpb], [.refpb], "nRREFD"),
            Constraint(.rank, [.refpb], [.act], "nRREFD"),
            Constraint(.rank, [.act], [.refpb], "nRRDS"),
            Constraint(.stack, [.rd, .rda], [.rd, .rda], "nCCDS"),
            Constraint(.stack, [.wr, .wra], [.wr, .wra], "nCCDS"),
            Constraint(.stack, [.rd, .rda], [.rd, .rda], "nCCDR", sibling: true),
            Constraint(.group, [.rd, .rda], [.rd, .rda], "nCCDL"),
            Constraint(.group, [.wr, .wra], [.wr, .wra], "nCCDL"),
            Constraint(.group, [.wr, .wra], [.rd, .rda], "nCWL + nBL + nWTRL"),
            Constraint(.group, [.act], [.act], "nRRDL"),
            Constraint(.bank, [.act], [.act], "nRC"),
            Constraint(.bank, [.act], [.rd, .rda], "nRCDRD"),
            Constraint(.bank, [.act], [.wr, .wra], "nRCDWR"),
            Constraint(.bank, [.act], [.pre], "nRAS"),
            Constraint(.bank, [.pre], [.act], "nRP"),
            Constraint(.bank, [.rd], [.pre], "nRTP"),
            Constraint(.bank, [.wr], [.pre], "nCWL + nBL + nWR"),
            Constraint(.bank, [.rda], [.act], "nRTP + nRP"),
            Constraint(.bank, [.wra], [.act], "nCWL + nBL + nWR + nRP"),
            Constraint(.bank, [.refpb], [.act], "nRFCpb"),
            Constraint(.bank, [.act], [.refpb], "nRC"),
            Constraint(.bank, [.pre], [.refpb], "nRP"),
        ])
}
