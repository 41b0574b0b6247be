extension StandardDevice {
    /// HBM3 at 5.2 Gb/s a pin as the AttAcc simulator has it: two pseudo-channels, two stack IDs of 16 banks each.
    ///
    /// Values of AttAcc (Park et al., ASPLOS 2024), simulator c600051, preset `HBM3_5.2Gbps`, which its authors derive
    /// from the times of DRAMsim3's HBM2; tRFC is 350 ns for 8 Gb. What that preset does not give is taken from the
    /// HBM3 preset of Ramulator 2.1 (nCCDR, nPPD, nRREFD), from HBM2 (tRFCpb 160 ns), or follows (nRTW = nCL + nBL + 2 -
    /// nCWL; nREFIpb = nREFI / 32). nRC is one clock less than nRAS + nRP there.
    public static let hbm3Rate5200AttAcc = StandardDevice(
        name: "hbm3-5200-attacc", standard: .hbm3, clockPicoseconds: 769,
        organization: DRAMOrganization(
            ranks: 2, stacksPerRank: 2, groupsPerRank: 8, banksPerGroup: 4, rows: 16384, rowBytes: 1024,
            burstBytes: 32),
        timing: [
            "nBL": 2, "nCL": 19, "nCWL": 6, "nRCDRD": 19, "nRCDWR": 19, "nRP": 19, "nRAS": 45, "nRC": 63, "nWR": 21,
            "nRTP": 8, "nCCDS": 2, "nCCDL": 4, "nCCDR": 3, "nRRDS": 2, "nRRDL": 4, "nFAW": 39, "nWTRS": 8,
            "nWTRL": 11, "nRTW": 17, "nPPD": 2, "nRFC": 455, "nRFCpb": 208, "nRREFD": 8, "nREFI": 5070,
            "nREFIpb": 158,
        ],
        source: "AttAcc simulator (c600051, MIT), preset HBM3_5.2Gbps")
}
