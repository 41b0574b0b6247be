import Hardware

/// The command queues of the banks and what each of them waits for.
extension Channel {
    /// Puts a request at the end of its bank's queue.
    mutating func append(_ request: BurstRequest) {
        let bank = Int(request.bank)
        bankQueues[bank].append(request)
        if dram.openRow[bank] == request.row {
            let position = Int16(bankQueues[bank].count - 1)
            if request.isWrite {
                if firstWriteHit[bank] < 0 { firstWriteHit[bank] = position }
            } else if firstReadHit[bank] < 0 {
                firstReadHit[bank] = position
            }
        }
        noteWishes(bank)
        nextCommandCycle = min(nextCommandCycle, now + 1)
    }

    /// Finds the oldest read and the oldest write that hit the bank's open row.
    mutating func findHits(_ bank: Int) {
        firstReadHit[bank] = -1
        firstWriteHit[bank] = -1
        if dram.openRow[bank] != Self.closed {
            findHit(bank, writes: false, from: 0)
            findHit(bank, writes: true, from: 0)
        }
        noteWishes(bank)
    }

    private mutating func findHit(_ bank: Int, writes: Bool, from start: Int) {
        let row = dram.openRow[bank]
        var found: Int16 = -1
        for position in start..<max(start, bankQueues[bank].count) {
            let request = bankQueues[bank][position]
            if request.row == row && request.isWrite == writes {
                found = Int16(position)
                break
            }
        }
        if writes {
            firstWriteHit[bank] = found
        } else {
            firstReadHit[bank] = found
        }
    }

    /// The request at `position` has left the queue: the ones behind it have moved up.
    mutating func noteRemoval(_ bank: Int, _ position: Int) {
        if Int(firstReadHit[bank]) == position {
            findHit(bank, writes: false, from: position)
        } else if Int(firstReadHit[bank]) > position {
            firstReadHit[bank] -= 1
        }
        if Int(firstWriteHit[bank]) == position {
            findHit(bank, writes: true, from: position)
        } else if Int(firstWriteHit[bank]) > position {
            firstWriteHit[bank] -= 1
        }
        noteWishes(bank)
    }

    /// Brings the bank's bits in the masks up to date.
    mutating func noteWishes(_ bank: Int) {
        let bit: UInt64 = 1 << UInt64(bank)
        waiting &= ~bit
        wantsActivate &= ~bit
        wantsRead &= ~bit
        wantsWrite &= ~bit
        wantsPrecharge &= ~bit
        let row = dram.openRow[bank]
        guard !bankQueues[bank].isEmpty else {
            if profile.rowPolicy == .closed && row >= 0 { wantsPrecharge |= bit }
            return
        }
        waiting |= bit
        if row == DRAMDeviceState.activating { return }
        guard row != Self.closed else {
            wantsActivate |= bit
            return
        }
        if firstReadHit[bank] >= 0 { wantsRead |= bit }
        if firstWriteHit[bank] >= 0 { wantsWrite |= bit }
        // The oldest request may close the row when nothing hits it any more, or when hits had their share.
        let noHits = firstReadHit[bank] < 0 && firstWriteHit[bank] < 0
        if bankQueues[bank][0].row != row && (noHits || Int(rowHits[bank]) >= profile.rowHitLimit) {
            wantsPrecharge |= bit
        }
    }
}
