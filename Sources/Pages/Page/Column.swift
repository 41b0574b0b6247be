import Reporting

/// How the columns of `summary.csv` are shown to people.
enum Column {
    /// Name and text of a cell; nil for an empty cell.
    static func shown(_ column: String, _ cell: String) -> (name: String, value: String)? {
        guard !cell.isEmpty else { return nil }
        let name = names[column] ?? words(column)
        guard let value = Double(cell), value.isFinite, !texts.contains(column) else { return (name, cell) }
        return (name, text(column, value))
    }

    /// A number with the unit that ends its column's name.
    static func text(_ column: String, _ value: Double) -> String {
        if column.hasSuffix("_fraction") || column.hasSuffix("_utilization") { return Figure.percent(value) }
        if column.hasSuffix("_ns") { return Figure.time(seconds: value / 1e9) }
        if column.hasSuffix("_mJ") { return Figure.energy(joules: value / 1e3) }
        if column.hasSuffix("_J") { return Figure.energy(joules: value) }
        if column.hasSuffix("_GBps") { return "\(Shown.number(value)) GB/s" }
        if column.hasSuffix("_per_s") { return "\(Shown.number(value)) /s" }
        return Shown.number(value)
    }

    /// Cells that are names even where they look like numbers.
    private static let texts: Set = ["machine", "model", "workload", "version", "seed", "energy_table"]

    private static let names = [
        "machine": "machine", "model": "model", "workload": "workload", "layers": "layers simulated",
        "iterations": "steps", "batch": "requests", "sub_batches": "sub-batches", "total_cycles": "NPU cycles",
        "total_time_ns": "time", "generated_tokens": "tokens generated", "tokens_per_s": "throughput, tokens",
        "npu_busy_fraction": "NPU busy", "npu_mac_utilization": "arrays, of their peak",
        "pim_busy_fraction": "PIM busy, mean of channels", "pim_mac_utilization": "PIM units, of their peak",
        "dram_bandwidth_GBps": "DRAM bandwidth", "dram_bandwidth_utilization": "DRAM bus, of its peak",
        "energy_J": "energy", "energy_per_token_mJ": "energy for a token", "energy_table": "energy tables",
        "ttft_mean_ns": "first token, mean", "ttft_p99_ns": "first token, 99 %", "tpot_mean_ns": "per token, mean",
        "tpot_p99_ns": "per token, 99 %", "latency_mean_ns": "latency, mean", "latency_p99_ns": "latency, 99 %",
    ]

    /// The column's own name, without its unit and with blanks.
    private static func words(_ column: String) -> String {
        var name = column
        for unit in ["_ns", "_mJ", "_J", "_GBps", "_per_s", "_fraction"] where name.hasSuffix(unit) {
            name.removeLast(unit.count)
            break
        }
        return name.replacing("_", with: " ")
    }
}
