import Hardware
import Testing

@testable import SimCore

/// Random traffic on channels of every standard, with and without PIM units: no rule is broken, and skipped ticks are
/// ticks in which nothing happens.
@Suite struct StandardTrafficTests {
    private static func memory(_ device: StandardDevice, _ refresh: RefreshPolicy, _ rows: RowPolicy) -> TestDevice {
        var test = TestDevice(device, "\(refresh.rawValue) \(rows.rawValue)")
        if device.organization.ranks > 1 && !device.standard.hasPseudoChannels {
            // The table of Ramulator 2.1 lets a write follow a read of the other rank after nBL + nCS, so that their
            // data meet on the bus they share; with the distance that keeps them apart the controller must be clean.
            test.standard.constraints.append(
                DRAMStandard.Constraint(.rank, [.rd], [.wr], "nCL + nBL + nCS - nCWL", sibling: true))
        }
        test.profile.refresh = refresh
        test.profile.rowPolicy = rows
        return test
    }

    private static func units(
        _ rowBuffers: Int, _ activation: PIMActivationSharing, _ level: PIMLevel, on device: StandardDevice,
        registers: Int = 1
    ) -> PIMTiming {
        PIMTiming(
            rowBuffers: rowBuffers, nGWRITE: 60, nDOT: level.columnSpacing(of: device), fillDotProducts: 3,
            close: .afterDotProducts, result: .afterDotProducts, activation: activation, level: level,
            resultRegisters: registers)
    }

    private static let plain: [TestDevice] = [
        memory(.hbm2Rate2000, .perBank, .open), memory(.hbm3Rate6400, .allBank, .open),
        memory(.hbm3Rate6400, .perBank, .closed), memory(.ddr4Rate3200TwoRanks, .allBankStaggered, .closed),
        memory(.ddr5Rate4800, .allBank, .open), memory(.lpddr5Rate6400, .perBank, .closed),
        memory(.lpddr5xRate8533, .allBank, .open), memory(.hbm2x128, .none, .closed),
    ]

    private static let withUnits: [TestDevice] = {
        let (hbm3, lpddr) = (StandardDevice.hbm3Rate6400, StandardDevice.lpddr5xRate8533)
        var all = [
            TestDevice(hbm3, "bank, window", pim: units(2, .sharedWindow, .bank, on: hbm3)),
            TestDevice(hbm3, "bank, one buffer", pim: units(1, .sharedWindow, .bank, on: hbm3)),
            TestDevice(hbm3, "bank, all banks", pim: units(1, .allBanks, .bank, on: hbm3, registers: 2)),
            TestDevice(hbm3, "buffer, all banks", pim: units(2, .allBanks, .buffer, on: hbm3)),
            TestDevice(lpddr, "bank, window", pim: units(2, .sharedWindow, .bank, on: lpddr)),
            TestDevice(lpddr, "group, all banks", pim: units(1, .allBanks, .bankGroup, on: lpddr, registers: 2)),
            TestDevice(lpddr, "buffer, spacing", pim: units(2, .spacing, .buffer, on: lpddr)),
            TestDevice(
                .ddr5Rate4800, "group, window", pim: units(2, .sharedWindow, .bankGroup, on: .ddr5Rate4800)),
            TestDevice(.hbm2Rate2000, "bank, window", pim: units(1, .sharedWindow, .bank, on: .hbm2Rate2000)),
        ]
        for index in [2, 3, 5] { all[index].writesOperands = true }
        return all
    }()

    @Test(arguments: plain + withUnits)
    func noRuleIsBrokenAndSkippedTicksAreEmpty(device: TestDevice) {
        for seed in 1...2 as ClosedRange<UInt64> {
            var device = device
            device.refreshPhase = Int(seed) * 1301
            let mix = Traffic.Mix(
                items: 50, programShare: 0.2, gap: 40, longestRun: 24, rows: 3, isComposite: seed == 1)
            let traffic = Traffic.random(device, mix, seed: seed)
            var skipping = device.makeChannel()
            skipping.recordsCommands()
            traffic.send(to: &skipping)
            var stepping = skipping
            var end = traffic.items.last!.arrival
            let giveUp = end + 60_000
            while !skipping.isAnswered && end < giveUp {
                end += 500
                skipping.run(until: end)
            }
            #expect(skipping.isAnswered, "\(device), seed \(seed): not everything is answered")
            for tick in 0..<end { stepping.advance(to: tick) }
            let log = skipping.takeLog()
            let plain = stepping.takeLog()
            if log != plain {
                let first = zip(log, plain).prefix { $0 == $1 }.count
                let (ours, theirs) = (log.dropFirst(first).first?.text ?? "", plain.dropFirst(first).first?.text ?? "")
                Issue.record("\(device), seed \(seed), command \(first): \(ours), stepped \(theirs)")
            }
            #expect(skipping.takeCompletions() == stepping.takeCompletions(), "\(device), seed \(seed)")
            #expect(skipping.statistics == stepping.statistics, "\(device), seed \(seed)")
            let violations = CommandLogChecker(device).violations(in: log)
            if let first = violations.first {
                Issue.record("\(device), seed \(seed): \(violations.count) violations, first \(first)")
            }
            checkUse(device, skipping.statistics)
        }
    }

    /// The traffic makes the channel do what the device is there for.
    private func checkUse(_ device: TestDevice, _ statistics: ChannelStatistics) {
        #expect(statistics.count(.rd) > 0 && statistics.count(.wr) > 0)
        if device.standard.splitsActivation {
            #expect(statistics.count(.act) == 0 && statistics.count(.act1) == statistics.count(.act2))
            #expect(statistics.count(.casRd) > 0)
        }
        guard device.pim != nil else { return }
        #expect(statistics.dotProducts > 0 && statistics.count(.pimActivate) > 0)
        if device.writesOperands { #expect(statistics.operandBursts > 0 && statistics.count(.pimGwrite) == 0) }
    }
}
