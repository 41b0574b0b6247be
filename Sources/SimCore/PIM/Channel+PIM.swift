import Hardware

/// The in-order queue of PIM commands: operand writes, headers, activations, dot-products, results.
///
/// PIM commands have priority on the command bus. The head of the queue decides what is needed next:
/// `PIM_GWRITE` needs its operand's row in the memory row buffer; `PIM_HEADER` needs every PIM row buffer closed or on
/// its row; dot-products need the row open in all banks, opened one bank group at a time.
extension Channel {
    /// Starts the next command that the head of the PIM queue needs, if it can start now.
    mutating func startPIM(_ earliest: inout Int) -> DRAMCommand? {
        if let end = gwriteEnd {
            guard now >= end else {
                earliest = min(earliest, end)
                return nil
            }
            gwriteEnd = nil
            gwriteBank = nil
        }
        guard !pimCommands.isEmpty else {
            var allOpen = true
            return opensAhead ? openRows(reservedRow, &allOpen, &earliest) : nil
        }
        let head = pimCommands.head
        switch head.command {
        case .pimGwrite: return startOperandWrite(head, &earliest)
        case .pimWrite: return startOperandBursts(head, &earliest)
        case .pimHeader: return startHeader(head, &earliest)
        default: return startDotProducts(head, &earliest)
        }
    }

    /// Whether rows that a header announced open although nothing that needs them has come yet.
    var opensAhead: Bool { pim?.activation == .allBanks && isPIMMode && reservedRow != Channel.closed }

    private mutating func startOperandWrite(_ head: PIMOperation, _ earliest: inout Int) -> DRAMCommand? {
        let bank = Int(head.bank)
        if gwriteBank == nil {
            guard !awaitsWrites(row: head.row, banks: bank..<bank + 1) else { return nil }
            guard fitsBeforeRefresh(head, &earliest) else { return nil }
            gwriteBank = bank
        }
        if dram.openRow[bank] == head.row {
            guard isDue(.pimGwrite, bank, &earliest) else { return nil }
            dram.apply(.pimGwrite, bank: bank, at: now, row: head.row)
            gwriteEnd = now + pim!.nGWRITE
            takeHead()
            return .pimGwrite
        }
        if dram.openRow[bank] != Self.closed {
            guard isDue(.pre, bank, &earliest) else { return nil }
            close(bank)
            return .pre
        }
        if dram.pimRow[bank] == head.row {
            guard isDue(.pimPrecharge, bank, &earliest) else { return nil }
            closePIM(bank)
            return .pimPrecharge
        }
        let room = dram.timing.activationRoom(rank: organization.node(ofBank: bank, on: .rank), for: 1)
        guard dram.split.bank == nil, isDue(dram.activate, bank, &earliest, notBefore: room) else { return nil }
        open(bank, row: head.row)
        return dram.activate
    }

    /// Operand bursts from the NPU. Inside an announced GEMV the rows open meanwhile.
    private mutating func startOperandBursts(_ head: PIMOperation, _ earliest: inout Int) -> DRAMCommand? {
        let cycle = clearOfResult(.wr, from: dram.earliest(.pimWrite, bank: 0, now: now))
        if cycle <= now {
            if startsClock(for: .pim) { return head.command }
            carryOutHead()
            return head.command
        }
        earliest = min(earliest, cycle)
        guard isPIMMode, reservedRow != Channel.closed else { return nil }
        var allOpen = true
        return openRows(reservedRow, &allOpen, &earliest)
    }

    private mutating func startHeader(_ head: PIMOperation, _ earliest: inout Int) -> DRAMCommand? {
        // Writes that come after the header has begun wait for its GEMV.
        guard isPIMMode || !awaitsWrites(row: head.row, banks: 0..<organization.banks) else { return nil }
        guard fitsBeforeRefresh(head, &earliest) else { return nil }
        reservedRow = head.row
        isPIMMode = true
        var ready = true
        if pim!.activation == .allBanks, let closing = closeTogether(head.row, &ready, &earliest) { return closing }
        for bank in 0..<organization.banks {
            guard let closing = closingNeeded(bank, for: head.row) else { continue }
            ready = false
            if isDue(closing, bank, &earliest) {
                if closing == .pre { close(bank) } else { closePIM(bank) }
                return closing
            }
        }
        guard ready, isDue(.pimHeader, 0, &earliest) else { return nil }
        dram.apply(
            .pimHeader, bank: 0, at: now, row: head.row, dotProducts: Int(head.dotProducts), logsBank: false)
        takeHead()
        return .pimHeader
    }

