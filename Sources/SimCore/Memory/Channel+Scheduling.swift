import Hardware

/// Which memory command starts next: round robin over the banks, in each bank the oldest request that can go on.
///
/// The searching functions change nothing; they are `mutating` because the compiler otherwise copies the channel's
/// kilobyte of fields for each call (7 % of the run time).
extension Channel {
    /// What a bank would do now for its command queue.
    struct Choice {
        var command: DRAMCommand
        var bank: Int
        /// Position of the request in the bank's queue.
        var position: Int
    }

    /// Starts the command of this cycle, or finds the earliest cycle in which one might start.
    mutating func startCommands() {
        var earliest = Channel.idle
        if dram.split.isUsed {
            nextCommandCycle = startSplit(&earliest) ? now + 1 : earliest
            return
        }
        let first = startOne(&earliest)
        guard dram.buses != .shared, let first else {
            nextCommandCycle = first == nil ? earliest : now + 1
            return
        }
        // The other bus: a row command beside a column command or the other way round.
        if let second = choose(&earliest) {
            servedBank = second.bank
            if second.command.usesColumnBus != first.usesColumnBus { issue(second) }
            // A chosen command of the same kind is dropped, and the round robin has moved on (DRAMsim3).
        }
        nextCommandCycle = now + 1
    }

    mutating func startOne(_ earliest: inout Int) -> DRAMCommand? {
        if !pendingRefresh.isEmpty, let command = continueRefresh(&earliest) { return command }
        if pimRowBuffers > 0 {
            if pimRowBuffers == 2 {
                if !isRefreshing && !waitsForRefresh && (!pimCommands.isEmpty || opensAhead) {
                    if let command = startPIM(&earliest) { return command }
                    if refreshInterval > 0 && !waitsForRefresh && slack < PIMSlack.memoryCommand { return nil }
                }
            } else if !waitsForRefresh && (waiting == 0 || isPIMMode) {
                if isRefreshing || (pimCommands.isEmpty && !opensAhead) { return nil }
                return startPIM(&earliest)
            }
        }
        guard let choice = choose(&earliest) else { return nil }
        servedBank = choice.bank
        issue(choice)
        return choice.command
    }

    /// The first bank in round-robin order that has a command which can start now.
    private mutating func choose(_ earliest: inout Int) -> Choice? {
        // An operand write holds its bank until it ends, also when the PIM queue may not go on then.
        if let end = gwriteEnd, now >= end {
            gwriteEnd = nil
            gwriteBank = nil
        }
        var candidates = readyClasses(&earliest)
        if isRefreshing { candidates &= ~pendingRefresh[0].banks }
        if let gwriteBank {
            if let end = gwriteEnd { earliest = min(earliest, end) }
            candidates &= ~(1 << UInt64(gwriteBank))
        }
        let after: UInt64 = servedBank == 63 ? 0 : UInt64.max << UInt64(servedBank + 1)
        if let choice = firstReady(candidates & after, &earliest) { return choice }
        return firstReady(candidates & ~after, &earliest)
    }

    /// Banks that a rule on their rank or on the channel does not already hold back.
    private mutating func readyClasses(_ earliest: inout Int) -> UInt64 {
        var banks = wantsPrecharge
        for rank in dram.rankBanks.indices {
            let here = dram.rankBanks[rank]
            let bank = rank * organization.banksPerRank
            if wantsRead & here != 0 { add(wantsRead & here, .rd, bank, rank, &banks, &earliest) }
            if wantsWrite & here != 0 { add(wantsWrite & here, .wr, bank, rank, &banks, &earliest) }
            if wantsActivate & here != 0, dram.split.bank == nil {
                let room = activationCycle(rank: rank)
                if room > now {
                    earliest = min(earliest, room)
                } else {
                    add(wantsActivate & here, dram.activate, bank, rank, &banks, &earliest)
                }
            }
        }
        return banks
    }

    private mutating func add(
        _ wanting: UInt64, _ command: DRAMCommand, _ bank: Int, _ rank: Int, _ banks: inout UInt64,
        _ earliest: inout Int
    ) {
        let cycle = max(
            dram.timing.earliest(command, on: .channel, node: 0), dram.timing.earliest(command, on: .rank, node: rank))
        if cycle > now {
            earliest = min(earliest, cycle)
        } else {
            banks |= wanting
        }
    }

    /// When the activation window of a rank has room for one more ACT that no `PIM_ACTIVATE` goes before.
    mutating func activationCycle(rank: Int) -> Int {
        let room = dram.timing.activationRoom(rank: rank, for: 1)
        guard pimSharesWindow, pimWantsActivation(ofRank: rank) else { return room }
        return Channel.idle
    }

    private mutating func firstReady(_ candidates: UInt64, _ earliest: inout Int) -> Choice? {
        var left = candidates
        while left != 0 {
            let bank = left.trailingZeroBitCount
            left &= left - 1
            if let choice = ready(bank, &earliest) { return choice }
        }
        return nil
    }

