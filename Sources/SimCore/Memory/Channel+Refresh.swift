import Hardware

/// One refresh command of the schedule.
struct RefreshTurn: Sendable {
    var command: DRAMCommand
    /// The bank, or the first one of the rank.
    var bank: Int
    /// Banks that must be closed for it.
    var banks: UInt64

    /// When refreshes fall due, in ticks (0: never), and what falls due in each turn.
    ///
    /// - Parameter closesGroups: the refresh of a bank needs its whole group closed, because `PIM_ACTIVATE` opens it only
    ///   as a whole.
    static func schedule(
        _ device: StandardDevice, _ policy: RefreshPolicy, closesGroups: Bool
    ) -> (interval: Int, turns: [[RefreshTurn]]) {
        let organization = device.organization
        let intervals = DRAMIntervals(device)
        let perRank = organization.banksPerRank
        let ranks = (0..<organization.ranks).map { rank in
            let all: UInt64 = perRank == 64 ? .max : (1 << UInt64(perRank)) - 1
            return RefreshTurn(command: .refab, bank: rank * perRank, banks: all << UInt64(rank * perRank))
        }
        func one(_ bank: Int) -> RefreshTurn {
            let size = closesGroups ? organization.banksPerGroup : 1
            let mask: UInt64 = size == 64 ? .max : (1 << UInt64(size)) - 1
            return RefreshTurn(command: .refpb, bank: bank, banks: mask << UInt64(bank / size * size))
        }
        switch policy {
        case .none: return (0, [[]])
        case .allBank: return (intervals.nREFI, [ranks])
        case .allBankStaggered: return (intervals.nREFI / ranks.count, ranks.map { [$0] })
        case .perBank:
            precondition(intervals.nREFIpb > 0, "the standard has no refresh of single banks")
            guard device.standard.pairsBankRefresh else {
                return (intervals.nREFIpb, (0..<organization.banks).map { [one($0)] })
            }
            return (
                intervals.nREFIpb,
                (0..<perRank).map { bank in (0..<organization.ranks).map { one($0 * perRank + bank) } }
            )
        }
    }
}

/// Refresh: due at fixed times, carried out as soon as the rows that it needs closed are closed.
extension Channel {
    /// Cycles in which everything falls due for refresh once; 0 without refresh.
    public var refreshRound: Int { refreshInterval * refreshTurns.count }

    /// The refresh commands of such a round.
    public var refreshRoundCommands: [DRAMCommand] { refreshTurns.flatMap { $0.map(\.command) } }

    /// First cycle after `cycle` in which a refresh falls due.
    func nextRefreshCycle(after cycle: Int) -> Int {
        let time = cycle + refreshPhase
        return (time / refreshInterval + 1) * refreshInterval - refreshPhase
    }

    /// Cycles left to the next due refresh, as seen in the current cycle.
    var cyclesToRefresh: Int { dueRefresh > now ? dueRefresh - now : nextRefreshCycle(after: now) - now }

    mutating func noteDueRefresh() {
        guard now == dueRefresh else { return }
        dueRefresh += refreshInterval
        pendingRefresh += refreshTurns[nextRefreshTurn]
        nextRefreshTurn = (nextRefreshTurn + 1) % refreshTurns.count
        nextCommandCycle = min(nextCommandCycle, now)
    }

    /// Closes the next row that is in the way of the oldest due refresh, or refreshes.
    mutating func continueRefresh(_ earliest: inout Int) -> DRAMCommand? {
        isRefreshing = true
        let turn = pendingRefresh[0]
        var allClosed = true
        var banks = turn.banks & (dram.openBanks | dram.openPIMBanks)
        if turn.command == .refab, hasPREA, (turn.banks & dram.openBanks).nonzeroBitCount > 1 {
            let cycle = dram.earliest(.prea, bank: turn.bank, now: now)
            guard cycle <= now, dram.split.bank.map({ turn.banks & 1 << UInt64($0) == 0 }) ?? true else {
                earliest = min(earliest, max(cycle, now + 1))
                return nil
            }
            closeRank(dram.bankRank[turn.bank])
            return .prea
        }
        while banks != 0 {
            let bank = banks.trailingZeroBitCount
            banks &= banks - 1
            allClosed = false
            let closing: DRAMCommand = dram.openRow[bank] != Self.closed ? .pre : .pimPrecharge
            let cycle = dram.earliest(closing, bank: bank, now: now)
            if cycle > now {
                earliest = min(earliest, cycle)
                continue
            }
            if closing == .pre { close(bank) } else { closePIM(bank) }
            return closing
        }
        guard allClosed else { return nil }
        let cycle = dram.earliest(turn.command, bank: turn.bank, now: now)
        guard cycle <= now else {
            earliest = min(earliest, cycle)
            return nil
        }
        dram.apply(turn.command, bank: turn.bank, at: now)
        pendingRefresh.removeFirst()
        isRefreshing = false
        waitsForRefresh = false
        slack = 0
        // Inside an announced GEMV the row stays reserved: the PIM side opens it again after the refresh.
        if !isPIMMode { reservedRow = Self.closed }
        return turn.command
    }
}
