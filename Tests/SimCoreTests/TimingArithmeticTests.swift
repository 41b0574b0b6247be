import Hardware
import Testing

@testable import SimCore

/// The distances that matter most, worked out by hand for HBM2 x128 at 1 GHz (nCL 14, nCWL 4, burst 2 cycles).
@Suite struct TimingArithmeticTests {
    /// Bank 0 is rank 0, group 0; bank 1 the same group; bank 4 the next group; bank 16 the other rank.
    private struct Case: Sendable, CustomStringConvertible {
        var description: String
        var previous: DRAMCommand
        var next: DRAMCommand
        var bank: Int
        var distance: Int
    }

    private static let memoryCases = [
        Case(description: "nRCDRD", previous: .act, next: .rd, bank: 0, distance: 14),
        Case(description: "nRCDWR", previous: .act, next: .wr, bank: 0, distance: 14),
        Case(description: "nRP", previous: .pre, next: .act, bank: 0, distance: 14),
        Case(description: "nRP before refresh", previous: .pre, next: .refab, bank: 0, distance: 14),
        Case(description: "nRAS", previous: .act, next: .pre, bank: 0, distance: 34),
        Case(description: "nRC = nRAS + nRP = 34 + 14", previous: .act, next: .act, bank: 0, distance: 48),
        Case(description: "nRRDL, same group", previous: .act, next: .act, bank: 1, distance: 6),
        Case(description: "nRRDS, other group", previous: .act, next: .act, bank: 4, distance: 4),
        Case(description: "ranks open rows independently", previous: .act, next: .act, bank: 16, distance: -1000),
        Case(description: "RD to RD, same group: max(BL, nCCDL) = 2", previous: .rd, next: .rd, bank: 1, distance: 2),
        Case(description: "RD to RD, other group: max(BL, nCCDS) = 2", previous: .rd, next: .rd, bank: 4, distance: 2),
        Case(description: "RD to RD, other rank: BL + nRTRS = 2 + 2", previous: .rd, next: .rd, bank: 16, distance: 4),
        Case(description: "WR to WR: 2", previous: .wr, next: .wr, bank: 4, distance: 2),
        Case(description: "WR to WR, other rank: BL = 2", previous: .wr, next: .wr, bank: 16, distance: 2),
        Case(description: "RD to WR: CL + BL - CWL + nRTRS = 14 + 2 - 4 + 2", previous: .rd, next: .wr, bank: 0, distance: 14),
        Case(description: "RD to WR, other rank: 16 + 2 + 2 - 6", previous: .rd, next: .wr, bank: 16, distance: 14),
        Case(description: "WR to RD, same group: CWL + BL + nWTRL = 4 + 2 + 8", previous: .wr, next: .rd, bank: 1, distance: 14),
        Case(description: "WR to RD, other group: CWL + BL + nWTRS = 4 + 2 + 6", previous: .wr, next: .rd, bank: 4, distance: 12),
        Case(description: "WR to RD, other rank: max(0, 6 + 2 + 2 - 16)", previous: .wr, next: .rd, bank: 16, distance: 0),
        Case(description: "RD to PRE: nRTP", previous: .rd, next: .pre, bank: 0, distance: 5),
        Case(description: "WR to PRE: CWL + BL + nWR = 4 + 2 + 16", previous: .wr, next: .pre, bank: 0, distance: 22),
        Case(description: "nRFC, any bank of the rank", previous: .refab, next: .act, bank: 15, distance: 260),
        Case(description: "refresh leaves the other rank alone", previous: .refab, next: .act, bank: 16, distance: -1000),
    ]

    @Test(arguments: memoryCases)
    private func memoryCommandsKeepTheirDistance(_ expected: Case) {
        check(expected, TestDevice(name: "", organization: .neupims))
    }

