import Hardware

/// Command slots on a standard with split activation and a write clock (LPDDR5): an ACT2 at its deadline; the column
/// command of a CAS; what the scheduler chooses, after a CAS where the write clock is off; else a waiting ACT2.
extension Channel {
    /// What follows a CAS in the next slot.
    enum AfterCAS: Sendable {
        case memory(Choice)
        /// The head of the PIM queue, whose result needs the data bus.
        case pim
    }

    /// Starts a command, if one can start now.
    mutating func startSplit(_ earliest: inout Int) -> Bool {
        if let next = afterCAS {
            switch next {
            case .memory(let choice): issue(choice)
            case .pim: carryOutHead()
            }
            afterCAS = nil
            return true
        }
        if dram.split.bank != nil {
            if dram.split.deadline <= now {
                startSecondHalf()
                return true
            }
            earliest = min(earliest, dram.split.deadline)
        }
        if startOne(&earliest) != nil { return true }
        guard dram.split.bank != nil else { return false }
        startSecondHalf()
        return true
    }

    private mutating func startSecondHalf() {
        guard let bank = dram.split.bank else { return }
        dram.apply(.act2, bank: bank, at: now, row: dram.split.row)
        findHits(bank)
    }

    /// Starts the write clock where a command needs it and it is off; the command then has the next slot. An ACT2 that
    /// must not wait so long goes first.
    ///
    /// - Returns: whether the slot is taken.
    mutating func startsClock(for next: AfterCAS) -> Bool {
        guard dram.split.isUsed, afterCAS == nil, now >= dram.split.clockEnd else { return false }
        if dram.split.bank != nil, dram.split.deadline <= now + 1 {
            startSecondHalf()
            return true
        }
        switch next {
        case .memory(let choice): dram.apply(choice.command == .rd ? .casRd : .casWr, bank: choice.bank, at: now)
        case .pim: dram.apply(pimCommands.head.command == .pimWrite ? .casWr : .casRd, bank: 0, at: now)
        }
        afterCAS = next
        return true
    }
}
