import Hardware
import SimCore
import Simulation

/// The report on a replayed memory trace: one CSV row, and a table for people.
public struct MemoryReport: Sendable {
    public let result: MemoryReplayResult
    /// What the row says of how the trace was replayed.
    public let settings: Settings

    /// The names of what was chosen, as on the command line.
    public struct Settings: Sendable {
        public var device: String
        public var trace: String
        public var profile: String
        public var refresh: String
        public var scheduler: String
        public var rowPolicy: String
        public var mapping: String

        public init(
            device: String, trace: String, profile: String, refresh: String, scheduler: String, rowPolicy: String,
            mapping: String
        ) {
            self.device = device
            self.trace = trace
            self.profile = profile
            self.refresh = refresh
            self.scheduler = scheduler
            self.rowPolicy = rowPolicy
            self.mapping = mapping
        }
    }

    public init(_ result: MemoryReplayResult, settings: Settings) {
        self.result = result
        self.settings = settings
    }

    static let columns = [
        "device", "trace", "profile", "refresh", "scheduler", "row_policy", "mapping", "requests", "reads", "writes",
        "ticks_total", "time_ns", "bandwidth_GBps", "peak_bandwidth_GBps", "read_latency_avg_ns", "read_latency_p50_ns",
        "read_latency_p99_ns", "read_latency_max_ns", "row_hits", "row_misses", "row_conflicts", "ACT", "PRE", "PREA",
        "RD", "WR", "RDA", "WRA", "REFAB", "REFPB", "energy_total_nJ", "energy_pJ_per_bit",
    ]

    /// Header and row.
    public var csv: String {
        var table = CSVWriter(columns: Self.columns)
        let statistics = result.statistics
        let latencies = [
            averageLatency, latency(result.latencies.percentile(0.5)), latency(result.latencies.percentile(0.99)),
            latency(result.latencies.maximum),
        ]
        table.append(
            [
                CSVCell(settings.device), CSVCell(settings.trace), CSVCell(settings.profile), CSVCell(settings.refresh),
                CSVCell(settings.scheduler), CSVCell(settings.rowPolicy), CSVCell(settings.mapping),
                CSVCell(result.requests), CSVCell(result.reads), CSVCell(result.writes), CSVCell(result.ticks),
                CSVCell(result.nanoseconds), CSVCell(result.gigabytesPerSecond), CSVCell(peak),
            ] + latencies.map { CSVCell($0) } + [
                CSVCell(statistics.rowHits), CSVCell(result.rowMisses), CSVCell(statistics.rowConflicts),
                CSVCell(statistics.count(.act)), CSVCell(statistics.count(.pre)), 0, CSVCell(statistics.count(.rd)),
                CSVCell(statistics.count(.wr)), 0, 0, CSVCell(statistics.count(.refab)), 0,
                CSVCell(result.bill.totalJoules * 1e9), CSVCell(picojoulesPerBit),
            ])
        return table.text
    }

    /// The summary for people.
    public var text: String {
        var table = TextTable([.left, .right, .left])
        let statistics = result.statistics
        let count = Figure.count
        table.append([
            "requests", count(result.requests), "\(count(result.reads)) reads, \(count(result.writes)) writes",
        ])
        table.append(["time", Figure.time(seconds: result.nanoseconds * 1e-9), "\(count(result.ticks)) ticks"])
        table.append([
            "bandwidth", Figure.number(result.gigabytesPerSecond),
            "GB/s, \(Figure.percent(result.gigabytesPerSecond / peak)) of \(Figure.number(peak)) GB/s",
        ])
        if let average = averageLatency, let middle = latency(result.latencies.percentile(0.5)),
            let high = latency(result.latencies.percentile(0.99)), let most = latency(result.latencies.maximum)
        {
            let number = Figure.number
            table.append([
                "read latency", number(average),
                "ns mean; median \(number(middle)), 99 % \(number(high)), largest \(number(most))",
            ])
        }
        let columns = statistics.count(.rd) + statistics.count(.wr)
        table.append([
            "row hits", Figure.percent(columns > 0 ? Double(statistics.rowHits) / Double(columns) : 0),
            "\(count(statistics.rowHits)) hits, \(count(result.rowMisses)) misses, \(count(statistics.rowConflicts)) conflicts",
        ])
        table.append([
            "commands", count(statistics.commands.reduce(0, +)),
            [DRAMCommand.act, .pre, .rd, .wr, .refab].map { "\($0.mnemonic) \(count(statistics.count($0)))" }
                .joined(separator: ", "),
        ])
        let bill = result.bill
        let parts = [EnergyComponent.dram, .refresh, .background].map {
            "\($0.rawValue) \(Figure.number(bill.joules($0) * 1e9))"
        }
        table.append([
            "energy", Figure.number(bill.totalJoules * 1e9),
            "nJ: \(parts.joined(separator: ", ")); \(Figure.number(picojoulesPerBit)) pJ/bit (IDD method, no I/O)",
        ])
        return table.text
    }

    private var peak: Double { result.memory.peakBytesPerSecond / 1e9 }

    private var picojoulesPerBit: Double {
        result.bill.totalJoules * 1e12 / Double(8 * result.requests * result.memory.organization.burstBytes)
    }

    private var averageLatency: Double? {
        guard result.latencies.total > 0 else { return nil }
        return Double(result.latencies.sum) / Double(result.latencies.total) * result.nanosecondsPerTick
    }

    private func latency(_ ticks: Int?) -> Double? { ticks.map { Double($0) * result.nanosecondsPerTick } }
}
