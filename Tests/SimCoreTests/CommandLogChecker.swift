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
        case clockEdge(LoggedCommand)
        case halfActivation(LoggedCommand)
        case writeClock(LoggedCommand)
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
            case .clockEdge(let command): "not on this clock edge: \(command.text)"
            case .halfActivation(let command): "ACT1 and ACT2 do not fit: \(command.text)"
            case .writeClock(let command): "the write clock is off: \(command.text)"
            case .noSuchBuffer(let command): "no PIM row buffer: \(command.text)"
            }
        }
    }

    let device: TestDevice
    private let rules: [TimingRule]
    private let memory: DRAMIntervals
    private var organization: DRAMOrganization { device.organization }
    /// Rules between two commands: `between[previous][next]`.
    private let between: [[[TimingRule]]]
    private var openRow: [Int?]
    private var pimRow: [Int?]
    /// The ACT1 that waits for its ACT2.
    private var half: LoggedCommand?
    private var violations: [Violation] = []

    init(_ device: TestDevice) {
        self.device = device
        let rules = device.rules
        self.rules = rules
        memory = device.memory
        between = DRAMCommand.allCases.map { previous in
            DRAMCommand.allCases.map { next in
                rules.filter { $0.window == 1 && $0.previous.contains(previous) && $0.next.contains(next) }
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
        checker.checkWriteClock(log)
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
            let buses = device.standard.buses
            let hasTwo = buses == .rowAndColumnOnEdges || (buses == .rowAndColumn && device.profile.splitCommandBus)
            let isSplit = hasTwo && usesColumnBus(previous) != usesColumnBus(next)
            if isThird || !isSplit { violations.append(.commandBus(previous, next)) }
        }
        guard device.standard.buses == .rowAndColumnOnEdges else { return }
        let closing: [DRAMCommand] = [.pre, .prea, .pimPrecharge]
        for command in log where command.cycle % 2 == 0 && !closing.contains(command.command) {
            violations.append(.clockEdge(command))
        }
    }

    private func usesColumnBus(_ command: LoggedCommand) -> Bool {
        // Spelled out here too, so that a command in the wrong list is found.
        switch command.command {
        case .rd, .wr, .rda, .wra, .pimGwrite, .pimWrite, .pimDotProduct, .pimRdResult, .pimGemv: true
        default: false
        }
    }

    /// Banks that a logged command acts on; one without a bank acts on all.
    private func banks(_ command: LoggedCommand) -> Range<Int> {
        command.bank.map { command.command.banks(from: $0, in: organization) } ?? 0..<organization.banks
    }

    /// With a write clock, whatever uses the data bus finds it on or follows its CAS at once.
    private mutating func checkWriteClock(_ log: [LoggedCommand]) {
        guard device.standard.splitsActivation else { return }
        let timing = device.timing
        let after = timing["nBL_min"]! + timing["nWCKPST"]!
        var end = 0
        for (index, command) in log.enumerated() {
            let isRead = [.rd, .pimRdResult, .pimGemv].contains(command.command)
            guard isRead || command.command == .wr || command.command == .pimWrite else { continue }
            let previous = index > 0 ? log[index - 1] : command
            let wanted: DRAMCommand = isRead ? .casRd : .casWr
            let isStarted = previous.command == wanted && previous.cycle == command.cycle - 1
            if command.cycle >= end && !isStarted { violations.append(.writeClock(command)) }
            var start = command.cycle
            if command.command == .pimGemv, let pim = device.pim, pim.result == .afterDotProducts {
                start += pim.nDOT * max(command.dotProducts, pim.fillDotProducts)
            }
            if command.command == .pimWrite { start += (command.dotProducts - 1) * memory.readToRead }
            end = max(end, start + timing[isRead ? "nCL" : "nCWL"]! + after)
        }
    }

    private mutating func checkTiming(_ log: [LoggedCommand]) {
        let longest = log.map(\.dotProducts).max() ?? 0
        let horizon =
            rules.map { $0.distance + $0.perDotProduct * max(longest, $0.minimumDotProducts) }.max() ?? 0
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
        if rule.sibling {
            // The other nodes of the same parent.
            let parent = DRAMLevel(rawValue: max(0, rule.level.rawValue - 1))!
            guard nodes(previous, parent).overlaps(nodes(next, parent)) else { return false }
            return earlier.count > 1 || later.count > 1 || earlier != later
        }
        return earlier.overlaps(later)
    }

    private func nodes(_ command: LoggedCommand, _ level: DRAMLevel) -> ClosedRange<Int> {
        let banks = banks(command)
        return organization.node(
            ofBank: banks.lowerBound, on: level)...organization.node(ofBank: banks.upperBound - 1, on: level)
    }

    private mutating func checkActivationWindow(_ log: [LoggedCommand]) {
        let isShared = device.pim?.activation == .sharedWindow
        let window = memory.nFAW
        for rank in 0..<organization.ranks {
            var times: [Int] = []
            for command in log {
                let count = command.command.opensRow ? 1 : command.command == .pimActivate && isShared ? 4 : 0
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

    /// Bursts of reads, writes, operands and results never meet on a data bus.
    private mutating func checkDataBus(_ log: [LoggedCommand]) {
        let buses = device.device.dataBuses
        let resultBursts = device.pim?.resultBursts(on: device.device) ?? 1
        var bursts = [[(start: Int, length: Int, command: LoggedCommand)]](repeating: [], count: buses)
        for command in log {
            let wait: Int
            var length = memory.nBL
            switch command.command {
            case .rd: wait = memory.nCL
            case .wr: wait = memory.nCWL
            case .pimRdResult: (wait, length) = (memory.nCL, resultBursts * memory.nBL)
            case .pimWrite:
                (wait, length) = (memory.nCWL, (command.dotProducts - 1) * memory.readToRead + memory.nBL)
            case .pimGemv:
                let pim = device.pim!
                let products = pim.nDOT * max(command.dotProducts, pim.fillDotProducts)
                wait = memory.nCL + (pim.result == .afterIssue ? 0 : products)
                length = resultBursts * memory.nBL
            default: continue
            }
            for bus in 0..<buses
            where command.bank == nil || buses == 1 || bus == command.bank! / organization.banksPerRank {
                bursts[bus].append((command.cycle + wait, length, command))
            }
        }
        for bus in bursts {
            let sorted = bus.sorted { $0.start < $1.start }
            for (first, second) in zip(sorted, sorted.dropFirst()) where second.start < first.start + first.length {
                violations.append(.dataBus(first.command, second.command))
            }
        }
    }

    // MARK: Bank states

    private mutating func checkState(_ command: LoggedCommand) {
        let banks = banks(command)
        let isDual = device.pim?.rowBuffers == 2
        if half != nil, command.command == .act1 { violations.append(.halfActivation(command)) }
        switch command.command {
        case .act, .act1:
            if openRow[banks.lowerBound] != nil { violations.append(.opensOpenBank(command)) }
            if command.command == .act { openRow[banks.lowerBound] = command.row } else { half = command }
        case .act2:
            let isOther = half?.bank != command.bank || half?.row != command.row
            let isLate = half.map { command.cycle - $0.cycle > device.timing["nAAD"] ?? 0 } ?? true
            if isOther || isLate { violations.append(.halfActivation(command)) }
            half = nil
            openRow[banks.lowerBound] = command.row
        case .pre:
            if openRow[banks.lowerBound] == nil { violations.append(.closesClosedBank(command)) }
            openRow[banks.lowerBound] = nil
        case .prea:
            if let bank = half?.bank, banks.contains(bank) { violations.append(.halfActivation(command)) }
            if banks.allSatisfy({ openRow[$0] == nil }) { violations.append(.closesClosedBank(command)) }
            for bank in banks { openRow[bank] = nil }
        case .rd, .wr, .pimGwrite:
            if openRow[banks.lowerBound] != command.row { violations.append(.rowNotOpen(command)) }
        case .refab, .refpb:
            let isClosed = banks.allSatisfy { openRow[$0] == nil && pimRow[$0] == nil && half?.bank != $0 }
            if !isClosed { violations.append(.refreshesOpenRows(command)) }
        case .pimHeader, .pimWrite, .casRd, .casWr: break
        case .rda, .wra: violations.append(.notOfThisController(command))
        case .pimActivate:
            let rows = isDual ? pimRow : openRow
            // One for all banks leaves alone those that have the row open already.
            let opened = banks.filter { command.bank != nil || rows[$0] != command.row }
            if opened.contains(where: { rows[$0] != nil }) { violations.append(.opensOpenBank(command)) }
            for bank in opened { if isDual { pimRow[bank] = command.row } else { openRow[bank] = command.row } }
        case .pimDotProduct, .pimRdResult, .pimGemv:
            let rows = isDual ? pimRow : openRow
            if banks.contains(where: { rows[$0] != command.row }) { violations.append(.rowNotOpen(command)) }
        case .pimPrecharge:
            if !isDual { violations.append(.noSuchBuffer(command)) }
            if banks.allSatisfy({ pimRow[$0] == nil }) { violations.append(.closesClosedBank(command)) }
            for bank in banks { pimRow[bank] = nil }
        }
        if isDual && banks.contains(where: { openRow[$0] != nil && openRow[$0] == pimRow[$0] }) {
            violations.append(.rowInBothBuffers(command))
        }
    }
}
