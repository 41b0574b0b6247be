import Hardware

@testable import SimCore

/// Finds what is wrong in a full command log, from the timing table and the state machine of the banks alone.
///
/// Every command is held against each command before it that a rule could still tie it to.
struct CommandLogChecker {
    enum Violation: Equatable, CustomStringConvertible {
        case tooEarly(rule: String, previous: LoggedCommand, next: LoggedCommand)
        case activationWindow(LoggedCommand)
        case commandBus(LoggedCommand, LoggedCommand)
        case dataBus(LoggedCommand, LoggedCommand)
        case timeRunsBack(LoggedCommand)
        case opensOpenBank(LoggedCommand)
        case closesClosedBank(LoggedCommand)
        case rowNotOpen(LoggedCommand)
        case refreshesOpenRows(LoggedCommand)
        case notOfThisController(LoggedCommand)
        case rowInBothBuffers(LoggedCommand)
        case noSuchBuffer(LoggedCommand)

        var description: String {
            switch self {
            case .tooEarly(let rule, let previous, let next): "\(rule): \(previous.text), then \(next.text)"
            case .activationWindow(let command): "more than four activations in nFAW: \(command.text)"
            case .commandBus(let first, let second): "one command slot: \(first.text) and \(second.text)"
            case .dataBus(let first, let second): "data of \(first.text) and \(second.text) meet"
            case .timeRunsBack(let command): "out of order: \(command.text)"
            case .opensOpenBank(let command): "bank is open: \(command.text)"
            case .closesClosedBank(let command): "bank is closed: \(command.text)"
            case .rowNotOpen(let command): "row is not open: \(command.text)"
            case .refreshesOpenRows(let command): "rows are open: \(command.text)"
            case .notOfThisController(let command): "another controller's command: \(command.text)"
            case .rowInBothBuffers(let command): "row open in both buffers: \(command.text)"
            case .noSuchBuffer(let command): "no PIM row buffer: \(command.text)"
            }
        }
    }

    let device: TestDevice
    private var organization: DRAMOrganization { device.organization }
    /// Rules between two commands: `between[previous][next]`.
    private let between: [[[TimingRule]]]
    private var openRow: [Int?]
    private var pimRow: [Int?]
    private var violations: [Violation] = []

    init(_ device: TestDevice) {
        self.device = device
        between = DRAMCommand.allCases.map { previous in
            DRAMCommand.allCases.map { next in
                device.rules.filter { $0.window == 1 && $0.previous.contains(previous) && $0.next.contains(next) }
            }
        }
        openRow = [Int?](repeating: nil, count: device.organization.banks)
        pimRow = openRow
    }

    /// All violations of `log`, which starts with all banks closed.
    func violations(in log: [LoggedCommand]) -> [Violation] {
        var checker = self
        checker.checkBuses(log)
        checker.checkTiming(log)
        checker.checkActivationWindow(log)
        checker.checkDataBus(log)
        for command in log { checker.checkState(command) }
        return checker.violations
    }

    // MARK: Time

    private mutating func checkBuses(_ log: [LoggedCommand]) {
        for (index, next) in log.enumerated().dropFirst() {
            let previous = log[index - 1]
            if next.cycle < previous.cycle { violations.append(.timeRunsBack(next)) }
            guard next.cycle == previous.cycle else { continue }
            let isThird = index > 1 && log[index - 2].cycle == next.cycle
            let isSplit = device.profile.splitCommandBus && previous.command.isColumn != next.command.isColumn
            if isThird || !isSplit { violations.append(.commandBus(previous, next)) }
        }
    }

    private mutating func checkTiming(_ log: [LoggedCommand]) {
        let longest = log.map(\.dotProducts).max() ?? 0
        let horizon =
            device.rules.map { $0.distance + $0.perDotProduct * max(longest, $0.minimumDotProducts) }.max() ?? 0
        let fillsTree = firstDotProducts(log)
        var oldest = 0
        for (index, next) in log.enumerated() {
            while log[oldest].cycle + horizon <= next.cycle { oldest += 1 }
            guard oldest < index else { continue }
            for earlier in oldest..<index {
                let previous = log[earlier]
                for rule in between[Int(previous.command.rawValue)][Int(next.command.rawValue)] {
                    if rule.firstOnly && !fillsTree.contains(earlier) { continue }
                    let length = rule.distance + rule.perDotProduct * max(previous.dotProducts, rule.minimumDotProducts)
                    if next.cycle - previous.cycle < length && meet(previous, next, rule) {
                        violations.append(.tooEarly(rule: rule.name, previous: previous, next: next))
                    }
                }
            }
        }
    }

