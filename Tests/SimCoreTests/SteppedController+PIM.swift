import Hardware

@testable import SimCore

extension SteppedController {
    private var pim: PIMTiming { device.pim! }

    /// The next command that the oldest PIM operation needs, if it can start now.
    mutating func startPIM() -> DRAMCommand? {
        if let end = operandEnd {
            if now < end { return nil }
            operandEnd = nil
            operandBank = nil
        }
        guard let head = pimCommands.first else {
            return opensAhead ? openAllBanks(reservedRow!) : nil
        }
        switch head.command {
        case .pimGwrite: return startOperandWrite(head)
        case .pimHeader: return startHeader(head)
        default: return startDotProducts(head)
        }
    }

    private mutating func startOperandWrite(_ head: PIMOperation) -> DRAMCommand? {
        let bank = Int(head.bank)
        if operandBank == nil {
            guard !awaitsWrites(Int(head.row), in: [bank]) else { return nil }
            guard fits(head) else { return nil }
            operandBank = bank
        }
        let rank = organization.node(ofBank: bank, on: .rank)
        if openRow[bank] == Int(head.row) {
            guard isDue(.pimGwrite, bank) else { return nil }
            note(.pimGwrite, bank: bank, row: Int(head.row))
            operandEnd = now + pim.nGWRITE
            pimCommands.removeFirst()
            return .pimGwrite
        }
        if openRow[bank] != nil {
            guard isDue(.pre, bank) else { return nil }
            close(bank, .pre)
            return .pre
        }
        if pimRow[bank] == Int(head.row) {
            guard isDue(.pimPrecharge, bank) else { return nil }
            close(bank, .pimPrecharge)
            return .pimPrecharge
        }
        guard isDue(.act, bank), ledger.activationRoom(rank: rank, for: 1) <= now else { return nil }
        open(bank, Int(head.row))
        return .act
    }

    /// Buffered writes to the row come first: the buffer drains, and memory commands have all the time they need.
    private mutating func awaitsWrites(_ row: Int, in banks: [Int]) -> Bool {
        let isAwaited =
            profile.pim.waitsForWrites
            && (writes.contains { $0.row == row && banks.contains($0.bank) }
                || banks.contains { queues[$0].contains { $0.row == row && $0.isWrite } })
        drainsForPIM = isAwaited
        guard isAwaited else { return false }
        slack = .max / 2
        return true
    }

    private mutating func startHeader(_ head: PIMOperation) -> DRAMCommand? {
        guard inPIMMode || !awaitsWrites(Int(head.row), in: Array(0..<organization.banks)) else { return nil }
        guard fits(head) else { return nil }
        reservedRow = Int(head.row)
        inPIMMode = true
        var isReady = true
        if let command = closeAllBanks(before: Int(head.row)) { return command }
        for bank in 0..<organization.banks {
            guard let command = closingBefore(Int(head.row), in: bank) else { continue }
            isReady = false
            if isDue(command, bank) {
                close(bank, command)
                return command
            }
        }
        guard isReady, isDue(.pimHeader, 0) else { return nil }
        note(.pimHeader, bank: nil, row: Int(head.row), dotProducts: Int(head.dotProducts))
        pimCommands.removeFirst()
        return .pimHeader
    }

    private func closingBefore(_ row: Int, in bank: Int) -> DRAMCommand? {
        // A row stays open only where the whole group has it: groups are opened together.
        let size = organization.banksPerGroup
        let isWholeGroup = (0..<size).allSatisfy { rowForPIM(bank / size * size + $0) == row }
        if rowForPIM(bank) != nil { return isWholeGroup ? nil : pim.rowBuffers == 1 ? .pre : .pimPrecharge }
        return openRow[bank] == row ? .pre : nil
    }

    private mutating func startDotProducts(_ head: PIMOperation) -> DRAMCommand? {
        let size = organization.banksPerGroup
        var isReady = true
        if pim.activation == .allBanks {
            if let command = openAllBanks(Int(head.row)) { return command }
            isReady = (0..<organization.banks).allSatisfy { rowForPIM($0) != nil }
        }
        for first in stride(from: 0, to: organization.banks, by: size)
        where pim.activation != .allBanks && rowForPIM(first) == nil {
            isReady = false
            let rank = organization.node(ofBank: first, on: .rank)
            var cycle = ledger.earliest(.pimActivate, bank: first)
            if pim.activation == .sharedWindow {
                cycle = max(cycle, ledger.activationRoom(rank: rank, for: size))
            }
            guard cycle <= now else { continue }
            activate(first, Int(head.row), rank)
            return .pimActivate
        }
        guard isReady, isDue(head.command, 0) else { return nil }
        compute(head)
        return head.command
    }

    /// With one activation for all banks an announced row opens although nothing that needs it has come yet.
    var opensAhead: Bool { device.pim?.activation == .allBanks && inPIMMode && reservedRow != nil }

    /// One PIM_ACTIVATE for all groups that are closed, when each could have its own.
    private mutating func openAllBanks(_ row: Int) -> DRAMCommand? {
        let size = organization.banksPerGroup
        let groups = stride(from: 0, to: organization.banks, by: size).filter { rowForPIM($0) == nil }
        guard !groups.isEmpty, groups.allSatisfy({ isDue(.pimActivate, $0) }) else { return nil }
        for first in groups {
            ledger.note(.pimActivate, bank: first, at: now)
            for bank in first..<first + size {
                if pim.rowBuffers == 1 { (openRow[bank], hits[bank]) = (row, 0) } else { pimRow[bank] = row }
            }
        }
        log.append(
            LoggedCommand(cycle: now, command: .pimActivate, bank: nil, row: row, column: nil, dotProducts: 0))
        return .pimActivate
    }