    /// What must be closed in a bank before the PIM units may work on `row`.
    ///
    /// `PIM_ACTIVATE` opens whole groups, so a group that has the row open in some of its banks only closes it there.
    private mutating func closingNeeded(_ bank: Int, for row: Int32) -> DRAMCommand? {
        if pim!.rowBuffers == 1 {
            return dram.openRow[bank] == Self.closed || isGroupOpen(bank, row, in: dram.openRow) ? nil : .pre
        }
        if dram.pimRow[bank] != Self.closed { return isGroupOpen(bank, row, in: dram.pimRow) ? nil : .pimPrecharge }
        return dram.openRow[bank] == row ? .pre : nil
    }

    private func isGroupOpen(_ bank: Int, _ row: Int32, in rows: [Int32]) -> Bool {
        let first = bank - bank % organization.banksPerGroup
        for other in first..<first + organization.banksPerGroup where rows[other] != row { return false }
        return true
    }

    private mutating func startDotProducts(_ head: PIMOperation, _ earliest: inout Int) -> DRAMCommand? {
        var allOpen = true
        if let command = openRows(head.row, &allOpen, &earliest) { return command }
        guard allOpen, isDue(head.command, 0, &earliest) else { return nil }
        if head.command != .pimDotProduct, startsClock(for: .pim) { return head.command }
        carryOutHead()
        return head.command
    }

    /// Opens the row in the next group that has it closed, or in all of them at once.
    private mutating func openRows(_ row: Int32, _ allOpen: inout Bool, _ earliest: inout Int) -> DRAMCommand? {
        let step = organization.banksPerGroup
        if pim!.activation == .allBanks { return openAllBanks(row, &allOpen, &earliest) }
        for bank in stride(from: 0, to: organization.banks, by: step) where !isOpenForPIM(bank) {
            allOpen = false
            let rank = organization.node(ofBank: bank, on: .rank)
            let room = pim!.activation == .sharedWindow ? dram.timing.activationRoom(rank: rank, for: step) : 0
            guard isDue(.pimActivate, bank, &earliest, notBefore: room) else { continue }
            activatePIM(bank, row: row)
            return .pimActivate
        }
        return nil
    }

    /// Carries out the dot-products, the result or the operand bursts at the head of the PIM queue.
    mutating func carryOutHead() {
        let head = pimCommands.head
        let dots = Int(head.dotProducts)
        dram.apply(head.command, bank: 0, at: now, row: head.row, dotProducts: dots, logsBank: false)
        if head.command == .pimWrite {
            counters.operandBursts += dots
            if dram.split.isUsed { dram.split.extendClock(.wr, at: now + memory.readToRead * (dots - 1)) }
        } else if head.command == .pimDotProduct {
            counters.dotProducts += 1
        } else {
            counters.dotProducts += dots
            var result = now
            if head.command == .pimGemv, pim!.result == .afterDotProducts {
                result += pim!.nDOT * max(dots, pim!.fillDotProducts)
                let past = now - memory.readToWrite
                resultSlots.removeAll { $0 <= past }
                resultSlots.append(result)
            }
            if dram.split.isUsed { dram.split.extendClock(.rd, at: result) }
            if head.transfer >= 0 {
                completions.append(
                    Completion(transfer: head.transfer, cycle: result + memory.readDelay + resultExtra))
            }
        }
        if head.isLast {
            isPIMMode = false
            reservedRow = Self.closed
            if pim!.rowBuffers == 1 { slack = 0 }
        }
        takeHead()
    }

    private func isOpenForPIM(_ bank: Int) -> Bool {
        (pim!.rowBuffers == 1 ? dram.openRow[bank] : dram.pimRow[bank]) != Self.closed
    }

    /// Opens the row for the PIM units in all banks of the group whose first bank is `first`.
    private mutating func activatePIM(_ first: Int, row: Int32) {
        dram.apply(.pimActivate, bank: first, at: now, row: row)
        let rank = dram.bankRank[first]
        if pim!.activation == .sharedWindow {
            dram.timing.activate(rank: rank, at: now, count: organization.banksPerGroup)
        }
        noteOpened(first, row: row)
    }

