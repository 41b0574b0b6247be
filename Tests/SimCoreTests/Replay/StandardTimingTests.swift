import Hardware
import Testing

@testable import SimCore

/// Every constraint of every standard, by probe, issue and earliest: refused one tick before, taken on the tick.
@Suite struct StandardTimingTests {
    @Test(arguments: StandardDevice.all.map(\.name))
    func eachConstraintHoldsOnItsTick(name: String) throws {
        let device = try #require(StandardDevice.named(name))
        let organization = device.organization
        for rule in device.rules {
            let label: Comment = "\(name): \(rule.previous[0]) to \(rule.next[0]), \(rule.name), on \(rule.level)"
            var probe = DeviceProbe(organization, rules: [rule])
            let start = 1000
            for index in 0..<rule.window { probe.issue(rule.previous[0], bank: 0, at: start + index) }
            let target = rule.sibling ? otherBank(on: rule.level, organization) : 0
            guard let target else { continue }
            let expected = max(0, start + rule.distance)
            let earliest = self.earliest(of: rule, probe, bank: target)
            let (isEarlyTaken, isTaken) = (earliest <= expected - 1, earliest <= expected)
            #expect(earliest == expected, label)
            #expect(!isEarlyTaken && isTaken, label)
            // Where the level has another node, commands there do not wait, unless they need this node too.
            if !rule.sibling, rule.next[0].scope >= rule.level, let other = otherBank(on: rule.level, organization) {
                let free = self.earliest(of: rule, probe, bank: other)
                #expect(free < start, label)
            }
        }
    }

    private func earliest(of rule: TimingRule, _ probe: DeviceProbe, bank: Int) -> Int {
        guard rule.window > 1 else { return probe.timing.earliest(rule.next[0], bank: bank) }
        return probe.timing.activationRoom(rank: probe.organization.node(ofBank: bank, on: .rank), for: 1)
    }

    /// First bank of another node of the level, under the same parent.
    private func otherBank(on level: DRAMLevel, _ organization: DRAMOrganization) -> Int? {
        guard level != .channel else { return nil }
        let parent = DRAMLevel(rawValue: level.rawValue - 1)!
        return (0..<organization.banks).first {
            organization.node(ofBank: $0, on: level) != 0 && organization.node(ofBank: $0, on: parent) == 0
        }
    }

