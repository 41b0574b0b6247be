/// Where the tables differ from those of Ramulator 2.1 (c5b1c3a), whose devices are kept as `...-ramulator`.
extension DRAMStandard {
    /// This table with further constraints.
    private func with(_ further: [Constraint]) -> DRAMStandard {
        var standard = self
        standard.constraints += further
        return standard
    }

    /// HBM2 with what a refresh of one bank needs besides: its precharge has ended, whichever command began it, and
    /// activations and refreshes of a rank or group keep their distance.
    ///
    /// These edges are missing in Ramulator's table (its issue 272), where a bank may be refreshed one tick after RDA.
    public static let hbm2 = hbm2Ramulator.with([
        Constraint(.rank, [.refpb], [.refpb], "nRREFD"),
        Constraint(.rank, [.refpb], [.refab], "nRFCpb"),
        Constraint(.rank, [.refab], [.refab, .refpb], "nRFC"),
        Constraint(.rank, [.prea], [.refpb], "nRP"),
        Constraint(.group, [.act], [.refpb], "nRRDL"),
        Constraint(.bank, [.rda], [.refpb], "nRTPL + nRP"),
        Constraint(.bank, [.wra], [.refpb], "nCWL + nBL + nWR + nRP"),
        Constraint(.bank, [.refpb], [.refpb], "nRFCpb"),
    ])

    /// HBM3, corrected like HBM2.
    public static let hbm3 = hbm3Ramulator.with([
        Constraint(.rank, [.refpb], [.refab], "nRFCpb"),
        Constraint(.rank, [.refab], [.refab, .refpb], "nRFC"),
        Constraint(.rank, [.prea], [.refpb], "nRP"),
        Constraint(.group, [.act], [.refpb], "nRRDL"),
        Constraint(.bank, [.rda], [.refpb], "nRTP + nRP"),
        Constraint(.bank, [.wra], [.refpb], "nCWL + nBL + nWR + nRP"),
        Constraint(.bank, [.refpb], [.refpb], "nRFCpb"),
    ])

    /// LPDDR5 with the end of an automatic precharge before the bank's refresh.
    public static let lpddr5 = lpddr5Ramulator.with([
        Constraint(.bank, [.rda], [.refpb], "nRTP + nRP"),
        Constraint(.bank, [.wra], [.refpb], "nCWL + nBL_min + nWR + nRP"),
        Constraint(.rank, [.rd, .rda], [.wr, .wra], "nCL + nBL_min + nCS - nCWL", sibling: true),
    ])

    /// DDR4 in which a write follows a read of another rank only when the read's data have left the bus: nCL + nBL + nCS -
    /// nCWL. Ramulator's nBL + nCS puts both bursts on the bus at once where nCL is larger than nCWL.
    public static let ddr4 = ddr4Ramulator.with([
        Constraint(.rank, [.rd, .rda], [.wr, .wra], "nCL + nBL + nCS - nCWL", sibling: true)
    ])

    /// DDR5, corrected like DDR4.
    public static let ddr5 = ddr5Ramulator.with([
        Constraint(.rank, [.rd, .rda], [.wr, .wra], "nCL + nBL + nCS - nCWL", sibling: true)
    ])
}
