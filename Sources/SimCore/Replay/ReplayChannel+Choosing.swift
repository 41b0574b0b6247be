import Hardware

/// Which command starts next.
///
/// Choices are of four kinds: column commands and row commands, of requests whose row was opened for them and of those
/// that wait. For each kind the channel keeps a tick before which none can start (`bounds`), so that most ticks look at
/// one or two kinds; a bound stays good because the timing rules only ever move commands back, and `noteChange` lowers it
/// when a bank gets a new choice.
extension ReplayChannel {
    struct Choice {
        var command: DRAMCommand
        var bank: Int
        var slot: Int16
        var source: Source
        var arrival: Int
    }

    enum Source {
        case active, maintenance, reads, writes
    }

    /// Ticks before which no choice of a kind can start.
    struct Bounds {
        var activeColumn = 0
        var waitingColumn = 0
        var waitingRow = 0
        static let unknown = Bounds()
    }

    /// Starts what can start in this tick; true if anything did.
    mutating func startCommands() -> Bool {
        if device.standard.splitsActivation { return startSplit() }
        switch buses {
        case .shared:
            guard let choice = choose() else { return false }
            start(choice)
            return true
        case .rowAndColumn:
            return startOnBothBuses()
        case .rowAndColumnOnEdges:
            if now & 1 == 1 { return startOnBothBuses() }
            // A falling edge: precharges only; what else waits is looked at on the next edge.
            wake = now + 1
            guard let choice = chooseRow() else { return false }
            start(choice)
            return true
        }
    }

    private mutating func startOnBothBuses() -> Bool {
        let column = chooseColumn()
        if let column { start(column) }
        let row = chooseRow()
        if let row {
            start(row)
            if buses == .rowAndColumnOnEdges { noteEdge(row) }
        }
        return column != nil || row != nil
    }

    /// What starts on a bus for all commands.
    mutating func choose() -> Choice? {
        if activeBanks != 0, let choice = older(chooseActiveColumn(), chooseActiveRow()) { return choice }
        guard maintenance.isEmpty else { return chooseMaintenance() }
        chooseSide()
        return older(chooseWaitingColumn(), chooseWaitingRow())
    }

    private mutating func chooseColumn() -> Choice? {
        if activeBanks != 0, let choice = chooseActiveColumn() { return choice }
        guard maintenance.isEmpty else { return nil }
        chooseSide()
        return chooseWaitingColumn()
    }

    private mutating func chooseRow() -> Choice? {
        if activeBanks != 0, let choice = chooseActiveRow() { return choice }
        guard maintenance.isEmpty else { return chooseMaintenance() }
        chooseSide()
        return chooseWaitingRow()
    }

    @inline(__always)
    private func older(_ first: Choice?, _ second: Choice?) -> Choice? {
        guard let first else { return second }
        guard let second else { return first }
        return first.arrival < second.arrival ? first : second
    }

    /// Whether reads or writes are served: writes from a filled buffer, or while there is nothing else, until it is low.
    @inline(__always)
    private mutating func chooseSide() {
        if isDraining {
            guard writes.count < drainBelow, reads.count > 0 else { return }
        } else {
            guard writes.count > drainAbove || reads.count == 0 else { return }
        }
        isDraining.toggle()
        bounds.waitingColumn = 0
        bounds.waitingRow = 0
    }

    /// Whether nothing of a kind can start yet, by its bound.
    @inline(__always)
    private mutating func isHeld(until bound: Int) -> Bool {
        guard now < bound, !visitsEveryTick else { return false }
        wake = min(wake, bound)
        return true
    }

    /// The oldest of the requests whose row was opened for them and whose column command can start.
    private mutating func chooseActiveColumn() -> Choice? {
        guard !isHeld(until: bounds.activeColumn) else { return nil }
        var best: Choice?
        var soonest = Self.idle
        if activeReads != 0 { chooseActive(activeReads, isWrite: false, &best, &soonest) }
        if activeWrites != 0 { chooseActive(activeWrites, isWrite: true, &best, &soonest) }
        bounds.activeColumn = best == nil ? soonest : 0
        if best == nil { wake = min(wake, soonest) }
        return best
    }

