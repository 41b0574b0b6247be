/// A DRAM device that is described by a standard's table: organisation and timing values at one speed.
public struct StandardDevice: Sendable {
    public var name: String
    public var standard: DRAMStandard
    /// Length of one clock of the command bus.
    public var clockPicoseconds: Int
    public var organization: DRAMOrganization
    /// Timing values in clocks, under the names that the standard's table uses.
    public var timing: [String: Int]
    /// Where the values are from.
    public var source: String

    public init(
        name: String, standard: DRAMStandard, clockPicoseconds: Int, organization: DRAMOrganization,
        timing: [String: Int], source: String
    ) {
        self.name = name
        self.standard = standard
        self.clockPicoseconds = clockPicoseconds
        self.organization = organization
        self.timing = timing
        self.source = source
    }

    public var rules: [TimingRule] { standard.rules(with: timing) }

    /// A sum of timing names in ticks, such as `nCL + nBL`.
    public func ticks(_ sum: String) -> Int { DRAMStandard.sum(sum, timing) * standard.ticksPerClock }

    /// Name of the clocks of a burst, which is `nBL_min` where the standard tells two apart.
    public var burst: String { timing["nBL"] == nil ? "nBL_min" : "nBL" }

    public var nanosecondsPerTick: Double { Double(clockPicoseconds) / Double(1000 * standard.ticksPerClock) }

    /// Bandwidth of the channel with bursts back to back on every data bus.
    public var peakGigabytesPerSecond: Double {
        let buses = standard.hasPseudoChannels ? organization.ranks : 1
        return Double(buses * organization.burstBytes) / (Double(ticks(burst)) * nanosecondsPerTick)
    }

    /// The devices that a replay may name.
    public static let all: [StandardDevice] = [
        .hbm2Rate2000, .hbm3Rate6400, .ddr4Rate3200, .ddr4Rate3200TwoRanks, .ddr5Rate4800, .lpddr5Rate6400,
        .lpddr5xRate8533, .lpddr5xRate8533Ramulator,
    ]

    /// The device of that name, if there is one.
    public static func named(_ name: String) -> StandardDevice? { all.first { $0.name == name } }
}