    /// The PIM units' row is open in all banks of the group.
    private mutating func noteOpened(_ first: Int, row: Int32) {
        let rank = dram.bankRank[first]
        for bank in first..<first + organization.banksPerGroup {
            if pim!.rowBuffers == 1 {
                if dram.openBanks & dram.rankBanks[rank] == 0 { counters.activeSince[rank] = now }
                dram.setRow(bank, row)
                rowHits[bank] = 0
                findHits(bank)
            } else {
                if dram.openPIMBanks & dram.rankBanks[rank] == 0 { counters.pimActiveSince[rank] = now }
                dram.setPIMRow(bank, row)
            }
        }
    }

    /// Opens the row in every bank with one command, once every bank can take it.
    private mutating func openAllBanks(_ row: Int32, _ allOpen: inout Bool, _ earliest: inout Int) -> DRAMCommand? {
        var due = true
        for bank in 0..<organization.banks where !isOpenForPIM(bank) {
            allOpen = false
            if bank % organization.banksPerGroup == 0, !isDue(.pimActivate, bank, &earliest) { due = false }
        }
        guard !allOpen, due else { return nil }
        let step = organization.banksPerGroup
        var isFirst = true
        for first in stride(from: 0, to: organization.banks, by: step) where !isOpenForPIM(first) {
            if isFirst {
                dram.apply(.pimActivate, bank: first, at: now, row: row, logsBank: false)
            } else {
                dram.timing.issue(.pimActivate, bank: first, at: now)
            }
            isFirst = false
            noteOpened(first, row: row)
        }
        return .pimActivate
    }

    /// Closes what stands in the way of an announced row with one command for each rank (or for all, with two row
    /// buffers), where every open bank stands in the way; else banks close one by one.
    private mutating func closeTogether(_ row: Int32, _ ready: inout Bool, _ earliest: inout Int) -> DRAMCommand? {
        let closing: DRAMCommand = pim!.rowBuffers == 1 ? .prea : .pimPrecharge
        guard closing == .pimPrecharge || hasPREA else { return nil }
        for rank in dram.rankBanks.indices {
            let scope = closing == .prea ? dram.banks(ofRank: rank) : 0..<organization.banks
            var wanted = 0
            var kept = 0
            var due = true
            for bank in scope where (closing == .prea ? dram.openRow[bank] : dram.pimRow[bank]) != Self.closed {
                guard closingNeeded(bank, for: row) != nil else {
                    kept += 1
                    continue
                }
                wanted += 1
                if !isDue(closing, bank, &earliest) { due = false }
            }
            guard wanted > 0, kept == 0 else { continue }
            // One command for all banks reaches the ranks that have nothing open too.
            for first in stride(from: scope.lowerBound, to: scope.upperBound, by: organization.banksPerRank)
            where !isDue(closing, first, &earliest) { due = false }
            ready = false
            guard due else { continue }
            if closing == .prea {
                closeRank(rank)
            } else {
                closeAllPIM()
            }
            return closing
        }
        return nil
    }

    /// Closes every bank's PIM row buffer with one command.
    private mutating func closeAllPIM() {
        for rank in dram.rankBanks.indices where dram.openPIMBanks & dram.rankBanks[rank] != 0 {
            counters.pimActiveCycles[rank] += now - counters.pimActiveSince[rank]
        }
        var isFirst = true
        for bank in 0..<organization.banks where dram.pimRow[bank] != Self.closed {
            if isFirst {
                dram.apply(.pimPrecharge, bank: bank, at: now, logsBank: false)
            } else {
                dram.timing.issue(.pimPrecharge, bank: bank, at: now)
                dram.setPIMRow(bank, Self.closed)
            }
            isFirst = false
        }
    }

    mutating func closePIM(_ bank: Int) {
        let rank = dram.bankRank[bank]
        dram.apply(.pimPrecharge, bank: bank, at: now, row: dram.pimRow[bank])
        if dram.openPIMBanks & dram.rankBanks[rank] == 0 {
            counters.pimActiveCycles[rank] += now - counters.pimActiveSince[rank]
        }
    }

    private mutating func takeHead() {
        _ = pimCommands.removeHead()
        if pimCommands.isEmpty && pimRequests.isEmpty { counters.endPIMBusy(at: now + 1) }
    }

    mutating func notePIMBusy() {
        if pimCommands.isEmpty && pimRequests.isEmpty { counters.pimBusySince = now }
    }

    @inline(__always)
    private mutating func isDue(_ command: DRAMCommand, _ bank: Int, _ earliest: inout Int, notBefore: Int = 0) -> Bool
    {
        let cycle = max(dram.earliest(command, bank: bank, now: now), notBefore)
        if cycle <= now { return true }
        earliest = min(earliest, cycle)
        return false
    }
}
