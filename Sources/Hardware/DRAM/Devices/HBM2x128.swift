import Quantities

extension StandardDevice {
    /// An 8 Gb HBM2 stack slice with a 128-bit channel in legacy mode at 1 GHz.
    ///
    /// Values of DRAMsim3 1.0 (commit 2981759), `configs/HBM2_8Gb_x128.ini`; nRTP and nRTRS are the defaults of its
    /// `src/configuration.cc`, which does not read the file's `tRTP_S` and `tRTP_L`. One burst is BL4 on 128 bits:
    /// 64 bytes in 2 cycles. 128 columns of 128 bits make a row of 2 KiB; 16 banks of 32,768 rows make 1 GiB.
    public static let hbm2x128 = StandardDevice(
        name: "hbm2-x128", standard: .hbm2Legacy, clockPicoseconds: 1000,
        organization: DRAMOrganization(
            ranks: 1, groupsPerRank: 4, banksPerGroup: 4, rows: 32768, rowBytes: 2048, burstBytes: 64),
        timing: [
            "nBL": 2, "nCL": 14, "nCWL": 4, "nRCDRD": 14, "nRCDWR": 14, "nRP": 14, "nRAS": 34, "nCCDS": 1, "nCCDL": 2,
            "nRRDS": 4, "nRRDL": 6, "nFAW": 30, "nWTRS": 6, "nWTRL": 8, "nWR": 16, "nRTP": 5, "nRTRS": 2, "nRFC": 260,
            "nREFI": 3900,
        ],
        currents: hbm2x128Currents, source: "DRAMsim3 1.0 (2981759), configs/HBM2_8Gb_x128.ini")

    /// The currents of that file, which the per-bit energy tables borrow for refresh and standby.
    public static let hbm2x128Currents = DRAMCurrents(
        supply: Volts(1.2), idd0: Milliamperes(65), idd2N: Milliamperes(40), idd3N: Milliamperes(55),
        idd4R: Milliamperes(390), idd4W: Milliamperes(500), idd5AB: Milliamperes(250), devicesPerRank: 1)
}

extension ControllerProfile {
    /// The controller of DRAMsim3 1.0 for HBM: 32 reads, 32 writes, 8 commands for each bank, one request a cycle, a
    /// row and a column command in the same cycle, the ranks' refreshes evenly spaced.
    public static let dramsim3 = ControllerProfile(
        readQueueDepth: 32, writeBufferDepth: 32, commandQueueDepth: 8, rowHitLimit: 4, idleDrainThreshold: 8,
        requestsPerCycle: 1, splitCommandBus: true, refresh: .allBankStaggered)

    /// The profiles that a machine file may name.
    public static let named: [(name: String, profile: ControllerProfile)] = [("dramsim3", .dramsim3)]
}
