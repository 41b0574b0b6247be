/// How much of something happened in each of a row of equal stretches of time, in bounded memory.
///
/// A stretch ("bin") is 2^k cycles long; when time outgrows `binLimit` of them, neighbours are joined and k grows by
/// one. Nothing is rounded: the bins always sum to what was added.
public struct ActivityProfile: Sendable, Equatable {
    /// What was added in each bin, from cycle 0 to the last bin that has anything.
    public private(set) var bins: [Int] = []
    /// Binary logarithm of the cycles of a bin.
    public private(set) var binBits = firstBinBits
    /// Cycles by which the profile's time runs ahead of that of the instants it is given.
    private var skipped = 0

    /// There are never more bins than this.
    public static let binLimit = 256
    private static let firstBinBits = 6

    public init() {}

    public var binCycles: Int { 1 << binBits }
    public var total: Int { bins.reduce(0, +) }

    /// Adds an amount in one cycle.
    mutating func add(_ amount: Int, at cycle: Int) {
        let bin = (cycle + skipped) >> binBits
        if bin < bins.count { bins[bin] += amount } else { addBeyond(amount, (cycle + skipped)) }
    }

    /// Adds 1 for each cycle from `start` until before `end`.
    mutating func add(from start: Int, until end: Int) {
        guard end > start else { return }
        var (cycle, end) = (start + skipped, end + skipped)
        reach(end - 1)
        while cycle < end {
            let bin = cycle >> binBits
            let stop = min(end, (bin + 1) << binBits)
            bins[bin] += stop - cycle
            cycle = stop
        }
    }

    /// Cycles pass in which nothing happens and which the instants given from now on do not count.
    mutating func skip(_ cycles: Int) { skipped += cycles }

    /// Adds what another profile has, bin by bin.
    mutating func add(_ other: ActivityProfile, times factor: Int = 1) {
        var other = other
        while other.binBits < binBits { other.fold() }
        while binBits < other.binBits { fold() }
        while bins.count < other.bins.count { bins.append(0) }
        for bin in other.bins.indices { bins[bin] += factor * other.bins[bin] }
    }

    /// Adds what another profile took up between two points of time, which both have gone through.
    mutating func advance(from start: ActivityProfile, to end: ActivityProfile) {
        skipped += end.skipped - start.skipped
        guard start.binBits != end.binBits || start.bins != end.bins else { return }
        // What came last decides how long the bins are and how many.
        var start = start
        while start.binBits < end.binBits { start.fold() }
        while binBits < end.binBits { fold() }
        while bins.count < end.bins.count { bins.append(0) }
        for bin in end.bins.indices { bins[bin] += end.bins[bin] - (bin < start.bins.count ? start.bins[bin] : 0) }
    }

    @inline(never)
    private mutating func addBeyond(_ amount: Int, _ cycle: Int) {
        reach(cycle)
        bins[cycle >> binBits] += amount
    }

    /// Makes room for a cycle.
    private mutating func reach(_ cycle: Int) {
        precondition(cycle >= 0, "time begins at cycle 0")
        while cycle >> binBits >= Self.binLimit { fold() }
        while cycle >> binBits >= bins.count { bins.append(0) }
    }

    /// Joins each bin with its neighbour.
    private mutating func fold() {
        bins = stride(from: 0, to: bins.count, by: 2).map { bins[$0] + ($0 + 1 < bins.count ? bins[$0 + 1] : 0) }
        binBits += 1
    }
}

/// How busy one kind of unit was over a run.
public struct UnitActivity: Sendable, Equatable {
    public enum Unit: String, CaseIterable, Sendable {
        /// Cycles in which an array works; in which a vector unit does; in which any of them does.
        case systolic, vector, npu
        /// Memory cycles in which PIM commands are waiting or under way, summed over the channels.
        case pim
        /// Memory cycles in which the data bus carries a burst of RD or WR, summed over the channels' buses. A burst counts
        /// where its command starts, less than a microsecond before the data.
        case dram
        /// Cycles in which the link between chips is in use.
        case link
    }

    public var unit: Unit
    /// How many units are summed.
    public var units: Int
    /// Whether its cycles are of the memory's clock instead of the NPU's.
    public var isOfMemory: Bool { unit == .pim || unit == .dram }
    public var profile: ActivityProfile

    public init(unit: Unit, units: Int, profile: ActivityProfile) {
        self.unit = unit
        self.units = units
        self.profile = profile
    }

    /// Units of one kind that work in these intervals, in any order.
    public init(unit: Unit, intervals: some Sequence<(start: Int, end: Int)>) {
        var time = BusyTime()
        for interval in intervals { time.add(interval.start, interval.end) }
        _ = time.settle()
        self.init(unit: unit, units: 1, profile: time.profile)
    }
}
