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

        init(_ description: String, _ previous: DRAMCommand, _ next: DRAMCommand, bank: Int, _ distance: Int) {
            self.description = description
            self.previous = previous
            self.next = next
            self.bank = bank
            self.distance = distance
        }
    }

    /// Allowed at once, even long before the previous command.
    private static let free = -1000

    private static let memoryCases = [
        Case("nRCDRD", .act, .rd, bank: 0, 14),
        Case("nRCDWR", .act, .wr, bank: 0, 14),
        Case("nRP", .pre, .act, bank: 0, 14),
        Case("nRP before refresh", .pre, .refab, bank: 0, 14),
        Case("nRAS", .act, .pre, bank: 0, 34),
        Case("nRC = nRAS + nRP = 34 + 14", .act, .act, bank: 0, 48),
        Case("nRRDL, same group", .act, .act, bank: 1, 6),
        Case("nRRDS, other group", .act, .act, bank: 4, 4),
        Case("ranks open rows independently", .act, .act, bank: 16, free),
        Case("RD to RD, same group: max(BL, nCCDL) = 2", .rd, .rd, bank: 1, 2),
        Case("RD to RD, other group: max(BL, nCCDS) = 2", .rd, .rd, bank: 4, 2),
        Case("RD to RD, other rank: BL + nRTRS = 2 + 2", .rd, .rd, bank: 16, 4),
        Case("WR to WR: 2", .wr, .wr, bank: 4, 2),
        Case("WR to WR, other rank: BL = 2", .wr, .wr, bank: 16, 2),
        Case("RD to WR: CL + BL - CWL + nRTRS = 14 + 2 - 4 + 2", .rd, .wr, bank: 0, 14),
        Case("RD to WR, other rank: 16 + 2 + 2 - 6", .rd, .wr, bank: 16, 14),
        Case("WR to RD, same group: CWL + BL + nWTRL = 4 + 2 + 8", .wr, .rd, bank: 1, 14),
        Case("WR to RD, other group: CWL + BL + nWTRS = 4 + 2 + 6", .wr, .rd, bank: 4, 12),
        Case("WR to RD, other rank: max(0, 6 + 2 + 2 - 16)", .wr, .rd, bank: 16, 0),
        Case("RD to PRE: nRTP", .rd, .pre, bank: 0, 5),
        Case("WR to PRE: CWL + BL + nWR = 4 + 2 + 16", .wr, .pre, bank: 0, 22),
        Case("nRFC, any bank of the rank", .refab, .act, bank: 15, 260),
        Case("refresh leaves the other rank alone", .refab, .act, bank: 16, free),
    ]

    @Test(arguments: memoryCases)
    private func memoryCommandsKeepTheirDistance(_ expected: Case) {
        check(expected, TestDevice(name: "", organization: .neupims))
    }

    private static let dualCases = [
        Case("PIM_ACTIVATE to GEMV: nRCDRD", .pimActivate, .pimGemv, bank: 0, 14),
        Case("PIM_ACTIVATE to PIM_ACTIVATE, same rank: nFAW", .pimActivate, .pimActivate, bank: 4, 30),
        Case("PIM_ACTIVATE, other rank", .pimActivate, .pimActivate, bank: 16, free),
        Case("PIM_ACTIVATE to ACT: nFAW", .pimActivate, .act, bank: 9, 30),
        Case("ACT to PIM_ACTIVATE, same bank: nRRDL only", .act, .pimActivate, bank: 0, 6),
        Case("PIM_ACTIVATE to PIM_PRECHARGE: nRAS", .pimActivate, .pimPrecharge, bank: 3, 34),
        Case("GEMV to PIM_PRECHARGE: nRTP", .pimGemv, .pimPrecharge, bank: 31, 5),
        Case("the memory row stays open beside a GEMV", .pimGemv, .pre, bank: 0, free),
        Case("PIM_PRECHARGE to PIM_ACTIVATE: nRP", .pimPrecharge, .pimActivate, bank: 0, 14),
        Case("GEMV to RD: BL + nRTRS", .pimGemv, .rd, bank: 0, 4),
        Case("GEMV to WR: 16 + 2 + 2 - 6", .pimGemv, .wr, bank: 0, 14),
        Case("GWRITE to header's GEMV: (1 + 2) · 32", .pimGwrite, .pimGemv, bank: 0, 96),
        Case("RD in another bank follows GWRITE after 2", .pimGwrite, .rd, bank: 1, 2),
        Case("GWRITE holds its own bank", .pimGwrite, .rd, bank: 0, 96),
        Case("ACT to GWRITE: nRCDRD", .act, .pimGwrite, bank: 0, 14),
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

    /// 2 · (max(n, 6) + 1): n slices two cycles apart, at least six to fill the adder tree, one slot for the result.
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