    @inline(__always)
    private func chooseActive(_ banks: UInt64, isWrite: Bool, _ best: inout Choice?, _ soonest: inout Int) {
        let command: DRAMCommand = isWrite ? .wr : .rd
        var banks = unheld(banks, command, &soonest)
        while banks != 0 {
            let bank = banks.trailingZeroBitCount
            banks &= banks - 1
            // Most wait for tRCD: their bound says so.
            let bound = isWrite ? writeBound[bank] : readBound[bank]
            guard bound <= now else {
                soonest = min(soonest, bound)
                continue
            }
            let slot = activeSlot[bank]
            let arrival = pool[Int(slot)].arrival
            guard best == nil || arrival < best!.arrival else { continue }
            let tick = isWrite ? writeTick(bank) : readTick(bank)
            if tick > now {
                soonest = min(soonest, tick)
            } else {
                best = Choice(command: command, bank: bank, slot: slot, source: .active, arrival: arrival)
            }
        }
    }

    /// The oldest of the requests whose row was opened for them and closed again by an automatic precharge.
    private mutating func chooseActiveRow() -> Choice? {
        var best: Choice?
        var banks = split.bank == nil ? activeBanks & ~openBanks : 0
        while banks != 0 {
            let bank = banks.trailingZeroBitCount
            banks &= banks - 1
            let slot = activeSlot[bank]
            let arrival = pool[Int(slot)].arrival
            let tick = earliest(activate, bank)
            if tick > now {
                wake = min(wake, tick)
            } else if best == nil || arrival < best!.arrival {
                best = Choice(command: activate, bank: bank, slot: slot, source: .active, arrival: arrival)
            }
        }
        return best
    }

    /// The oldest waiting read or write that hits an open row and can start.
    private mutating func chooseWaitingColumn() -> Choice? {
        guard !isHeld(until: bounds.waitingColumn) else { return nil }
        let isWrite = isDraining
        let command: DRAMCommand = isWrite ? .wr : .rd
        var best: Choice?
        var soonest = Self.idle
        var banks = unheld(isWrite ? writes.hitBanks : reads.hitBanks, command, &soonest)
        while banks != 0 {
            let bank = banks.trailingZeroBitCount
            banks &= banks - 1
            let slot = isWrite ? writes.hits[bank] : reads.hits[bank]
            let arrival = pool[Int(slot)].arrival
            guard best == nil || arrival < best!.arrival else { continue }
            let tick = isWrite ? writeTick(bank) : readTick(bank)
            if tick > now {
                soonest = min(soonest, tick)
            } else {
                best = Choice(
                    command: command, bank: bank, slot: slot, source: isWrite ? .writes : .reads, arrival: arrival)
            }
        }
        bounds.waitingColumn = best == nil ? soonest : 0
        if best == nil { wake = min(wake, soonest) }
        return best
    }

    /// The oldest waiting read or write whose bank can be activated or precharged for it.
    private mutating func chooseWaitingRow() -> Choice? {
        guard !isHeld(until: bounds.waitingRow) else { return nil }
        let all = isDraining ? writes.missBanks : reads.missBanks
        var best: Choice?
        var soonest = Self.idle
        let closed = split.bank == nil ? unheldActivations(all & ~openBanks, &soonest) : 0
        let unheld = closed | unheld(all & openBanks & ~activeBanks, .pre, &soonest)
        var banks = unheld & ~ripeRows
        while banks != 0 {
            let bank = banks.trailingZeroBitCount
            banks &= banks - 1
            if rowBound[bank] > now {
                soonest = min(soonest, rowBound[bank])
            } else {
                ripeRows |= 1 << UInt64(bank)
            }
        }
        banks = unheld & ripeRows
        while banks != 0 {
            let bank = banks.trailingZeroBitCount
            banks &= banks - 1
            let slot = isDraining ? writes.misses[bank] : reads.misses[bank]
            let arrival = pool[Int(slot)].arrival
            guard best == nil || arrival < best!.arrival else { continue }
            let isClosed = closed & 1 << UInt64(bank) != 0
            let command: DRAMCommand = isClosed ? activate : .pre
            let tick = onEdge(command, isClosed ? timing.earliestBelowRank(activate, bank: bank) : now, bank: bank)
            if tick > now {
                soonest = min(soonest, tick)
                continue
            }
            guard controller.scheduler == .frfcfs || mayClose(bank, arrival) else { continue }
            best = Choice(
                command: command, bank: bank, slot: slot, source: isDraining ? .writes : .reads, arrival: arrival)
        }
        bounds.waitingRow = best == nil ? soonest : 0
        if best == nil { wake = min(wake, soonest) }
        return best
    }

