import Hardware

@testable import SimCore

extension SteppedController {
    // MARK: Which command starts

    mutating func startCommands() {
        guard let first = startFirst(), profile.splitCommandBus else { return }
        guard let second = readyMemoryCommand() else { return }
        served = second.bank
        if second.command.usesColumnBus != first.usesColumnBus { carryOut(second) }
    }

    private mutating func startFirst() -> DRAMCommand? {
        if let command = continueRefresh() { return command }
        switch device.pim?.rowBuffers {
        case 2 where !isRefreshing && !waitsForRefresh && (!pimCommands.isEmpty || opensAhead):
            if let command = startPIM() { return command }
            if refreshInterval > 0 && !waitsForRefresh && slack < 10 { return nil }
        case 1 where !waitsForRefresh && (inPIMMode || queues.allSatisfy(\.isEmpty)):
            if isRefreshing || (pimCommands.isEmpty && !opensAhead) { return nil }
            return startPIM()
        default: break
        }
        guard let choice = readyMemoryCommand() else { return nil }
        served = choice.bank
        carryOut(choice)
        return choice.command
    }

    typealias MemoryChoice = (command: DRAMCommand, bank: Int, position: Int)

    /// Round robin over the banks from the one after the last served; in each, the oldest request that can go on.
    private mutating func readyMemoryCommand() -> MemoryChoice? {
        if let end = operandEnd, now >= end { (operandEnd, operandBank) = (nil, nil) }
        for offset in 1...organization.banks {
            let bank = (served + offset) % organization.banks
            if isRefreshing && organization.node(ofBank: bank, on: .rank) == dueRefreshes[0] { continue }
            if bank == operandBank { continue }
            for position in queues[bank].indices {
                if let command = readyCommand(bank, position) { return (command, bank, position) }
            }
        }
        return nil
    }

    private func readyCommand(_ bank: Int, _ position: Int) -> DRAMCommand? {
        let request = queues[bank][position]
        if request.row == reservedRow { return nil }
        guard let row = openRow[bank] else { return opening(request, bank) }
        if row == request.row { return mayTransfer(request, bank, position) }
        let hitsWait = queues[bank].contains { $0.row == row }
        let mayClose = position == 0 && (!hitsWait || hits[bank] >= profile.rowHitLimit)
        return mayClose && leavesSlack(.pre) && ledger.earliest(.pre, bank: bank) <= now ? .pre : nil
    }

    /// ACT, or what lets the PIM side's row go when ACT could start but for it.
    private func opening(_ request: Request, _ bank: Int) -> DRAMCommand? {
        guard mayOpen(bank) else { return nil }
        guard pimRow[bank] == request.row else { return leavesSlack(.act) ? .act : nil }
        return ledger.earliest(.pimPrecharge, bank: bank) <= now && leavesSlack(.pre) ? .pimPrecharge : nil
    }

    private func mayOpen(_ bank: Int) -> Bool {
        let rank = organization.node(ofBank: bank, on: .rank)
        if now < released[bank] { return false }
        if device.pim?.activation == .sharedWindow && pimWantsActivation(rank) { return false }
        let cycle = max(ledger.earliest(.act, bank: bank), ledger.activationRoom(rank: rank, for: 1))
        return cycle <= now
    }

    /// PRE needs room for itself and for the ACT after it, ACT for itself.
    private func leavesSlack(_ command: DRAMCommand) -> Bool {
        if pimCommands.isEmpty || slack <= 0 { return true }
        return slack > (command == .pre ? memory.nRP + memory.nRCDWR : memory.nRCDWR)
    }

    private func mayTransfer(_ request: Request, _ bank: Int, _ position: Int) -> DRAMCommand? {
        let command: DRAMCommand = request.isWrite ? .wr : .rd
        guard ledger.earliest(command, bank: bank) <= now, isClearOfResults(command) else { return nil }
        let olderRead = queues[bank][..<position].contains { $0.burst == request.burst && !$0.isWrite }
        return request.isWrite && olderRead ? nil : command
    }

