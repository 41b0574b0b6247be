import Hardware

/// Which command starts next.
extension ReplayChannel {
    struct Choice {
        var command: DRAMCommand
        var bank: Int
        var slot: Int16
        var source: Source
    }

    enum Source {
        case active, maintenance, reads, writes
    }

    /// Which commands a choice may be made of.
    struct Kinds {
        var column: Bool
        var row: Bool
        static let all = Kinds(column: true, row: true)
    }

    /// Starts what can start in this tick; true if anything did.
    mutating func startCommands() -> Bool {
        if device.standard.splitsActivation { return startSplit() }
        switch buses {
        case .shared:
            guard let choice = choose(.all) else { return false }
            start(choice)
            return true
        case .rowAndColumn:
            return startOnBothBuses()
        case .rowAndColumnOnEdges:
            if now & 1 == 1 { return startOnBothBuses() }
            // A falling edge: precharges only; what else waits is looked at on the next edge.
            wake = now + 1
            guard let choice = choose(Kinds(column: false, row: true)) else { return false }
            start(choice)
            return true
        }
    }

    private mutating func startOnBothBuses() -> Bool {
        let column = chooseActive(Kinds(column: true, row: false)) ?? chooseColumn()
        if let column { start(column) }
        let row = choose(Kinds(column: false, row: true))
        if let row {
            start(row)
            if buses == .rowAndColumnOnEdges { noteEdge(row) }
        }
        return column != nil || row != nil
    }

    private mutating func chooseColumn() -> Choice? {
        maintenance.isEmpty ? chooseWaiting(Kinds(column: true, row: false)) : nil
    }

    mutating func choose(_ kinds: Kinds) -> Choice? {
        if activeBanks != 0, let choice = chooseActive(kinds) { return choice }
        return maintenance.isEmpty ? chooseWaiting(kinds) : chooseMaintenance()
    }

    /// The oldest of the requests whose row was opened for them and whose column command can start.
    mutating func chooseActive(_ kinds: Kinds) -> Choice? {
        var best: Choice?
        var bestArrival = Int.max
        var banks = activeBanks
        while banks != 0 {
            let bank = banks.trailingZeroBitCount
            banks &= banks - 1
            let slot = activeSlot[bank]
            let request = pool[Int(slot)]
            let command: DRAMCommand
            if openRow[bank] == request.row {
                command = request.isWrite ? .wr : .rd
            } else if openRow[bank] == Self.closed, split.bank == nil {
                command = activate
            } else {
                continue
            }
            guard command.isColumn ? kinds.column : kinds.row else { continue }
            let tick = earliest(command, bank)
            if tick > now {
                wake = min(wake, tick)
            } else if request.arrival < bestArrival {
                bestArrival = request.arrival
                best = Choice(command: command, bank: bank, slot: slot, source: .active)
            }
        }
        return best
    }

    /// The oldest read or write whose next command can start.
    mutating func chooseWaiting(_ kinds: Kinds) -> Choice? {
        if isDraining {
            if Double(writes.count) < drainBelow && reads.count > 0 { isDraining = false }
        } else if Double(writes.count) > drainAbove || reads.count == 0 {
            isDraining = true
        }
        let hits = kinds.column ? unheldHits() : 0
        let misses = kinds.row ? unheldMisses() : 0
        var best: Choice?
        var bestArrival = Int.max
        var banks = hits
        while banks != 0 {
            let bank = banks.trailingZeroBitCount
            banks &= banks - 1
            let slot = isDraining ? writes.hits[bank] : reads.hits[bank]
            let arrival = pool[Int(slot)].arrival
            guard arrival < bestArrival else { continue }
            let tick = isDraining ? writeTick(bank) : readTick(bank)
            if tick > now {
                wake = min(wake, tick)
            } else {
                bestArrival = arrival
                best = Choice(
                    command: isDraining ? .wr : .rd, bank: bank, slot: slot, source: isDraining ? .writes : .reads)
            }
        }
        banks = misses
        while banks != 0 {
            let bank = banks.trailingZeroBitCount
            banks &= banks - 1
            let slot = isDraining ? writes.misses[bank] : reads.misses[bank]
            let arrival = pool[Int(slot)].arrival
            guard arrival < bestArrival, controller.scheduler == .frfcfs || mayClose(bank, arrival) else { continue }
            let command = openRow[bank] == Self.closed ? activate : .pre
            let tick = rowTick(command, bank)
            if tick > now {
                wake = min(wake, tick)
            } else {
                bestArrival = arrival
                best = Choice(command: command, bank: bank, slot: slot, source: isDraining ? .writes : .reads)
            }
        }
        return best
    }

