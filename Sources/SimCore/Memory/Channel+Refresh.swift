import Hardware

/// All-bank refresh, the ranks in turn: due at fixed times, carried out as soon as the rank's rows are closed.
extension Channel {
    /// First cycle after `cycle` in which a refresh falls due.
    func nextRefreshCycle(after cycle: Int) -> Int {
        let time = cycle + refreshPhase
        return (time / refreshInterval + 1) * refreshInterval - refreshPhase
    }

    /// Cycles left to the next due refresh, as seen in the current cycle.
    var cyclesToRefresh: Int { nextRefreshCycle(after: now) - now }

    mutating func noteDueRefresh() {
        guard refreshInterval > 0 else { return }
        let time = now + refreshPhase
        guard time > 0 && time % refreshInterval == 0 else { return }
        pendingRefresh.append(nextRefreshRank)
        nextRefreshRank = (nextRefreshRank + 1) % organization.ranks
        nextCommandCycle = min(nextCommandCycle, now)
    }

    /// Closes the next row of the rank that awaits refresh, or refreshes it.
    mutating func continueRefresh(_ earliest: inout Int) -> DRAMCommand? {
        isRefreshing = true
        let rank = pendingRefresh[0]
        let first = rank * organization.banksPerRank
        var allClosed = true
        for bank in first..<first + organization.banksPerRank {
            let closing: DRAMCommand
            if openRow[bank] != Self.closed {
                closing = .pre
            } else if pimRow[bank] != Self.closed {
                closing = .pimPrecharge
            } else {
                continue
            }
            allClosed = false
            let cycle = timing.earliest(closing, bank: bank)
            if cycle > now {
                earliest = min(earliest, cycle)
                continue
            }
            if closing == .pre { close(bank) } else { closePIM(bank) }
            return closing
        }
        guard allClosed else { return nil }
        let cycle = timing.earliest(.refab, bank: first)
        guard cycle <= now else {
            earliest = min(earliest, cycle)
            return nil
        }
        record(.refab, bank: first)
        timing.issue(.refab, bank: first, at: now)
        pendingRefresh.removeFirst()
        isRefreshing = false
        waitsForRefresh = false
        slack = 0
        // Inside an announced GEMV the row stays reserved: the PIM side opens it again after the refresh.
        if !isPIMMode { reservedRow = Self.closed }
        return .refab
    }
}
