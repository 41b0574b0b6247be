import Hardware

/// Row streaks: while all that waits is of one kind and hits one open row, nothing can be chosen but the oldest of it, one
/// burst every tCCD_L, and nothing has to be looked for.
extension ReplayChannel {
    /// The bank on which a streak goes on, if one does.
    var streakBank: Int? {
        guard activeBanks == 0, maintenance.isEmpty, !closesAfterOne, portHead < port.count else { return nil }
        guard split.bank == nil, split.afterCAS == nil else { return nil }
        let (count, banks, misses, others) =
            isDraining
            ? (writes.count, writes.hitBanks, writes.missBanks, reads.count)
            : (reads.count, reads.hitBanks, reads.missBanks, writes.count)
        guard count > 1, others == 0, misses == 0, banks & (banks - 1) == 0, banks != 0 else { return nil }
        return banks.trailingZeroBitCount
    }

    /// Takes and serves requests until one does not belong to the streak, the port is empty, or refresh falls due.
    ///
    /// As in `step`, a request is taken before the command of the same tick; the tick of each command is the one that
    /// the timing rules give.
    mutating func runStreak(on bank: Int) {
        let isWrite = isDraining
        let command: DRAMCommand = isWrite ? .wr : .rd
        let row = Int(openRow[bank])
        while true {
            let slot = isWrite ? writes.hits[bank] : reads.hits[bank]
            let taken = portTick
            guard slot != ReplayQueue.none else {
                nextTick = max(now + 1, min(taken, refresh.due))
                return
            }
            let tick = max(now + 1, earliest(command, bank))
            nextTick = max(now + 1, min(tick, taken, refresh.due))
            guard portHead < port.count, nextTick < refresh.due else { return }
            if taken == nextTick {
                let access = port[portHead]
                let place = place(ofHead: access)
                guard access.isWrite == isWrite, place.bank == bank, place.row == row else { return }
            }
            if tick == nextTick, device.standard.splitsActivation, tick >= split.clockEnd { return }
            now = nextTick
            if taken == now { accept() }
            guard tick == now else { continue }
            if device.standard.splitsActivation { split.extendClock(command, at: now) }
            start(Choice(command: command, bank: bank, slot: slot, source: isWrite ? .writes : .reads, arrival: 0))
        }
    }
}
