import Hardware

/// The state of a standard whose activation is split in ACT1 and ACT2, and whose write clock CAS must start (LPDDR5).
struct SplitActivation: Sendable {
    /// The bank between ACT1 and ACT2, of which there is at most one, and its request.
    private(set) var bank: Int?
    private(set) var slot = ReplayQueue.none
    /// Last tick for its ACT2.
    private(set) var deadline = 0
    /// Tick from which the write clock is off.
    var clockEnd = 0
    /// The column command that follows the CAS of the last tick.
    var afterCAS: ReplayChannel.Choice?
    private let window: Int
    let readClock: Int
    let writeClock: Int

    init(_ device: StandardDevice) {
        guard device.standard.splitsActivation else {
            (window, readClock, writeClock) = (0, 0, 0)
            return
        }
        window = device.ticks("nAAD")
        readClock = device.ticks("nCL + \(device.burst) + nWCKPST")
        writeClock = device.ticks("nCWL + \(device.burst) + nWCKPST")
    }

    mutating func begin(bank: Int, slot: Int16, at tick: Int) {
        self.bank = bank
        self.slot = slot
        deadline = tick + window
    }

    mutating func end() { bank = nil }

    mutating func extendClock(_ command: DRAMCommand, at tick: Int) {
        clockEnd = max(clockEnd, tick + (command == .rd || command == .rda ? readClock : writeClock))
    }
}

/// One tick with split activations: an ACT2 at its deadline; the column command of a CAS; what the scheduler chooses,
/// after a CAS where the write clock is off; else a waiting ACT2.
extension ReplayChannel {
    mutating func startSplit() -> Bool {
        if let choice = split.afterCAS {
            split.afterCAS = nil
            split.extendClock(choice.command, at: now)
            let request = pool[Int(choice.slot)]
            count(choice.slot)
            noteColumn(choice, request)
            take(choice)
            apply(choice.command, bank: choice.bank, row: request.row, column: request.column)
            answer(request, slot: choice.slot)
            return true
        }
        if split.bank != nil {
            wake = min(wake, split.deadline)
            if split.deadline <= now {
                startSecond()
                return true
            }
        }
        guard let choice = choose() else {
            guard split.bank != nil else { return false }
            startSecond()
            return true
        }
        if choice.command.isColumn {
            if now >= split.clockEnd {
                startClock(choice)
                return true
            }
            split.extendClock(choice.command, at: now)
        }
        start(choice)
        return true
    }

    /// ACT2 for the bank that waits for it.
    private mutating func startSecond() {
        guard let bank = split.bank else { return }
        let slot = split.slot
        split.end()
        bounds.waitingRow = 0
        activeSlot[bank] = slot
        activeBanks |= 1 << UInt64(bank)
        apply(.act2, bank: bank, row: pool[Int(slot)].row, column: nil)
    }

    /// CAS, whose column command takes the next tick; an ACT2 that must not wait so long goes first.
    private mutating func startClock(_ choice: Choice) {
        if split.bank != nil, split.deadline <= now + 1 {
            startSecond()
            return
        }
        apply(choice.command == .rd ? .casRd : .casWr, bank: choice.bank, row: nil, column: nil)
        split.afterCAS = choice
    }
}
