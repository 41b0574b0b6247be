import Hardware
import Testing

@testable import SimCore

/// What PIM commands wait for on HBM3 and LPDDR5X, worked out by hand in ticks: taken on the tick, refused one before.
@Suite struct StandardPIMTimingTests {
    private static func device(_ device: StandardDevice, _ rowBuffers: Int, _ activation: PIMActivationSharing)
        -> TestDevice
    {
        TestDevice(
            device,
            pim: PIMTiming(
                rowBuffers: rowBuffers, nGWRITE: 100, nDOT: 12, fillDotProducts: 1, close: .afterDotProducts,
                result: .afterDotProducts, activation: activation))
    }

    private static let hbm3 = device(.hbm3Rate6400, 2, .spacing)
    private static let attacc = device(.hbm3Rate5200AttAcc, 1, .allBanks)
    private static let lpddr5x = device(.lpddr5xRate8533, 2, .spacing)

    struct Case: Sendable, CustomStringConvertible {
        var description: String
        var device: TestDevice
        var previous: DRAMCommand
        var next: DRAMCommand
        var bank: Int
        var distance: Int
        var bursts = 0
    }

    private static let cases = [
        // HBM3 in half clocks: ACT keeps its bus for 3, a column command for 2, the other row commands for 1.
        Case(
            description: "nRCDRD 31: 62 + 3 - 2", device: hbm3, previous: .pimActivate, next: .pimGemv, bank: 0,
            distance: 63),
        Case(
            description: "nFAW 24 to the next group of the pseudo-channel", device: hbm3, previous: .pimActivate,
            next: .pimActivate, bank: 4, distance: 48),
        Case(
            description: "the row bus only, in the other pseudo-channel", device: hbm3, previous: .pimActivate,
            next: .pimActivate, bank: 32, distance: 3),
        Case(
            description: "nRAS 45: 90 + 3 - 1", device: hbm3, previous: .pimActivate, next: .pimPrecharge, bank: 2,
            distance: 92),
        Case(
            description: "nRP 26: 52 + 1 - 3", device: hbm3, previous: .pimPrecharge, next: .pimActivate, bank: 0,
            distance: 50),
        Case(description: "nCCDS 2", device: hbm3, previous: .pimDotProduct, next: .rd, bank: 9, distance: 4),
        Case(description: "nRTW 20 after a read", device: hbm3, previous: .rd, next: .pimWrite, bank: 0, distance: 40),
        Case(
            description: "two bursts of 32 sums: nCCDS 4 + nBL 4", device: hbm3, previous: .pimRdResult,
            next: .pimRdResult, bank: 0, distance: 8),
        Case(
            description: "five operand bursts of nCCDS 2", device: hbm3, previous: .pimWrite, next: .pimDotProduct,
            bank: 0, distance: 20, bursts: 5),
        // AttAcc's preset: all banks at once, one row buffer, PREA.
        Case(
            description: "nRCDRD 19: 38 + 3 - 2", device: attacc, previous: .pimActivate, next: .pimDotProduct,
            bank: 0, distance: 39),
        Case(
            description: "nCCDAB 6", device: attacc, previous: .pimDotProduct, next: .pimDotProduct, bank: 0,
            distance: 12),
        Case(
            description: "nRTP 8: 16 + 2 - 1", device: attacc, previous: .pimDotProduct, next: .prea, bank: 32,
            distance: 17),
        Case(
            description: "nRP 19: 38 + 1 - 3", device: attacc, previous: .prea, next: .pimActivate, bank: 0,
            distance: 36),
        Case(
            description: "no window between groups, the row bus only", device: attacc, previous: .pimActivate,
            next: .pimActivate, bank: 4, distance: 3),
        // LPDDR5X: ACT1 counts; a PIM_ACTIVATE takes the two slots of ACT1 and ACT2.
        Case(
            description: "nRCD 20", device: lpddr5x, previous: .pimActivate, next: .pimDotProduct, bank: 0,
            distance: 20),
        Case(description: "nFAW 16", device: lpddr5x, previous: .pimActivate, next: .act1, bank: 5, distance: 16),
        Case(
            description: "nRRD 4 from ACT1, other group", device: lpddr5x, previous: .act1, next: .pimActivate,
            bank: 4, distance: 4),
        Case(description: "two slots", device: lpddr5x, previous: .pimActivate, next: .rd, bank: 9, distance: 2),
        Case(description: "nRFC 299", device: lpddr5x, previous: .refab, next: .pimActivate, bank: 0, distance: 299),
        Case(description: "nRFCpb 150", device: lpddr5x, previous: .refpb, next: .pimActivate, bank: 0, distance: 150),
        Case(
            description: "write to dot-product: nCWL 12 + nBL 2 + nWTRS 7", device: lpddr5x, previous: .wr,
            next: .pimDotProduct, bank: 0, distance: 21),
    ]

    @Test(arguments: cases) func pimCommandsKeepTheirDistance(_ wanted: Case) {
        var probe = DeviceProbe(wanted.device)
        probe.issue(wanted.previous, bank: 0, at: 1001, dotProducts: wanted.bursts)
        #expect(probe.earliest(wanted.next, bank: wanted.bank) == 1001 + wanted.distance)
        #expect(probe.probe(wanted.next, bank: wanted.bank, at: 1001 + wanted.distance))
        #expect(!probe.probe(wanted.next, bank: wanted.bank, at: 1000 + wanted.distance))
    }

    /// Banks that share a unit, and what the column paths allow: nCCDL of one group, nCCDS of the channel.
    @Test func levelsDivideTheBanks() {
        let device = StandardDevice.hbm3Rate5200AttAcc
        #expect(PIMLevel.allCases.map { $0.units(in: device) } == [64, 16, 2])
        #expect(PIMLevel.allCases.map { $0.banksPerUnit(in: device) } == [1, 4, 32])
        #expect(PIMLevel.allCases.map { $0.columnSpacing(of: device) } == [8, 8, 4])
        #expect(PIMLevel.buffer.units(in: .lpddr5xRate8533) == 1 && PIMLevel.buffer > .bankGroup)
    }
}