    /// Results of composite GEMVs move on the data bus like reads of another rank that start at `results`.
    private func isClearOfResults(_ command: DRAMCommand) -> Bool {
        let isRead = command == .rd
        let before = isRead ? memory.readToReadOtherRank : memory.writeToRead
        let after = isRead ? memory.readToReadOtherRank : memory.readToWrite
        return results.allSatisfy { now <= $0 - before || now >= $0 + after }
    }

    private mutating func carryOut(_ choice: MemoryChoice) {
        switch choice.command {
        case .act:
            useSlack(memory.nRCDWR)
            open(choice.bank, queues[choice.bank][choice.position].row)
        case .pre:
            useSlack(memory.nRP)
            close(choice.bank, .pre)
        case .pimPrecharge:
            useSlack(memory.nRP)
            close(choice.bank, .pimPrecharge)
            released[choice.bank] = now + memory.nRP
        default:
            let request = queues[choice.bank].remove(at: choice.position)
            hits[choice.bank] += 1
            note(choice.command, bank: choice.bank, row: request.row, column: request.column)
            if !request.isWrite { finish(request) }
        }
    }

    private mutating func useSlack(_ cycles: Int) {
        if slack > 0 && !pimCommands.isEmpty { slack -= cycles }
    }

    private mutating func finish(_ request: Request) {
        for other in merged where other.burst == request.burst { complete(other, at: now + memory.readDelay) }
        merged.removeAll { $0.burst == request.burst }
        complete(request, at: now + memory.readDelay)
    }

    // MARK: Banks

    mutating func open(_ bank: Int, _ row: Int) {
        note(.act, bank: bank, row: row)
        ledger.noteActivations(1, rank: organization.node(ofBank: bank, on: .rank), at: now)
        openRow[bank] = row
        hits[bank] = 0
    }

    mutating func close(_ bank: Int, _ command: DRAMCommand) {
        note(command, bank: bank, row: command == .pre ? openRow[bank] : pimRow[bank])
        if command == .pre { openRow[bank] = nil } else { pimRow[bank] = nil }
    }

    mutating func note(
        _ command: DRAMCommand, bank: Int?, row: Int? = nil, column: Int? = nil, dotProducts: Int = 0
    ) {
        ledger.note(command, bank: bank ?? 0, at: now, dotProducts: dotProducts)
        log.append(
            LoggedCommand(
                cycle: now, command: command, bank: bank, row: row, column: column, dotProducts: dotProducts))
    }

    // MARK: Refresh

    var refreshInterval: Int { profile.refresh == .none ? 0 : memory.nREFI / organization.ranks }

    mutating func noteRefresh() {
        let time = now + device.refreshPhase
        guard refreshInterval > 0, time > 0, time % refreshInterval == 0 else { return }
        dueRefreshes.append(refreshTurn)
        refreshTurn = (refreshTurn + 1) % organization.ranks
    }

    /// Closes the first row of the rank that can close; refreshes the rank when none is open.
    private mutating func continueRefresh() -> DRAMCommand? {
        guard let rank = dueRefreshes.first else { return nil }
        isRefreshing = true
        let banks = rank * organization.banksPerRank..<(rank + 1) * organization.banksPerRank
        for bank in banks {
            if openRow[bank] == nil && pimRow[bank] == nil { continue }
            let command: DRAMCommand = openRow[bank] != nil ? .pre : .pimPrecharge
            if ledger.earliest(command, bank: bank) <= now {
                close(bank, command)
                return command
            }
        }
        let isClosed = banks.allSatisfy { openRow[$0] == nil && pimRow[$0] == nil }
        guard isClosed, ledger.earliest(.refab, bank: banks.lowerBound) <= now else { return nil }
        note(.refab, bank: banks.lowerBound)
        dueRefreshes.removeFirst()
        isRefreshing = false
        waitsForRefresh = false
        slack = 0
        if !inPIMMode { reservedRow = nil }
        return .refab
    }
}
