import Hardware
import SimCore

/// Rates and utilisations that reports show.
extension SimulationResult {
    /// Time in which an array or a vector unit worked, of the whole.
    public var npuBusyFraction: Double { fraction(npuBusyCycles, of: cycles) }

    /// Multiply-accumulates that the model needs over those that the arrays could have done in the time.
    public var npuMACUtilization: Double { fraction(npuMACs, of: machine.npu.macsPerCycle * cycles) }

    /// Time in which a channel had PIM commands waiting or under way, of the whole: the mean over the channels.
    public var pimBusyFraction: Double {
        fraction(channels.reduce(0) { $0 + $1.statistics.pimBusyCycles }, of: channels.count * memoryCycles)
    }

    /// Multiply-accumulates that the model needs over those that the PIM units could have done in the time; 0 without
    /// PIM units.
    public var pimMACUtilization: Double {
        guard let pim = machine.memory.pim else { return 0 }
        let multipliers = machine.memory.channels * machine.memory.pimUnitsPerChannel * pim.multipliersPerBank
        return fraction(pimMACs * pim.timing.nDOT, of: multipliers * memoryCycles)
    }

    /// Bytes that RD and WR moved.
    public var dramBytes: Int {
        channels.reduce(0) { $0 + $1.statistics.count(.rd) + $1.statistics.count(.wr) }
            * machine.memory.organization.burstBytes
    }

    /// Bytes a second over the data buses of all channels.
    public var dramBytesPerSecond: Double { seconds > 0 ? Double(dramBytes) / seconds : 0 }

    public var dramBandwidthUtilization: Double { dramBytesPerSecond / machine.memory.peakBytesPerSecond }

    /// Memory cycles of the whole run.
    public var memoryCycles: Int { channels.first?.cycles ?? 0 }

    /// Joules that the whole tensor-parallel group spends for one token: each of its chips does what this one did.
    public func joulesPerToken(_ bill: EnergyBill) -> Double {
        generatedTokens > 0 ? bill.totalJoules * Double(options.tensorParallel) / Double(generatedTokens) : 0
    }

    /// Tokens per second if each of the model's layers took as long as a simulated one; embedding and head count as
    /// often as they were simulated. An extrapolation; it is `tokensPerSecond` when all layers were simulated.
    public var extrapolatedTokensPerSecond: Double {
        let outside = Self.coveredCycles(operators.filter { $0.layer == nil })
        let scaled = Double(cycles - outside) * Double(model.layers) / Double(options.layers) + Double(outside)
        return scaled > 0 ? Double(generatedTokens) * Double(machine.npu.clock.count) / scaled : 0
    }

    /// NPU cycles in which an operator of the stage was under way.
    public func cycles(of stage: OperatorResult.Stage) -> Int {
        sampling?.stageCycles[stage] ?? Self.coveredCycles(operators.filter { $0.stage == stage })
    }

    /// Cycles in which at least one of the operators was under way.
    private static func coveredCycles(_ operators: [OperatorResult]) -> Int {
        var (cycles, end) = (0, Int.min)
        for done in operators.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) where done.end > end {
            cycles += done.end - max(done.start, end)
            end = done.end
        }
        return cycles
    }

    /// The largest share of the time for which one channel had PIM commands waiting or under way.
    public var busiestPIMChannel: Double {
        fraction(channels.map(\.statistics.pimBusyCycles).max() ?? 0, of: memoryCycles)
    }

    /// When the link between chips was in use; empty if it never was.
    var linkActivity: [UnitActivity] {
        let uses = operators.filter { $0.unit == .link }
        return uses.isEmpty ? [] : [UnitActivity(unit: .link, intervals: uses.lazy.map { ($0.start, $0.end) })]
    }

    private func fraction(_ part: Int, of whole: Int) -> Double { whole > 0 ? Double(part) / Double(whole) : 0 }
}
