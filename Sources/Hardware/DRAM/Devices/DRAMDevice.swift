import Quantities

/// A DRAM device as its data sheet describes it: organisation, timing at its clock, currents for the IDD method.
///
/// A machine file names a device and may replace single values of its organisation and timing.
public struct DRAMDevice: Sendable {
    public var name: String
    /// The command clock at which `timing` holds.
    public var clock: Hertz
    public var organization: DRAMOrganization
    public var timing: HBM2Timing
    public var currents: DRAMCurrents
    /// Where the values are from.
    public var source: String

    public init(
        name: String, clock: Hertz, organization: DRAMOrganization, timing: HBM2Timing, currents: DRAMCurrents,
        source: String
    ) {
        self.name = name
        self.clock = clock
        self.organization = organization
        self.timing = timing
        self.currents = currents
        self.source = source
    }

    /// The devices that a machine file may name.
    public static let all: [DRAMDevice] = [.hbm2x128]

    /// The device of that name, if there is one.
    public static func named(_ name: String) -> DRAMDevice? { all.first { $0.name == name } }
}

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
