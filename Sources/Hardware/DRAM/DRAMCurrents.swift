import Quantities

/// Supply voltage and currents of one device of a rank, under the names of JEDEC's IDD measurements.
public struct DRAMCurrents: Sendable, Equatable {
    public var supply: Volts
    /// One bank activated and precharged every tRC.
    public var idd0: Milliamperes
    /// All banks closed, clock running.
    public var idd2N: Milliamperes
    /// At least one bank open, no command.
    public var idd3N: Milliamperes
    /// Reading, and writing, without gaps.
    public var idd4R: Milliamperes
    public var idd4W: Milliamperes
    /// All-bank refreshes back to back.
    public var idd5AB: Milliamperes
    /// Devices of a rank that work in lock step.
    public var devicesPerRank: Int

    public init(
        supply: Volts, idd0: Milliamperes, idd2N: Milliamperes, idd3N: Milliamperes, idd4R: Milliamperes,
        idd4W: Milliamperes, idd5AB: Milliamperes, devicesPerRank: Int
    ) {
        self.supply = supply
        self.idd0 = idd0
        self.idd2N = idd2N
        self.idd3N = idd3N
        self.idd4R = idd4R
        self.idd4W = idd4W
        self.idd5AB = idd5AB
        self.devicesPerRank = devicesPerRank
    }
}
