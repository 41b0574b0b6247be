extension DRAMStandard {
    /// LPDDR4 (JESD209-4) at eight banks without groups; every command takes one clock, as DRAMsim3 1.0 models it.
    ///
    /// JESD209-4 sends ACT in two commands of two clocks each and column commands in two; the model leaves that out, so
    /// that command slots never limit it. Intervals follow DRAMsim3's `src/timing.cc`.
    public static let lpddr4 = DRAMStandard(
        name: "LPDDR4",
        constraints: [
            Constraint(.channel, [.rd, .rda], [.rd, .rda], "nBL"),
            Constraint(.channel, [.wr, .wra], [.wr, .wra], "nBL"),
            Constraint(.rank, [.rd, .rda], [.rd, .rda], "nCCDS"),
            Constraint(.rank, [.wr, .wra], [.wr, .wra], "nCCDS"),
            Constraint(.group, [.rd, .rda], [.rd, .rda], "nCCDL"),
            Constraint(.group, [.wr, .wra], [.wr, .wra], "nCCDL"),
            Constraint(.rank, [.rd, .rda], [.wr, .wra], "nCL + nBL - nCWL + nRTRS"),
            Constraint(.rank, [.wr, .wra], [.rd, .rda], "nCWL + nBL + nWTRS"),
            Constraint(.rank, [.rd, .rda], [.rd, .rda], "nBL + nRTRS", sibling: true),
            Constraint(.rank, [.rd, .rda], [.wr, .wra], "nCL + nBL - nCWL + nRTRS", sibling: true),
            Constraint(.rank, [.wr, .wra], [.rd, .rda], "nCWL + nBL + nRTRS - nCL", sibling: true),
            Constraint(.rank, [.act], [.act], "nRRDS"),
            Constraint(.rank, [.act], [.act], "nFAW", window: 4),
            Constraint(.rank, [.pre, .prea], [.pre, .prea], "nPPD"),
            Constraint(.rank, [.act], [.prea], "nRAS"),
            Constraint(.rank, [.rd], [.prea], "nRTP"),
            Constraint(.rank, [.wr], [.prea], "nCWL + nBL + nWR"),
            Constraint(.rank, [.prea], [.act], "nRPab"),
            Constraint(.rank, [.act], [.refab], "nRC"),
            Constraint(.rank, [.pre], [.refab], "nRP"),
            Constraint(.rank, [.prea], [.refab], "nRPab"),
            Constraint(.rank, [.rda], [.refab], "nRTP + nRP"),
            Constraint(.rank, [.wra], [.refab], "nCWL + nBL + nWR + nRP"),
            Constraint(.rank, [.refab], [.act, .prea, .refab, .refpb], "nRFC"),
            Constraint(.rank, [.refpb], [.refab, .refpb], "nRFCpb"),
            Constraint(.rank, [.refpb], [.act], "nRRDS"),
            Constraint(.bank, [.act], [.act], "nRC"),
            Constraint(.bank, [.act], [.rd, .rda, .wr, .wra], "nRCD"),
            Constraint(.bank, [.act], [.pre], "nRAS"),
            Constraint(.bank, [.pre], [.act, .refpb], "nRP"),
            Constraint(.bank, [.rd], [.pre], "nRTP"),
            Constraint(.bank, [.wr], [.pre], "nCWL + nBL + nWR"),
            Constraint(.bank, [.rda], [.act, .refpb], "nRTP + nRP"),
            Constraint(.bank, [.wra], [.act, .refpb], "nCWL + nBL + nWR + nRP"),
            Constraint(.bank, [.act], [.refpb], "nRC"),
            Constraint(.bank, [.refpb], [.act], "nRFCpb"),
        ])
}

extension StandardDevice {
    /// LPDDR4-2400, one 16-bit channel of an 8 Gb die: the times of JESD209-4 at 0.833 ns, BL16.
    ///
    /// RL 24 and WL 12 (set A) above 1066 MHz; tRCD and tRPpb 18 ns, tRPab 21, tRAS 42, tRC 60, tRRD 10, tFAW 40, tWTR 10,
    /// tWR 18, tRTP 7.5, tRFCab 280, tRFCpb 140, tREFI 3.904 us, tREFIpb an eighth of it; a bubble of 2 on the bus.
    public static let lpddr4Rate2400 = StandardDevice(
        name: "lpddr4-2400", standard: .lpddr4, clockPicoseconds: 833,
        organization: DRAMOrganization(
            ranks: 1, groupsPerRank: 1, banksPerGroup: 8, rows: 65536, rowBytes: 2048, burstBytes: 32),
        timing: [
            "nBL": 8, "nCL": 24, "nCWL": 12, "nRCD": 22, "nRP": 22, "nRPab": 26, "nRAS": 51, "nRC": 73, "nCCDS": 8,
            "nCCDL": 8, "nRRDS": 12, "nFAW": 48, "nWTRS": 12, "nWR": 22, "nRTP": 9, "nPPD": 4, "nRTRS": 2,
            "nRFC": 336, "nRFCpb": 168, "nREFI": 4684, "nREFIpb": 585,
        ],
        source: "JESD209-4, LPDDR4-2400, 8 Gb channel")
}