    /// Positions of the dot-products that are the first since a result.
    private func firstDotProducts(_ log: [LoggedCommand]) -> Set<Int> {
        var found: Set<Int> = []
        var isFirst = true
        for (index, command) in log.enumerated() {
            if command.command == .pimDotProduct {
                if isFirst { found.insert(index) }
                isFirst = false
            } else if command.command == .pimRdResult {
                isFirst = true
            }
        }
        return found
    }

    private func meet(_ previous: LoggedCommand, _ next: LoggedCommand, _ rule: TimingRule) -> Bool {
        let earlier = nodes(previous, rule.level)
        let later = nodes(next, rule.level)
        if rule.sibling { return earlier.count > 1 || later.count > 1 || earlier != later }
        return earlier.overlaps(later)
    }

    private func nodes(_ command: LoggedCommand, _ level: DRAMLevel) -> ClosedRange<Int> {
        let banks = command.command.banks(from: command.bank ?? 0, in: organization)
        return organization.node(
            ofBank: banks.lowerBound, on: level)...organization.node(ofBank: banks.upperBound - 1, on: level)
    }

    private mutating func checkActivationWindow(_ log: [LoggedCommand]) {
        let isShared = device.pim?.activation == .sharedWindow
        let window = device.memory.nFAW
        for rank in 0..<organization.ranks {
            var times: [Int] = []
            for command in log {
                let count = command.command == .act ? 1 : command.command == .pimActivate && isShared ? 4 : 0
                guard count > 0, organization.node(ofBank: command.bank!, on: .rank) == rank else { continue }
                times += [Int](repeating: command.cycle, count: count)
                // The fifth last must be a window away.
                for last in times.count - count..<times.count where last >= 4 {
                    if times[last] - times[last - 4] < window {
                        violations.append(.activationWindow(command))
                        break
                    }
                }
            }
        }
    }

    /// Bursts of reads, writes and results never meet on the data bus.
    private mutating func checkDataBus(_ log: [LoggedCommand]) {
        let memory = device.memory
        var bursts: [(start: Int, command: LoggedCommand)] = []
        for command in log {
            switch command.command {
            case .rd, .pimRdResult: bursts.append((command.cycle + memory.nCL, command))
            case .wr: bursts.append((command.cycle + memory.nCWL, command))
            case .pimGemv:
                let pim = device.pim!
                let wait = pim.result == .afterIssue ? 0 : pim.nDOT * max(command.dotProducts, pim.fillDotProducts)
                bursts.append((command.cycle + wait + memory.nCL, command))
            default: break
            }
        }
        bursts.sort { $0.start < $1.start }
        for (first, second) in zip(bursts, bursts.dropFirst()) where second.start < first.start + memory.nBL {
            violations.append(.dataBus(first.command, second.command))
        }
    }

    // MARK: Bank states

    private mutating func checkState(_ command: LoggedCommand) {
        let banks = command.command.banks(from: command.bank ?? 0, in: organization)
        let isDual = device.pim?.rowBuffers == 2
        switch command.command {
        case .act:
            if openRow[banks.lowerBound] != nil { violations.append(.opensOpenBank(command)) }
            openRow[banks.lowerBound] = command.row
        case .pre:
            if openRow[banks.lowerBound] == nil { violations.append(.closesClosedBank(command)) }
            openRow[banks.lowerBound] = nil
        case .rd, .wr, .pimGwrite:
            if openRow[banks.lowerBound] != command.row { violations.append(.rowNotOpen(command)) }
        case .refab:
            let isClosed = banks.allSatisfy { openRow[$0] == nil && pimRow[$0] == nil }
            if !isClosed { violations.append(.refreshesOpenRows(command)) }
        case .pimHeader: break
        case .prea, .rda, .wra, .refpb, .act1, .act2, .casRd, .casWr: violations.append(.notOfThisController(command))
        case .pimActivate:
            let rows = isDual ? pimRow : openRow
            if banks.contains(where: { rows[$0] != nil }) { violations.append(.opensOpenBank(command)) }
            for bank in banks { if isDual { pimRow[bank] = command.row } else { openRow[bank] = command.row } }
        case .pimDotProduct, .pimRdResult, .pimGemv:
            let rows = isDual ? pimRow : openRow
            if banks.contains(where: { rows[$0] != command.row }) { violations.append(.rowNotOpen(command)) }
        case .pimPrecharge:
            if !isDual { violations.append(.noSuchBuffer(command)) }
            if pimRow[banks.lowerBound] == nil { violations.append(.closesClosedBank(command)) }
            pimRow[banks.lowerBound] = nil
        }
        if isDual && banks.contains(where: { openRow[$0] != nil && openRow[$0] == pimRow[$0] }) {
            violations.append(.rowInBothBuffers(command))
        }
    }
}
