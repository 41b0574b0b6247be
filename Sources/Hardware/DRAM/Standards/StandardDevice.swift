import Quantities

/// A DRAM device that is described by a standard's table: organisation and timing values at one speed.
public struct StandardDevice: Sendable {
    public var name: String
    public var standard: DRAMStandard
    /// Length of one clock of the command bus.
    public var clock: ClockPeriod
    public var organization: DRAMOrganization
    /// Timing values in clocks, under the names that the standard's table uses.
    public var timing: [String: Int]
    /// Currents for the IDD method, where they are known.
    public var currents: DRAMCurrents?
    /// Where the values are from.
    public var source: String

    public init(
        name: String, standard: DRAMStandard, clock: ClockPeriod, organization: DRAMOrganization,
        timing: [String: Int], currents: DRAMCurrents? = nil, source: String
    ) {
        self.name = name
        self.standard = standard
        self.clock = clock
        self.organization = organization
        self.timing = timing
        self.currents = currents
        self.source = source
    }

    public init(
        name: String, standard: DRAMStandard, clockPicoseconds: Int, organization: DRAMOrganization,
        timing: [String: Int], currents: DRAMCurrents? = nil, source: String
    ) {
        self.init(
            name: name, standard: standard, clock: ClockPeriod(Picoseconds(Int64(clockPicoseconds))),
            organization: organization, timing: timing, currents: currents, source: source)
    }

    /// Length of one tick of the model: the clock, or half of it where commands start on both edges.
    public var tick: ClockPeriod { ClockPeriod(Picoseconds(clock.time.value / Ratio(Int64(standard.ticksPerClock)))) }

    public var rules: [TimingRule] { standard.rules(with: timing) }

    /// A sum of timing names in ticks, such as `nCL + nBL`.
    public func ticks(_ sum: String) -> Int { DRAMStandard.sum(sum, timing) * standard.ticksPerClock }

    /// Name of the clocks of a burst, which is `nBL_min` where the standard tells two apart.
    public var burst: String { timing["nBL"] == nil ? "nBL_min" : "nBL" }

    public var nanosecondsPerTick: Double { tick.time.approximateNanoseconds }

    /// Data buses of the channel: one for each pseudo-channel, or one that the ranks share.
    public var dataBuses: Int { standard.hasPseudoChannels ? organization.ranks : 1 }

    /// Bandwidth of the channel with bursts back to back on every data bus.
    public var peakGigabytesPerSecond: Double {
        Double(dataBuses * organization.burstBytes) / (Double(ticks(burst)) * nanosecondsPerTick)
    }

    /// The devices that a machine file or a replay may name.
    public static let all: [StandardDevice] = [
        .hbm2Rate2000, .hbm2Rate2000Ramulator, .hbm3Rate6400, .hbm3Rate6400Ramulator, .ddr4Rate3200,
        .ddr4Rate3200TwoRanks, .ddr4Rate3200TwoRanksRamulator, .ddr5Rate4800, .ddr5Rate4800Ramulator, .lpddr5Rate6400,
        .lpddr5Rate6400Ramulator, .lpddr5xRate8533, .lpddr5xRate8533Ramulator, .hbm2x128, .lpddr4Rate2400,
        .hbm3Rate5200AttAcc,
    ]

    /// The device of that name, if there is one.
    public static func named(_ name: String) -> StandardDevice? { all.first { $0.name == name } }
}