    /// Banks with a hit that no rule on their rank or on the channel holds back.
    private mutating func unheldHits() -> UInt64 {
        var banks = isDraining ? writes.hitBanks : reads.hitBanks
        let command: DRAMCommand = isDraining ? .wr : .rd
        for rank in rankBanks.indices where banks & rankBanks[rank] != 0 {
            let tick = max(
                timing.earliest(command, on: .channel, node: 0), timing.earliest(command, on: .rank, node: rank))
            if tick > now {
                wake = min(wake, tick)
                banks &= ~rankBanks[rank]
            }
        }
        return banks
    }

    /// Banks whose row a request may open or close, as far as their rank and the requests served first let it.
    private mutating func unheldMisses() -> UInt64 {
        let all = isDraining ? writes.missBanks : reads.missBanks
        var closed = split.bank == nil ? all & ~openBanks : 0
        for rank in rankBanks.indices where closed & rankBanks[rank] != 0 {
            let tick = max(
                timing.activationRoom(rank: rank, for: 1), timing.earliest(activate, on: .rank, node: rank),
                timing.earliest(activate, on: .channel, node: 0))
            if tick > now {
                wake = min(wake, tick)
                closed &= ~rankBanks[rank]
            }
        }
        return closed | all & openBanks & ~activeBanks
    }

    /// Whether no older request hits the bank's open row.
    private mutating func mayClose(_ bank: Int, _ arrival: Int) -> Bool {
        let hit = isDraining ? writes.hits[bank] : reads.hits[bank]
        return hit == ReplayQueue.none || pool[Int(hit)].arrival > arrival
    }

    @inline(__always)
    private mutating func readTick(_ bank: Int) -> Int {
        if readBound[bank] <= now { readBound[bank] = earliest(.rd, bank) }
        return readBound[bank]
    }

    @inline(__always)
    private mutating func writeTick(_ bank: Int) -> Int {
        if writeBound[bank] <= now { writeBound[bank] = earliest(.wr, bank) }
        return writeBound[bank]
    }

    @inline(__always)
    private mutating func rowTick(_ command: DRAMCommand, _ bank: Int) -> Int {
        if rowBound[bank] <= now { rowBound[bank] = timing.earliest(command, bank: bank) }
        if rowBound[bank] > now { return onEdge(command, rowBound[bank], bank: bank) }
        return earliest(command, bank)
    }

    /// First tick in which the timing rules and the command slots let a command start.
    @inline(__always)
    mutating func earliest(_ command: DRAMCommand, _ bank: Int) -> Int {
        var tick = timing.earliest(command, bank: bank)
        if command == activate { tick = max(tick, timing.activationRoom(rank: bankRank[bank], for: 1)) }
        return onEdge(command, tick, bank: bank)
    }

    /// Moves a tick on to a clock edge on which the command may start.
    @inline(__always)
    func onEdge(_ command: DRAMCommand, _ tick: Int, bank: Int) -> Int {
        guard buses == .rowAndColumnOnEdges else { return tick }
        let tick = max(tick, now)
        if tick & 1 == 1 { return tick }
        guard command == .pre || command == .prea else { return tick + 1 }
        guard tick == pairedTick, bankRank[bank] == bankRank[edgeBank] else { return tick }
        // Beside the row command on the edge before: only a precharge of another bank, and only of a single one.
        if edgeCommand == .prea || edgeCommand == .refab || command == .prea || bank == edgeBank { return tick + 1 }
        return tick
    }

    private mutating func noteEdge(_ choice: Choice) {
        edgeCommand = choice.command
        edgeBank = choice.bank
        pairedTick = now + (choice.command == .act ? 3 : 1)
    }
}
