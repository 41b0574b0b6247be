extension StandardDevice {
    /// HBM2 at 2 Gb/s a pin: two 64-bit pseudo-channels of 16 banks.
    ///
    /// The rows are those of the preset, 2^16 of 1 KiB, which make a channel of 16 Gb although it is named for 8 Gb.
    public static let hbm2Rate2000 = hbm2(named: "hbm2-2000", .hbm2)

    /// The same with the table of Ramulator 2.1.
    public static let hbm2Rate2000Ramulator = hbm2(named: "hbm2-2000-ramulator", .hbm2Ramulator)

    private static func hbm2(named name: String, _ standard: DRAMStandard) -> StandardDevice {
        StandardDevice(
            name: name, standard: standard, clockPicoseconds: 1000,
            organization: DRAMOrganization(
                ranks: 2, groupsPerRank: 4, banksPerGroup: 4, rows: 65536, rowBytes: 1024, burstBytes: 32),
            timing: [
                "nBL": 2, "nCL": 14, "nCWL": 5, "nRCDRD": 14, "nRCDWR": 12, "nRP": 14, "nRAS": 34, "nRC": 48, "nWR": 16,
                "nRTPL": 5, "nCCDS": 2, "nCCDL": 4, "nWTRS": 6, "nWTRL": 8, "nRRDS": 4, "nRRDL": 4, "nFAW": 15,
                "nRFC": 350, "nRFCpb": 160, "nRREFD": 8, "nREFI": 3900, "nREFIpb": 122,
            ],
            source: "Ramulator 2.1 (c5b1c3a, MIT), HBM2 preset HBM2_8Gb at 2000 Mb/s")
    }

    /// HBM3 at 6.4 Gb/s a pin: two 32-bit pseudo-channels, two stack IDs of 16 banks each.
    public static let hbm3Rate6400 = hbm3(named: "hbm3-6400", .hbm3)

    /// The same with the table of Ramulator 2.1.
    public static let hbm3Rate6400Ramulator = hbm3(named: "hbm3-6400-ramulator", .hbm3Ramulator)

    private static func hbm3(named name: String, _ standard: DRAMStandard) -> StandardDevice {
        StandardDevice(
            name: name, standard: standard, clockPicoseconds: 625,
            organization: DRAMOrganization(
                ranks: 2, stacksPerRank: 2, groupsPerRank: 8, banksPerGroup: 4, rows: 16384, rowBytes: 1024,
                burstBytes: 32),
            timing: [
                "nBL": 2, "nCL": 20, "nCWL": 10, "nRCDRD": 31, "nRCDWR": 15, "nRP": 26, "nRAS": 45, "nRC": 72,
                "nWR": 33,
                "nRTP": 9, "nCCDS": 2, "nCCDL": 4, "nCCDR": 3, "nRRDS": 4, "nRRDL": 5, "nFAW": 24, "nWTRS": 7,
                "nWTRL": 10, "nRTW": 20, "nPPD": 2, "nRFC": 560, "nRFCpb": 320, "nRREFD": 8, "nREFI": 6240,
                "nREFIpb": 195,
            ],
            source: "Ramulator 2.1 (c5b1c3a, MIT), HBM3 preset of 16 Gb, 8-high, at 6400 Mb/s")
    }
}
