import Hardware
import Testing

@testable import SimCore

/// Every rule of the tables, alone and among the others: next allowed after the distance, refused one cycle before.
@Suite struct TimingRuleTests {
    private static let start = 1000

    /// The memory rules, and those of every PIM variant, on a device whose values all differ.
    private static let devices: [TestDevice] =
        [TestDevice(name: "memory", organization: .neupims, timing: .distinct)]
        + PIMTiming.allVariants.map {
            TestDevice(name: $0.variant, organization: .neupims, timing: .distinct, pim: $0)
        }

    @Test(arguments: devices)
    func everyRuleHoldsForItsDistanceOnItsNodesAndNowhereElse(device: TestDevice) {
        for rule in device.rules where rule.window == 1 {
            for previous in rule.previous {
                for next in rule.next { checkAlone(rule, previous, next, device) }
            }
        }
    }

    private func checkAlone(
        _ rule: TimingRule, _ previous: DRAMCommand, _ next: DRAMCommand, _ device: TestDevice
    ) {
        let organization = device.organization
        for dots in rule.perDotProduct == 0 ? [0] : [1, 2, 6, 8, 32] {
            let distance = rule.distance + rule.perDotProduct * max(dots, rule.minimumDotProducts)
            for bank in [0, 6, organization.banks - 1] {
                var probe = DeviceProbe(organization, rules: [rule])
                probe.issue(previous, bank: bank, at: Self.start, dotProducts: dots)
                for other in 0..<organization.banks {
                    let place = "\(rule.name): \(previous) \(bank) to \(next) \(other), n = \(dots)"
                    if applies(rule, previous, bank, next, other, organization) {
                        #expect(probe.probe(next, bank: other, at: Self.start + distance), "\(place)")
                        #expect(!probe.probe(next, bank: other, at: Self.start + distance - 1), "\(place)")
                    } else {
                        #expect(probe.probe(next, bank: other, at: 0), "\(place)")
                    }
                }
            }
        }
    }

    private func applies(
        _ rule: TimingRule, _ previous: DRAMCommand, _ bank: Int, _ next: DRAMCommand, _ other: Int,
        _ organization: DRAMOrganization
    ) -> Bool {
        func nodes(_ banks: Range<Int>) -> Set<Int> { Set(banks.map { organization.node(ofBank: $0, on: rule.level) }) }
        let earlier = nodes(previous.banks(from: bank, in: organization))
        let later = nodes(next.banks(from: other, in: organization))
        return rule.sibling ? !later.isSubset(of: earlier) : !later.isDisjoint(with: earlier)
    }

    @Test(arguments: devices)
    func amongAllRulesTheLongestDecides(device: TestDevice) {
        let organization = device.organization
        for previous in DRAMCommand.allCases {
            for dots in previous == .pimGemv ? [1, 8, 32] : [1] {
                var probe = DeviceProbe(device)
                var ledger = RuleLedger(organization: organization, rules: device.rules)
                probe.issue(previous, bank: 9, at: Self.start, dotProducts: dots)
                ledger.note(previous, bank: 9, at: Self.start, dotProducts: dots)
                for next in DRAMCommand.allCases {
                    for bank in 0..<organization.banks {
                        #expect(
                            probe.earliest(next, bank: bank) == ledger.earliest(next, bank: bank),
                            "\(previous) 9 to \(next) \(bank), n = \(dots)")
                    }
                }
            }
        }
    }

    @Test func longCommandSequencesKeepTheEarliestTimes() {
        for device in Self.devices {
            var probe = DeviceProbe(device)
            var ledger = RuleLedger(organization: device.organization, rules: device.rules)
            var random = TestRandom(seed: 11)
            var cycle = 0
            for _ in 0..<300 {
                cycle += random.index(below: 12)
                let command = DRAMCommand.allCases[random.index(below: DRAMCommand.allCases.count)]
                let bank = command.banks(from: random.index(below: 32), in: device.organization).lowerBound
                let dots = 1 + random.index(below: 32)
                probe.issue(command, bank: bank, at: cycle, dotProducts: dots)
                ledger.note(command, bank: bank, at: cycle, dotProducts: dots)
                let next = DRAMCommand.allCases[random.index(below: DRAMCommand.allCases.count)]
                let other = random.index(below: 32)
                let found = probe.timing.earliest(next, bank: other)
                let place = "\(device), \(next) \(other) after \(command) \(bank)"
                #expect(found == ledger.earliest(next, bank: other), "\(place)")
            }
        }
    }

    @Test func theAdderTreeFillsOncePerResult() {
        var probe = DeviceProbe(
            TestDevice(name: "", organization: .neupims, timing: .distinct, pim: .published(rowBuffers: 2)))
        let fill = 6 * 3  // fillDotProducts · nCCDS
        probe.issue(.pimDotProduct, at: 100)
        #expect(probe.earliest(.pimRdResult) == 100 + fill)
        probe.issue(.pimDotProduct, at: 117)
        #expect(probe.earliest(.pimRdResult) == 117 + 2, "the second only takes nDOT")
        probe.issue(.pimRdResult, at: 119)
        probe.issue(.pimDotProduct, at: 122)
        #expect(probe.earliest(.pimRdResult) == 122 + fill, "the first after a result fills the tree again")
    }

    @Test func theFifthActivationWaitsForTheWindowOfTheFirst() {
        let device = TestDevice(name: "", organization: .neupims, timing: .distinct)
        let memory = device.memory
        var probe = DeviceProbe(device)
        for (position, bank) in [0, 4, 8, 12].enumerated() { probe.issue(.act, bank: bank, at: 100 + position * 5) }
        #expect(!probe.probe(.act, bank: 1, at: 100 + memory.nFAW - 1))
        #expect(probe.probe(.act, bank: 1, at: 100 + memory.nFAW))
        #expect(probe.probe(.act, bank: 16, at: 100), "the other rank has its own window")
        probe.issue(.act, bank: 1, at: 137)
        #expect(probe.earliest(.act, bank: 5) == 105 + memory.nFAW, "the window slides")
    }

    @Test func aSharedWindowCountsAGroupAsFour() {
        let device = TestDevice(name: "", organization: .neupims, pim: .physical(rowBuffers: 2))
        var timing = TimingState(CompiledTiming(organization: device.organization, rules: device.rules))
        timing.activate(rank: 0, at: 100, count: 1)
        #expect(timing.activationRoom(rank: 0, for: 4) == 130, "a group needs the whole window: 100 + nFAW")
        #expect(timing.activationRoom(rank: 0, for: 3) < 100)
        timing.activate(rank: 0, at: 130, count: 4)
        #expect(timing.activationRoom(rank: 0, for: 1) == 160)
        #expect(timing.activationRoom(rank: 1, for: 4) < 100)
    }
}