    /// One PIM_PRECHARGE for all banks, when every open PIM row is in the way and may close.
    private mutating func closeAllBanks(before row: Int) -> DRAMCommand? {
        guard pim.activation == .allBanks, pim.rowBuffers == 2 else { return nil }
        let open = (0..<organization.banks).filter { pimRow[$0] != nil }
        let mayClose = open.allSatisfy { closingBefore(row, in: $0) != nil && isDue(.pimPrecharge, $0) }
        guard !open.isEmpty, mayClose else { return nil }
        for bank in open {
            ledger.note(.pimPrecharge, bank: bank, at: now)
            pimRow[bank] = nil
        }
        log.append(
            LoggedCommand(cycle: now, command: .pimPrecharge, bank: nil, row: nil, column: nil, dotProducts: 0))
        return .pimPrecharge
    }

    private mutating func activate(_ first: Int, _ row: Int, _ rank: Int) {
        note(.pimActivate, bank: first, row: row)
        if pim.activation == .sharedWindow {
            ledger.noteActivations(organization.banksPerGroup, rank: rank, at: now)
        }
        for bank in first..<first + organization.banksPerGroup {
            if pim.rowBuffers == 1 {
                openRow[bank] = row
                hits[bank] = 0
            } else {
                pimRow[bank] = row
            }
        }
    }

    func pimWantsActivation(_ rank: Int) -> Bool {
        guard let head = pimCommands.first, !waitsForRefresh, !isRefreshing else { return false }
        if head.command == .pimHeader { return inPIMMode }
        guard head.command == .pimGemv || head.command == .pimDotProduct else { return false }
        let first = rank * organization.banksPerRank
        return (first..<first + organization.banksPerRank).contains { rowForPIM($0) == nil }
    }

    private func rowForPIM(_ bank: Int) -> Int? { pim.rowBuffers == 1 ? openRow[bank] : pimRow[bank] }

    private mutating func compute(_ head: PIMOperation) {
        let dots = Int(head.dotProducts)
        note(head.command, bank: nil, row: Int(head.row), dotProducts: dots)
        if head.command != .pimDotProduct {
            var start = now
            if head.command == .pimGemv && pim.result == .afterDotProducts {
                start += pim.nDOT * max(dots, pim.fillDotProducts)
                results.append(start)
            }
            if head.transfer >= 0 {
                completions.append(Completion(transfer: head.transfer, cycle: start + memory.readDelay))
            }
        }
        if head.isLast {
            inPIMMode = false
            reservedRow = nil
            if pim.rowBuffers == 1 { slack = 0 }
        }
        pimCommands.removeFirst()
    }

    private func isDue(_ command: DRAMCommand, _ bank: Int) -> Bool { ledger.earliest(command, bank: bank) <= now }

    // MARK: Placement before refresh

    /// Whether the operation is expected to end before the next refresh falls due; if not, PIM waits for the refresh.
    private mutating func fits(_ head: PIMOperation) -> Bool {
        guard refreshInterval > 0 else { return true }
        let time = now + device.refreshPhase
        let left = refreshInterval - time % refreshInterval - 1
        slack = max(0, left - expectedLatency(head))
        if slack == 0 { waitsForRefresh = true }
        return slack > 0
    }

    private func expectedLatency(_ head: PIMOperation) -> Int {
        let isPublished = profile.pim.refreshFit == .published
        if head.command == .pimGwrite {
            let open = openRow[Int(head.bank)]
            if open == Int(head.row) { return pim.nGWRITE }
            let opening = memory.nRCDRD + (isPublished ? memory.nRP : 0)
            let closing = open == nil ? 0 : isPublished ? memory.nRTP : memory.nRP
            return pim.nGWRITE + opening + closing
        }
        let size = organization.banksPerGroup
        var closed = 0
        var groups = 0
        for first in stride(from: 0, to: organization.banks, by: size) {
            let rows = (first..<first + size).map { rowForPIM($0) }
            if rows.allSatisfy({ $0 == Int(head.row) }) { continue }
            groups += 1
            closed += rows.count { $0 != nil && $0 != Int(head.row) }
        }
        let results = Int(head.results)
        if isPublished {
            return 5 * closed + memory.nFAW * (groups / organization.ranks - 1) + memory.nRCDRD
                + 2 * max(Int(head.dotProducts), pim.fillDotProducts) + 2 * (results - 1)
        }
        let dots = max(Int(head.dotProducts), pim.fillDotProducts * results)
        let opensAll = pim.activation == .allBanks
        let rounds = opensAll ? 1 : (groups + organization.ranks - 1) / organization.ranks
        if opensAll && pim.rowBuffers == 2 { closed = min(closed, organization.ranks) }
        let opening = groups == 0 ? 0 : memory.nFAW * (rounds - 1) + organization.ranks - 1 + memory.nRCDRD
        return closed + 1 + (closed > 0 ? memory.nRP : 0) + opening + pim.nDOT * (dots + results)
    }
}
