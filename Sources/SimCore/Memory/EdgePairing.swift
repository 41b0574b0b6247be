import Hardware

/// The row command of the last rising edge, beside which a precharge may start on the falling edge that follows (HBM3).
struct EdgePairing: Sendable {
    private(set) var command = DRAMCommand.pre
    private(set) var bank = 0
    /// Tick in which it limits precharges: the first one after it in which the row bus is free.
    private(set) var tick = -1

    mutating func note(_ command: DRAMCommand, _ bank: Int, at cycle: Int) {
        self.command = command
        self.bank = bank
        tick = cycle + (command == .act || command == .pimActivate ? 3 : 1)
    }

    /// The first tick from `tick` on whose clock edge the command may use: rising edges (odd ticks), and for precharges
    /// falling ones too. Beside the row command of the edge before only a precharge of another bank may start, and only
    /// of a single one, unless the two are of different pseudo-channels.
    ///
    /// - Parameter sharesRank: whether `bank` is in the pseudo-channel of that row command.
    @inline(__always)
    func edge(for command: DRAMCommand, from tick: Int, bank: Int, sharesRank: @autoclosure () -> Bool) -> Int {
        if tick & 1 == 1 { return tick }
        guard command == .pre || command == .prea || command == .pimPrecharge else { return tick + 1 }
        guard tick == self.tick, sharesRank() else { return tick }
        let isWide = self.command == .prea || self.command == .refab || self.command == .pimActivate
        return isWide || command == .prea || bank == self.bank ? tick + 1 : tick
    }
}

extension DRAMDeviceState {
    /// Moves a tick, if it is not before `now`, on to a clock edge on which the command may start.
    @inline(__always)
    func onEdge(_ command: DRAMCommand, _ tick: Int, bank: Int, now: Int) -> Int {
        edges.edge(
            for: command, from: max(tick, now), bank: bank, sharesRank: bankRank[bank] == bankRank[edges.bank])
    }
}