    /// Banks of those given whose ranks, and the channel, let a command start.
    @inline(__always)
    private func unheld(_ banks: UInt64, _ command: DRAMCommand, _ soonest: inout Int) -> UInt64 {
        guard banks != 0 else { return 0 }
        var free = banks
        let channel = timing.earliest(command, on: .channel, node: 0)
        for rank in 0..<organization.ranks where banks & rankBanks[rank] != 0 {
            let tick = max(channel, timing.earliest(command, on: .rank, node: rank))
            if tick > now {
                soonest = min(soonest, tick)
                free &= ~rankBanks[rank]
            }
        }
        return free
    }

    /// Closed banks of those given whose ranks, and the channel, let an activation start.
    @inline(__always)
    private func unheldActivations(_ banks: UInt64, _ soonest: inout Int) -> UInt64 {
        guard banks != 0 else { return 0 }
        var free = banks
        let channel = timing.earliest(activate, on: .channel, node: 0)
        for rank in 0..<organization.ranks where banks & rankBanks[rank] != 0 {
            let tick = max(
                channel, timing.activationRoom(rank: rank, for: 1),
                timing.earliest(activate, on: .rank, node: rank))
            if tick > now {
                soonest = min(soonest, tick)
                free &= ~rankBanks[rank]
            }
        }
        return free
    }

    /// The bank's state or timing has changed: finds again when its own rules let its row be opened or closed.
    @inline(__always)
    mutating func noteRow(_ bank: Int) {
        rowBound[bank] = timing.earliest(openRow[bank] == Self.closed ? activate : .pre, on: .bank, node: bank)
        ripeRows &= ~(1 << UInt64(bank))
    }

    /// A bank has new choices: no bound may be later than what can now start on it.
    mutating func noteChange(_ bank: Int) {
        let bit: UInt64 = 1 << UInt64(bank)
        if (activeReads | activeWrites) & bit != 0 {
            let tick = timing.earliest(activeWrites & bit != 0 ? .wr : .rd, bank: bank)
            bounds.activeColumn = min(bounds.activeColumn, tick)
        }
        if (isDraining ? writes.hitBanks : reads.hitBanks) & bit != 0 {
            bounds.waitingColumn = min(bounds.waitingColumn, timing.earliest(isDraining ? .wr : .rd, bank: bank))
        }
        if (isDraining ? writes.missBanks : reads.missBanks) & bit != 0, activeBanks & openBanks & bit == 0 {
            let command = openRow[bank] == Self.closed ? activate : .pre
            bounds.waitingRow = min(bounds.waitingRow, timing.earliest(command, bank: bank))
        }
    }

    /// Whether no older request hits the bank's open row.
    private func mayClose(_ bank: Int, _ arrival: Int) -> Bool {
        let hit = isDraining ? writes.hits[bank] : reads.hits[bank]
        return hit == ReplayQueue.none || pool[Int(hit)].arrival > arrival
    }

    @inline(__always)
    private func readTick(_ bank: Int) -> Int {
        if readBound[bank] <= now {
            readBound[bank] = onEdge(.rd, timing.earliestBelowRank(.rd, bank: bank), bank: bank)
        }
        return readBound[bank]
    }

    @inline(__always)
    private func writeTick(_ bank: Int) -> Int {
        if writeBound[bank] <= now {
            writeBound[bank] = onEdge(.wr, timing.earliestBelowRank(.wr, bank: bank), bank: bank)
        }
        return writeBound[bank]
    }

    /// First tick in which the timing rules and the command slots let a command start.
    @inline(__always)
    func earliest(_ command: DRAMCommand, _ bank: Int) -> Int {
        var tick = timing.earliest(command, bank: bank)
        if command == activate { tick = max(tick, timing.activationRoom(rank: bankRank[bank], for: 1)) }
        return onEdge(command, tick, bank: bank)
    }

    /// Moves a tick on to a clock edge on which the command may start.
    @inline(__always)
    func onEdge(_ command: DRAMCommand, _ tick: Int, bank: Int) -> Int {
        guard buses == .rowAndColumnOnEdges else { return tick }
        return edges.edge(
            for: command, from: max(tick, now), bank: bank, sharesRank: bankRank[bank] == bankRank[edges.bank])
    }

    private mutating func noteEdge(_ choice: Choice) { edges.note(choice.command, choice.bank, at: now) }
}
