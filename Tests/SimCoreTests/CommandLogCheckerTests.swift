import Hardware
import Testing

@testable import SimCore

/// The checker finds what is planted, and finds nothing in what the channel does.
@Suite struct CommandLogCheckerTests {
    private let dual = TestDevice(name: "dual", organization: .neupims, pim: .physical(rowBuffers: 2))
    private let single = TestDevice(name: "single", organization: .neupims, pim: .physical(rowBuffers: 1))

    private func at(
        _ cycle: Int, _ command: DRAMCommand, _ bank: Int? = 0, row: Int? = 5, dots: Int = 0
    ) -> LoggedCommand {
        LoggedCommand(cycle: cycle, command: command, bank: bank, row: row, column: nil, dotProducts: dots)
    }

    @Test(arguments: PIMTiming.allVariants.indices)
    func everyRuleBrokenByOneCycleIsFound(variant: Int) {
        let device = TestDevice(
            name: "", organization: .neupims, timing: .distinct, pim: PIMTiming.allVariants[variant])
        let checker = CommandLogChecker(device)
        let rules = device.rules
        for rule in rules where rule.window == 1 && rule.distance > 0 {
            for previous in rule.previous {
                for next in rule.next {
                    let length = rule.distance + rule.perDotProduct * max(8, rule.minimumDotProducts)
                    let bank = rule.sibling ? 16 : 0
                    let first = at(1000, previous, dots: 8)
                    let early = at(1000 + length - 1, next, bank)
                    let found = checker.violations(in: [first, early])
                    let planted = CommandLogChecker.Violation.tooEarly(rule: rule.name, previous: first, next: early)
                    #expect(found.contains(planted), "\(rule.name), \(previous) to \(next)")
                    let onTime = at(1000 + length, next, bank)
                    let allowed = CommandLogChecker.Violation.tooEarly(rule: rule.name, previous: first, next: onTime)
                    let rest = checker.violations(in: [first, onTime])
                    // A rule of the same name on another level may still hold.
                    let others = rules.filter { $0.name == rule.name && $0.distance > rule.distance }
                    #expect(!others.isEmpty || !rest.contains(allowed), "\(rule.name), \(previous) to \(next)")
                }
            }
        }
    }

    @Test func aLegalLogHasNoViolations() {
        let log = [
            at(0, .act), at(14, .rd), at(16, .rd), at(34, .pre), at(48, .act, row: 6), at(62, .wr, row: 6),
            at(63, .act, 20, row: 5), at(84, .pre, row: 6),
        ]
        #expect(CommandLogChecker(dual).violations(in: log) == [])
    }

    @Test func illegalStatesAreFound() {
        expect([at(0, .act), at(100, .act, row: 6)], .opensOpenBank(at(100, .act, row: 6)))
        expect([at(0, .pre)], .closesClosedBank(at(0, .pre)))
        expect([at(0, .rd)], .rowNotOpen(at(0, .rd)))
        expect([at(0, .act), at(50, .rd, row: 6)], .rowNotOpen(at(50, .rd, row: 6)))
        expect([at(0, .act), at(50, .wr, row: 6)], .rowNotOpen(at(50, .wr, row: 6)))
        expect([at(0, .act, 3), at(100, .refab, row: nil)], .refreshesOpenRows(at(100, .refab, row: nil)))
        expect([at(0, .pimActivate), at(100, .refab, row: nil)], .refreshesOpenRows(at(100, .refab, row: nil)))
        expect([at(0, .act, 2), at(50, .pimActivate, 0)], .rowInBothBuffers(at(50, .pimActivate, 0)))
        expect([at(0, .pimActivate, 0), at(50, .act, 2)], .rowInBothBuffers(at(50, .act, 2)))
        expect([at(0, .pimPrecharge)], .closesClosedBank(at(0, .pimPrecharge)))
        expect([at(0, .pimActivate), at(50, .pimActivate)], .opensOpenBank(at(50, .pimActivate)))
        expect([at(0, .pimGwrite)], .rowNotOpen(at(0, .pimGwrite)))
    }

    @Test func aDotProductWithABankClosedIsFound() {
        let seven = (0..<7).map { at(30 * $0, .pimActivate, $0 * 4) }
        for command in [DRAMCommand.pimDotProduct, .pimRdResult, .pimGemv] {
            expect(seven + [at(400, command, nil, dots: 8)], .rowNotOpen(at(400, command, nil, dots: 8)))
        }
        let eight = seven + [at(210, .pimActivate, 28), at(400, .pimGemv, nil, dots: 8)]
        #expect(CommandLogChecker(dual).violations(in: eight) == [])
        #expect(CommandLogChecker(single).violations(in: eight) == [])
        expect(
            seven + [at(210, .pimActivate, 28), at(400, .pimGemv, nil, row: 6)],
            .rowNotOpen(at(400, .pimGemv, nil, row: 6)))
    }

    @Test func sharedSlotsAndWindowsAreFound() {
        let two = [at(0, .act), at(0, .act, 16)]
        expect(two, .commandBus(two[0], two[1]))
        var split = dual
        split.profile.splitCommandBus = true
        let beside = [at(0, .act), at(20, .rd), at(20, .act, 16)]
        expect(beside, .commandBus(beside[1], beside[2]))
        #expect(CommandLogChecker(split).violations(in: beside) == [])
        #expect(CommandLogChecker(split).violations(in: two).contains(.commandBus(two[0], two[1])))
        let five = [0, 4, 8, 12, 1].enumerated().map { at($0.offset * 7, .act, $0.element) }
        expect(five, .activationWindow(five[4]))
        let group = [at(0, .act), at(29, .pimActivate, 4, row: 6)]
        expect(group, .activationWindow(group[1]))
        expect([at(0, .pimActivate, 4, row: 6), at(29, .act)], .activationWindow(at(29, .act)))
        expect([at(9, .act), at(8, .act, 16)], .timeRunsBack(at(8, .act, 16)))
    }

    @Test func dataThatMeetsOnTheBusIsFound() {
        // The result of 8 dot-products is due 16 + 14 cycles after the command; a write's data 4 after its own.
        let log = [at(0, .act, 0, row: 9), at(100, .pimGemv, nil, dots: 8), at(126, .wr, 0, row: 9)]
        expect(log, .dataBus(log[1], log[2]))
    }

    private func expect(
        _ log: [LoggedCommand], _ planted: CommandLogChecker.Violation,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let found = CommandLogChecker(dual).violations(in: log)
        #expect(found.contains(planted), "found \(found)", sourceLocation: sourceLocation)
    }
}