    /// The command with which this bank can serve its queue now: the oldest request that can go on wins.
    ///
    /// A row that the PIM units are done with is closed for a request as soon as its ACT could start otherwise.
    private mutating func ready(_ bank: Int, _ earliest: inout Int) -> Choice? {
        let bit: UInt64 = 1 << UInt64(bank)
        if wantsActivate & bit != 0 {
            // A request for the row of an announced GEMV leaves the bank to the ones behind it.
            for position in 0..<bankQueues[bank].count where bankQueues[bank][position].row != reservedRow {
                let isHeld = bankQueues[bank][position].row == dram.pimRow[bank]
                if let choice = startable(isHeld ? .pimPrecharge : dram.activate, bank, position, &earliest) {
                    return choice
                }
                if !isHeld { return nil }
            }
            return nil
        }
        if wantsPrecharge & bit != 0, let choice = startable(.pre, bank, 0, &earliest) { return choice }
        let read = Int(firstReadHit[bank])
        let write = Int(firstWriteHit[bank])
        if read >= 0 && (write < 0 || read < write) {
            if let choice = column(.rd, bank, read, &earliest) { return choice }
            return write >= 0 ? column(.wr, bank, write, &earliest) : nil
        }
        if write >= 0, let choice = column(.wr, bank, write, &earliest) { return choice }
        return read >= 0 ? column(.rd, bank, read, &earliest) : nil
    }

    private mutating func startable(_ command: DRAMCommand, _ bank: Int, _ position: Int, _ earliest: inout Int)
        -> Choice?
    {
        // A closed-page row may close with nothing waiting.
        let row = bankQueues[bank].isEmpty ? Channel.closed : bankQueues[bank][position].row
        if row == reservedRow && reservedRow != Channel.closed { return nil }
        var cycle = dram.earliest(command, bank: bank, now: now)
        if command == .pimPrecharge { cycle = max(cycle, dram.earliest(dram.activate, bank: bank, now: now)) }
        if command != .pre { cycle = max(cycle, pimReleased[bank]) }
        guard cycle <= now else {
            earliest = min(earliest, cycle)
            return nil
        }
        guard pimCommands.isEmpty || slack <= 0 || slack > PIMSlack.needed(for: command, memory) else { return nil }
        return Choice(command: command, bank: bank, position: position)
    }

    private mutating func column(_ command: DRAMCommand, _ bank: Int, _ position: Int, _ earliest: inout Int) -> Choice?
    {
        if dram.openRow[bank] == reservedRow && reservedRow != Channel.closed { return nil }
        let cycle = clearOfResult(command, from: dram.earliest(command, bank: bank, now: now))
        guard cycle <= now else {
            earliest = min(earliest, cycle)
            return nil
        }
        if command == .wr && hasOlderRead(bank, position) { return nil }
        return Choice(command: command, bank: bank, position: position)
    }

    /// Whether an older read of the same burst waits in the bank's queue.
    private mutating func hasOlderRead(_ bank: Int, _ position: Int) -> Bool {
        let burst = bankQueues[bank][position].burst
        for older in 0..<position where !bankQueues[bank][older].isWrite && bankQueues[bank][older].burst == burst {
            return true
        }
        return false
    }

    /// Carries out a memory command: bank state, timing, completion, counters.
    mutating func issue(_ choice: Choice) {
        let bank = choice.bank
        switch choice.command {
        case .act, .act1:
            slackUsed(by: .act)
            open(bank, row: bankQueues[bank][choice.position].row)
        case .pre:
            slackUsed(by: .pre)
            if !bankQueues[bank].isEmpty { counters.rowConflicts += 1 }
            close(bank)
        case .pimPrecharge:
            // The row goes from one row buffer to the other: it must be written back before it is opened again.
            slackUsed(by: .pre)
            closePIM(bank)
            pimReleased[bank] = now + memory.nRP
        default:
            if startsClock(for: .memory(choice)) { return }
            let request = bankQueues[bank].remove(at: choice.position)
            dram.apply(choice.command, bank: bank, at: now, row: request.row, column: map.column(of: request.burst))
            counters.dataBursts.add(1, at: now)
            if rowHits[bank] > 0 { counters.rowHits += 1 }
            rowHits[bank] += 1
            if request.isWrite {
                _ = pendingWrites.removeAll(request.burst)
            } else {
                finishRead(request)
            }
            noteRemoval(bank, choice.position)
        }
    }

    private mutating func finishRead(_ request: BurstRequest) {
        let cycle = now + memory.readDelay
        if pendingReads.removeAll(request.burst) > 1 {
            for index in mergedReads.indices.reversed() where mergedReads[index].burst == request.burst {
                complete(mergedReads.remove(at: index), at: cycle)
            }
        }
        complete(request, at: cycle)
    }

    /// ACT, or ACT1 where activation is split: then no second bank may be between the two.
    mutating func open(_ bank: Int, row: Int32) {
        let rank = dram.bankRank[bank]
        if dram.openBanks & dram.rankBanks[rank] == 0 { counters.activeSince[rank] = now }
        dram.apply(dram.activate, bank: bank, at: now, row: row)
        rowHits[bank] = 0
        findHits(bank)
    }

    /// Closes all memory row buffers of a rank with one command.
    mutating func closeRank(_ rank: Int) {
        dram.apply(.prea, bank: rank * organization.banksPerRank, at: now)
        counters.activeCycles[rank] += now - counters.activeSince[rank]
        for bank in dram.banks(ofRank: rank) {
            rowHits[bank] = 0
            findHits(bank)
        }
    }

    mutating func close(_ bank: Int) {
        let rank = dram.bankRank[bank]
        dram.apply(.pre, bank: bank, at: now, row: dram.openRow[bank])
        if dram.openBanks & dram.rankBanks[rank] == 0 {
            counters.activeCycles[rank] += now - counters.activeSince[rank]
        }
        rowHits[bank] = 0
        findHits(bank)
    }
}