    private static let dualCases = [
        Case(description: "PIM_ACTIVATE to GEMV: nRCDRD", previous: .pimActivate, next: .pimGemv, bank: 0, distance: 14),
        Case(description: "PIM_ACTIVATE to PIM_ACTIVATE, same rank: nFAW", previous: .pimActivate, next: .pimActivate, bank: 4, distance: 30),
        Case(description: "PIM_ACTIVATE, other rank", previous: .pimActivate, next: .pimActivate, bank: 16, distance: -1000),
        Case(description: "PIM_ACTIVATE to ACT: nFAW", previous: .pimActivate, next: .act, bank: 9, distance: 30),
        Case(description: "ACT to PIM_ACTIVATE, same bank: nRRDL only", previous: .act, next: .pimActivate, bank: 0, distance: 6),
        Case(description: "PIM_ACTIVATE to PIM_PRECHARGE: nRAS", previous: .pimActivate, next: .pimPrecharge, bank: 3, distance: 34),
        Case(description: "GEMV to PIM_PRECHARGE: nRTP", previous: .pimGemv, next: .pimPrecharge, bank: 31, distance: 5),
        Case(description: "the memory row stays open beside a GEMV", previous: .pimGemv, next: .pre, bank: 0, distance: -1000),
        Case(description: "PIM_PRECHARGE to PIM_ACTIVATE: nRP", previous: .pimPrecharge, next: .pimActivate, bank: 0, distance: 14),
        Case(description: "GEMV to RD: BL + nRTRS", previous: .pimGemv, next: .rd, bank: 0, distance: 4),
        Case(description: "GEMV to WR: 16 + 2 + 2 - 6", previous: .pimGemv, next: .wr, bank: 0, distance: 14),
        Case(description: "GWRITE to header's GEMV: (1 + 2) · 32", previous: .pimGwrite, next: .pimGemv, bank: 0, distance: 96),
        Case(description: "RD in another bank follows GWRITE after 2", previous: .pimGwrite, next: .rd, bank: 1, distance: 2),
        Case(description: "GWRITE holds its own bank", previous: .pimGwrite, next: .rd, bank: 0, distance: 96),
        Case(description: "ACT to GWRITE: nRCDRD", previous: .act, next: .pimGwrite, bank: 0, distance: 14),
    ]

    @Test(arguments: dualCases)
    private func publishedPIMCommandsKeepTheirDistance(_ expected: Case) {
        check(expected, TestDevice(name: "", organization: .neupims, pim: .published(rowBuffers: 2)))
    }

    private func check(_ expected: Case, _ device: TestDevice) {
        var probe = DeviceProbe(device)
        probe.issue(expected.previous, bank: 0, at: 1000)
        #expect(probe.probe(expected.next, bank: expected.bank, at: 1000 + expected.distance))
        if expected.distance > 0 {
            #expect(!probe.probe(expected.next, bank: expected.bank, at: 1000 + expected.distance - 1))
        }
    }

    /// 2 · (max(n, 6) + 1): n slices two cycles apart, at least six to fill the adder tree, and one slot for the result.
    @Test(arguments: [(2, 14), (6, 14), (8, 18), (32, 66)])
    func gemvFollowsGemvWhenItsDotProductsAndResultAreDone(dotProducts: Int, distance: Int) {
        for pim in PIMTiming.allVariants {
            var probe = DeviceProbe(TestDevice(name: "", organization: .neupims, pim: pim))
            probe.issue(.pimGemv, at: 1000, dotProducts: dotProducts)
            #expect(probe.probe(.pimGemv, at: 1000 + distance))
            #expect(!probe.probe(.pimGemv, at: 1000 + distance - 1))
        }
    }

    /// The last of n slices reads its column 2 · (n - 1) after the command, and the row may close nRTP = 5 later.
    @Test(arguments: [(1, 5), (2, 7), (8, 19), (32, 67)])
    func thePhysicalRowStaysOpenForTheLastDotProduct(dotProducts: Int, distance: Int) {
        let device = TestDevice(name: "", organization: .neupims, pim: .physical(rowBuffers: 2))
        var probe = DeviceProbe(device)
        probe.issue(.pimGemv, at: 1000, dotProducts: dotProducts)
        #expect(probe.probe(.pimPrecharge, bank: 7, at: 1000 + distance))
        #expect(!probe.probe(.pimPrecharge, bank: 7, at: 1000 + distance - 1))
    }

    /// With one row buffer the PIM row is the memory row: nRAS and nRP hold between PIM_ACTIVATE and PRE.
    @Test func oneRowBufferClosesWithPrecharge() {
        var probe = DeviceProbe(TestDevice(name: "", organization: .neupims, pim: .physical(rowBuffers: 1)))
        probe.issue(.pimActivate, bank: 0, at: 1000)
        #expect(probe.earliest(.pre, bank: 2) == 1034)
        probe.issue(.pre, bank: 2, at: 1034)
        #expect(probe.earliest(.pimActivate, bank: 0) == 1048)
        #expect(probe.earliest(.act, bank: 2) == 1048)
    }
}
