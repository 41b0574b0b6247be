import Hardware

/// What a command does: bank state, timing, requests, counts.
extension ReplayChannel {
    mutating func start(_ choice: Choice) {
        guard choice.source != .maintenance else {
            let isLast = choice.command == maintenance.first.command
            apply(choice.command, bank: choice.bank, row: nil, column: nil)
            if isLast { maintenance.removeFirst() }
            return
        }
        let request = pool[Int(choice.slot)]
        let command = closing(choice.command, bank: choice.bank)
        count(choice.slot)
        if command.isColumn {
            noteColumn(choice, request)
            take(choice)
            apply(command, bank: choice.bank, row: request.row, column: request.column)
            answer(request, slot: choice.slot)
        } else if command == .pre {
            apply(.pre, bank: choice.bank, row: request.row, column: nil)
        } else {
            take(choice)
            if command == .act {
                activeSlot[choice.bank] = choice.slot
                activeBanks |= 1 << UInt64(choice.bank)
            } else {
                split.begin(bank: choice.bank, row: request.row, slot: choice.slot, at: now)
            }
            apply(command, bank: choice.bank, row: request.row, column: nil)
        }
    }

    /// The column command, with an automatic precharge where the row policy wants one.
    private mutating func closing(_ command: DRAMCommand, bank: Int) -> DRAMCommand {
        guard command.isColumn, cappedBanks & 1 << UInt64(bank) != 0 else { return command }
        let automatic: DRAMCommand = command == .rd ? .rda : .wra
        return timing.earliest(automatic, bank: bank) <= now ? automatic : command
    }

    /// Counts a request's first command as row hit, miss or conflict.
    mutating func count(_ slot: Int16) {
        guard !pool[Int(slot)].isCounted else { return }
        pool[Int(slot)].isCounted = true
        let row = openRow[Int(pool[Int(slot)].bank)]
        if row == pool[Int(slot)].row {
            tally.rowHits += 1
        } else if row >= 0 {
            tally.rowConflicts += 1
        } else {
            tally.rowMisses += 1
        }
    }

    /// Tells the account of the data buses that the column command for a request starts.
    @inline(__always)
    mutating func noteColumn(_ choice: Choice, _ request: ReplayRequest) {
        guard account != nil else { return }
        account!.noteColumn(
            isWrite: request.isWrite, bank: choice.bank, taken: request.arrival + 1,
            openedRow: choice.source == .active, at: now)
    }

    /// Takes a request from where it waits.
    mutating func take(_ choice: Choice) {
        switch choice.source {
        case .reads: reads.remove(choice.slot, in: pool, row: openRow[choice.bank])
        case .writes: writes.remove(choice.slot, in: pool, row: openRow[choice.bank])
        case .active:
            activeSlot[choice.bank] = ReplayQueue.none
            let others: UInt64 = ~(1 << UInt64(choice.bank))
            activeBanks &= others
            activeReads &= others
            activeWrites &= others
        case .maintenance: break
        }
    }

    /// A request's last command has started.
    mutating func answer(_ request: ReplayRequest, slot: Int16) {
        outstanding -= 1
        if request.isWrite {
            lastAnswer = max(lastAnswer, now)
        } else {
            lastAnswer = max(lastAnswer, now + readLatency)
            tally.latencies.record(now + readLatency - request.arrival)
        }
        pool[Int(slot)].next = freeSlot
        freeSlot = slot
    }

    /// Carries out a command: timing, bank state, counts, log.
    mutating func apply(_ command: DRAMCommand, bank: Int, row: Int32?, column: Int32?) {
        counts[Int(command.rawValue)] += 1
        if log != nil {
            log!.append(
                LoggedCommand(
                    cycle: now, command: command, bank: bank, row: row.map(Int.init), column: column.map(Int.init),
                    dotProducts: 0))
        }
        if account != nil {
            account!.note(command, bank: bank, at: now, room: timing.activationRoom(rank: bankRank[bank], for: 1))
        }
        timing.issue(command, bank: bank, at: now)
        switch command {
        case .act, .act1:
            timing.activate(rank: bankRank[bank], at: now, count: 1)
            set(bank, command == .act ? row! : Self.activating)
        case .act2: set(bank, row!)
        case .pre, .rda, .wra: close(1 << UInt64(bank))
        case .prea: close(rankBanks[bankRank[bank]])
        case .rd, .wr: if closesAfterOne { cappedBanks |= 1 << UInt64(bank) }
        default: break
        }
        switch command {
        case .prea, .refab: bounds = .unknown
        case .rd, .wr, .refpb:
            // The others have changed the bank's row and found its ticks again with that.
            noteRow(bank)
            noteChange(bank)
        default: noteChange(bank)
        }
    }

    private mutating func close(_ closing: UInt64) {
        cappedBanks &= ~closing
        askedBanks &= ~closing
        var banks = closing & openBanks
        while banks != 0 {
            let bank = banks.trailingZeroBitCount
            banks &= banks - 1
            set(bank, Self.closed)
        }
    }

    private mutating func set(_ bank: Int, _ row: Int32) {
        openRow[bank] = row
        let bit: UInt64 = 1 << UInt64(bank)
        let rank = bankRank[bank]
        let wasOpen = openBanks & rankBanks[rank] != 0
        openBanks = row == Self.closed ? openBanks & ~bit : openBanks | bit
        let isOpen = openBanks & rankBanks[rank] != 0
        if wasOpen != isOpen {
            if isOpen { openSince[rank] = now } else { openTicks[rank] += now - openSince[rank] }
        }
        noteRow(bank)
        if activeBanks & bit != 0 {
            let slot = Int(activeSlot[bank])
            let opened = pool[slot].row == row ? bit : 0
            if pool[slot].isWrite {
                activeWrites = activeWrites & ~bit | opened
            } else {
                activeReads = activeReads & ~bit | opened
            }
        }
        reads.find(bank, in: pool, row: row)
        writes.find(bank, in: pool, row: row)
    }
}
