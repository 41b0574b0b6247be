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
        "RD", "WR", "RDA", "WRA", "REFAB", "REFPB", "energy_total_nJ", "energy_pJ_per_bit", "energy_activation_nJ",
        "energy_read_nJ", "energy_write_nJ", "energy_refresh_nJ", "energy_active_standby_nJ",
        "energy_precharged_standby_nJ", "energy_table", "energy_boundary", "bus_transfer_ticks", "bus_refresh_ticks",
        "bus_activation_limit_ticks", "bus_bank_conflict_ticks", "bus_turnaround_ticks", "bus_column_spacing_ticks",
        "bus_command_slot_ticks", "bus_no_request_ticks",
    ]

    /// The parts of the energy, as columns and for people.
    private static let energyParts: [(name: String, events: [EnergyEvent])] = [
        ("activation", [.rowActivations]), ("read", [.readBits]), ("write", [.writeBits]),
        ("refresh", [.refreshes, .bankRefreshes]), ("active standby", [.openRankCycles]),
        ("precharged standby", [.closedRankCycles]),
    ]

    /// Header and row.
    public var csv: String {
        var table = CSVWriter(columns: Self.columns)
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
                CSVCell(result.rowHits), CSVCell(result.rowMisses), CSVCell(result.rowConflicts),
                CSVCell(result.activations),
            ] + [DRAMCommand.pre, .prea, .rd, .wr, .rda, .wra, .refab, .refpb].map { CSVCell(result.count($0)) } + [
                CSVCell(result.bill.map { $0.totalJoules * 1e9 }), CSVCell(result.picojoulesPerBit),
            ] + Self.energyParts.map { part in CSVCell(result.bill.map { $0.joules(part.events) * 1e9 }) } + [
                CSVCell(result.energyTable?.name ?? "none"), CSVCell(boundary),
            ] + BusTime.allCases.map { time in CSVCell(result.busTimes?[time]) })
        return table.text
    }

    /// The summary for people.
    public var text: String {
        var table = TextTable([.left, .right, .left])
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
        let hits = result.rowHits + result.rowMisses
        table.append([
            "row hits", Figure.percent(hits > 0 ? Double(result.rowHits) / Double(hits) : 0),
            "\(count(result.rowHits)) hits, \(count(result.rowMisses)) misses, \(count(result.rowConflicts)) conflicts",
        ])
        table.append([
            "commands", count(result.commands.reduce(0, +)),
            shownCommands.map { "\($0.mnemonic) \(count(result.count($0)))" }.joined(separator: ", "),
        ])
        if let bill = result.bill, let perBit = result.picojoulesPerBit {
            let parts = Self.energyParts.filter { bill.joules($0.events) != 0 }.map {
                "\($0.name) \(Figure.number(bill.joules($0.events) * 1e9))"
            }
            table.append([
                "energy", Figure.number(bill.totalJoules * 1e9),
                "nJ, \(Figure.number(perBit)) pJ/bit: \(parts.joined(separator: ", "))",
            ])
            table.append(["", "", "table \(result.energyTable?.name ?? ""), boundary \(boundary)"])
        } else {
            table.append(["energy", "-", "no table for this device"])
        }
        return table.text + busText
    }

    /// Where the time of the data buses went, largest part first behind the transfers.
    private var busText: String {
        guard let times = result.busTimes, times.total > 0 else { return "" }
        var table = TextTable([.left, .right, .right])
        let waits = BusTime.allCases.filter { $0 != .transfer && times[$0] > 0 }.sorted { times[$0] > times[$1] }
        for time in [.transfer] + waits {
            table.append([
                time.name, Figure.percent(Double(times[time]) / Double(times.total)), Figure.count(times[time]),
            ])
        }
        let buses = times.total > result.ticks ? "buses" : "bus"
        return "\nticks of the data \(buses), and what the next transfer waited for\n" + table.text
    }

    private var boundary: String {
        result.bill.map { $0.boundaries.map(\.rawValue).joined(separator: "+") } ?? ""
    }

    private var peak: Double { result.peakGigabytesPerSecond }

    /// The five common commands, and others that were issued.
    private var shownCommands: [DRAMCommand] {
        let common: [DRAMCommand] = [.act, .pre, .rd, .wr, .refab]
        return common + DRAMCommand.allCases.filter { !common.contains($0) && result.count($0) > 0 }
    }

    private var averageLatency: Double? {
        guard result.latencies.total > 0 else { return nil }
        return Double(result.latencies.sum) / Double(result.latencies.total) * result.nanosecondsPerTick
    }

    private func latency(_ ticks: Int?) -> Double? { ticks.map { Double($0) * result.nanosecondsPerTick } }
}