    /// What the whole table says of the pairs that matter most, worked out by hand, in ticks.
    @Test(arguments: [
        // HBM2: nRCDRD 14 and the second clock of ACT; nCL 14 + nBL 2 + 2 - nCWL 5; nCWL 5 + nBL 2 + nWTRL 8.
        ("hbm2-2000", DRAMCommand.act, DRAMCommand.rd, 0, 15), ("hbm2-2000", .rd, .wr, 4, 13),
        ("hbm2-2000", .wr, .rd, 0, 15),
        // HBM3 in half clocks: 2 · 31 + 3 - 2; nCCDR 3 to the other stack ID; nRTW 20; ACT keeps the row bus for 3.
        ("hbm3-6400", .act, .rd, 0, 63), ("hbm3-6400", .rd, .rd, 16, 6), ("hbm3-6400", .rd, .wr, 4, 40),
        ("hbm3-6400", .act, .act, 32, 3),
        // DDR4: nRAS; nCWL 16 + nBL 4 + nWR 24; the other rank after nBL 4 + nCS 2.
        ("ddr4-3200", .act, .pre, 0, 52), ("ddr4-3200", .wr, .pre, 0, 44), ("ddr4-3200-2rank", .rd, .rd, 16, 6),
        // DDR5: nCL 36 + nBL 8 + 2 - nCWL 34 + 2; PRE takes one clock and ACT two: nRP 36 - 1.
        ("ddr5-4800", .rd, .wr, 4, 14), ("ddr5-4800", .pre, .act, 0, 35),
        // LPDDR5: nRCD counts from ACT1; nCWL 9 + nBL_max 4 + nWTRL 10 in the group; LPDDR5X: nRRD 3.75 ns.
        ("lpddr5-6400", .act1, .rd, 0, 15), ("lpddr5-6400", .wr, .rd, 0, 23), ("lpddr5x-8533", .act1, .act1, 4, 4),
        ("lpddr5x-8533-ramulator", .act1, .act1, 4, 6),
        // DDR4, two ranks: a write after a read of the other rank, nCL 22 + nBL 4 + nCS 2 - nCWL 16 (Ramulator: nBL + nCS).
        ("ddr4-3200-2rank", .rd, .wr, 16, 12), ("ddr4-3200-2rank-ramulator", .rd, .wr, 16, 6),
        // DDR5 x8: writes to a bank group 10 ns apart (Ramulator: 20 ns); refreshes of a bank after RDA: nRTPL 5 + nRP 14.
        ("ddr5-4800", .wr, .wr, 1, 24), ("ddr5-4800-ramulator", .wr, .wr, 1, 48), ("hbm2-2000", .rda, .refpb, 0, 19),
        // LPDDR4: nCWL 12 + nBL 8 + nWTR 12; HBM2 legacy: nCWL 4 + nBL 2 + nWTRL 8.
        ("lpddr4-2400", .wr, .rd, 1, 32), ("hbm2-x128", .wr, .rd, 1, 14),
    ])
    func pairsThatMatter(name: String, previous: DRAMCommand, next: DRAMCommand, bank: Int, distance: Int) throws {
        let device = try #require(StandardDevice.named(name))
        var probe = DeviceProbe(device.organization, rules: device.rules)
        probe.issue(previous, at: 1000)
        #expect(probe.timing.earliest(next, bank: bank) == 1000 + distance)
        #expect(
            !probe.probe(next, bank: bank, at: 999 + distance) && probe.probe(next, bank: bank, at: 1000 + distance))
    }

    /// All rules of a table together: after random commands each next command is refused until the last rule lets it go,
    /// and taken then, as by a ledger that keeps every rule apart. A table compiled for some commands says the same of them.
    @Test(arguments: StandardDevice.all.map(\.name))
    func amongAllRulesOfAStandardTheLongestDecides(name: String) throws {
        let device = try #require(StandardDevice.named(name))
        let organization = device.organization
        let commands = DRAMCommand.allCases.filter { device.standard.has($0) }
        let kept: [DRAMCommand] = [.act, .act1, .pre, .rd, .wr]
        var probe = DeviceProbe(organization, rules: device.rules)
        var ledger = RuleLedger(organization: organization, rules: device.rules)
        var pruned = TimingState(
            CompiledTiming(organization: organization, rules: device.rules, commands: kept))
        var random = TestRandom(seed: 3)
        var tick = 1000
        for _ in 0..<60 {
            tick += random.index(below: 20)
            let command = commands[random.index(below: commands.count)]
            let bank = command.banks(from: random.index(below: organization.banks), in: organization).lowerBound
            probe.issue(command, bank: bank, at: tick)
            pruned.issue(command, bank: bank, at: tick)
            ledger.note(command, bank: bank, at: tick)
            for next in commands {
                for other in stride(from: 0, to: organization.banks, by: 3) {
                    let expected = ledger.earliest(next, bank: other)
                    let isSame = probe.timing.earliest(next, bank: other) == expected
                    #expect(isSame, "\(next) on \(other) after \(command) on \(bank)")
                    guard kept.contains(next) else { continue }
                    let isKept = pruned.earliest(next, bank: other) == expected
                    #expect(isKept, "\(next) on \(other) after \(command) on \(bank)")
                }
            }
        }
    }

    @Test func fiveActivationsWaitForTheWindow() throws {
        let device = try #require(StandardDevice.named("ddr4-3200"))
        var probe = DeviceProbe(device.organization, rules: device.rules)
        // Every nRRDS 4 in another group: the fifth waits for nFAW 34 after the first.
        for index in 0..<4 { probe.issue(.act, bank: 4 * index, at: 1000 + 4 * index) }
        #expect(probe.earliest(.act, bank: 1) == 1034)
        #expect(!probe.probe(.act, bank: 1, at: 1033))
    }
}
