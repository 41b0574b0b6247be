extension StandardDevice {
    /// DDR4-3200AA, eight devices of 8 Gb x8: one rank.
    public static let ddr4Rate3200 = ddr4(named: "ddr4-3200", .ddr4, ranks: 1)

    /// Two ranks of DDR4-3200AA on one bus.
    public static let ddr4Rate3200TwoRanks = ddr4(named: "ddr4-3200-2rank", .ddr4, ranks: 2)

    /// The same with Ramulator's distance from a read to a write of the other rank.
    public static let ddr4Rate3200TwoRanksRamulator = ddr4(
        named: "ddr4-3200-2rank-ramulator", .ddr4Ramulator, ranks: 2)

    private static func ddr4(named name: String, _ standard: DRAMStandard, ranks: Int) -> StandardDevice {
        StandardDevice(
            name: name, standard: standard, clockPicoseconds: 625,
            organization: DRAMOrganization(
                ranks: ranks, groupsPerRank: 4, banksPerGroup: 4, rows: 65536, rowBytes: 8192, burstBytes: 64),
            timing: [
                "nBL": 4, "nCL": 22, "nCWL": 16, "nRCD": 22, "nRP": 22, "nRAS": 52, "nRC": 74, "nWR": 24, "nRTP": 12,
                "nCCDS": 4, "nCCDL": 8, "nWTRS": 4, "nWTRL": 12, "nCS": 2, "nRRDS": 4, "nRRDL": 8, "nFAW": 34,
                "nRFC": 576, "nREFI": 12480,
            ],
            source: "Ramulator 2.1 (c5b1c3a, MIT), DDR4 preset DDR4_3200AA, 8 Gb x8")
    }

    /// DDR5-4800BN, four devices of 16 Gb x8 on a 32-bit subchannel.
    ///
    /// A burst of an x8 device is 128 bits, the unit of its on-die ECC, so that writes read nothing back: tCCD_L_WR2 of
    /// JESD79-5 holds, the larger of 16 clocks and 10 ns (24 clocks).
    public static let ddr5Rate4800 = ddr5(
        named: "ddr5-4800", .ddr5, sameGroupWrites: 24,
        source: "Ramulator 2.1 (c5b1c3a, MIT), DDR5 preset DDR5_4800BN, 16 Gb x8, but tCCD_L_WR2 of JESD79-5")

    /// The same with 48 clocks between writes to a bank group, tCCD_L_WR of x4 devices, which read and modify.
    public static let ddr5Rate4800Ramulator = ddr5(
        named: "ddr5-4800-ramulator", .ddr5Ramulator, sameGroupWrites: 48,
        source: "Ramulator 2.1 (c5b1c3a, MIT), DDR5 preset DDR5_4800BN, 16 Gb x8")

    private static func ddr5(named name: String, _ standard: DRAMStandard, sameGroupWrites: Int, source: String)
        -> StandardDevice
    {
        StandardDevice(
            name: name, standard: standard, clockPicoseconds: 416,
            organization: DRAMOrganization(
                ranks: 1, groupsPerRank: 8, banksPerGroup: 4, rows: 65536, rowBytes: 4096, burstBytes: 64),
            timing: [
                "nBL": 8, "nCL": 36, "nCWL": 34, "nRCD": 36, "nRP": 36, "nRAS": 77, "nRC": 113, "nWR": 72, "nRTP": 18,
                "nPPD": 2, "nCCDS": 8, "nCCDL": 12, "nCCDS_WR": 8, "nCCDL_WR": sameGroupWrites, "nWTRS": 6, "nWTRL": 24,
                "nCS": 2,
                "nRRDS": 8, "nRRDL": 12, "nFAW": 48, "nRFC": 710, "nREFI": 9375,
            ],
            source: source)
    }
}
