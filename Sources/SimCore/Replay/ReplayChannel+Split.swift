import Hardware

/// What the controller remembers between two halves: the request of a bank that waits for its ACT2, and the column
/// command of a CAS.
struct SplitActivation: Sendable {
    private var commands: SplitCommands
    private(set) var slot = ReplayQueue.none
    /// The column command that follows the CAS of the last tick.
    var afterCAS: ReplayChannel.Choice?

    init(_ device: StandardDevice) { commands = SplitCommands(device) }

    /// The bank between ACT1 and ACT2, and the last tick for its ACT2.
    var bank: Int? { commands.bank }
    var deadline: Int { commands.deadline }
    /// Tick from which the write clock is off.
    var clockEnd: Int { commands.clockEnd }

    mutating func begin(bank: Int, row: Int32, slot: Int16, at tick: Int) {
        commands.begin(bank: bank, row: row, at: tick)
        self.slot = slot
    }

    mutating func end() { commands.end() }
    mutating func extendClock(_ command: DRAMCommand, at tick: Int) { commands.extendClock(command, at: tick) }
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
