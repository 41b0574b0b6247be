import Hardware

/// What is between two commands where the standard splits them (LPDDR5): a bank that had its ACT1 and waits for its
/// ACT2, at most one at a time, and the write clock (WCK), which CAS starts again when it has run out.
struct SplitCommands: Sendable {
    let isUsed: Bool
    private(set) var bank: Int?
    private(set) var row: Int32 = 0
    /// Last tick for the ACT2.
    private(set) var deadline = 0
    /// Tick from which the write clock is off.
    private(set) var clockEnd = 0
    private let window: Int
    private let readClock: Int
    private let writeClock: Int

    init(_ device: StandardDevice) {
        isUsed = device.standard.splitsActivation
        window = isUsed ? device.ticks("nAAD") : 0
        readClock = isUsed ? device.ticks("nCL + \(device.burst) + nWCKPST") : 0
        writeClock = isUsed ? device.ticks("nCWL + \(device.burst) + nWCKPST") : 0
    }

    mutating func begin(bank: Int, row: Int32, at tick: Int) {
        self.bank = bank
        self.row = row
        deadline = tick + window
    }

    mutating func end() { bank = nil }

    /// Keeps the write clock on for the data of a column command.
    mutating func extendClock(_ command: DRAMCommand, at tick: Int) {
        clockEnd = max(clockEnd, tick + (command == .wr || command == .wra ? writeClock : readClock))
    }
}
