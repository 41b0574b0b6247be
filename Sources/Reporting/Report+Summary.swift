import Simulation

extension Report {
    public static let summaryColumns =
        [
            "machine", "model", "workload", "layers", "iterations", "batch", "sub_batches", "interleaving",
            "total_cycles",
            "total_time_ns", "generated_tokens", "tokens_per_s", "npu_busy_fraction", "npu_mac_utilization",
            "pim_busy_fraction", "pim_mac_utilization", "dram_bandwidth_GBps", "dram_bandwidth_utilization", "energy_J",
            "energy_per_token_mJ",
        ] + generationColumns + ["fidelity", "energy_table", "seed", "version"]

    /// `summary.csv`: a row for each run.
    public static func summary(_ reports: [Report]) -> String {
        var table = CSVWriter(columns: summaryColumns)
        for report in reports { table.append(report.summaryRow) }
        return table.text
    }

    /// The cells of the summary's row, as they stand in a CSV file but for quotes.
    public var summaryCells: [String] { summaryRow.map(\.plain) }

    /// How sub-batches run beside each other; `off` if there is but one.
    private var interleaving: String {
        let cut = result.options.subBatching
        return cut.count == 1 ? "off" : cut.interleaving.rawValue
    }

    private var summaryRow: [CSVCell] {
        [
            CSVCell(result.machine.name), CSVCell(result.model.name), CSVCell(workload), CSVCell(result.options.layers),
            CSVCell(result.options.iterations), CSVCell(result.requests.count),
            CSVCell(result.options.subBatching.count), CSVCell(interleaving), CSVCell(result.cycles),
            CSVCell(nanoseconds),
            CSVCell(result.generatedTokens), CSVCell(result.tokensPerSecond), CSVCell(result.npuBusyFraction),
            CSVCell(result.npuMACUtilization), CSVCell(result.pimBusyFraction), CSVCell(result.pimMACUtilization),
            CSVCell(result.dramBytesPerSecond / 1e9), CSVCell(result.dramBandwidthUtilization),
            CSVCell(bill.totalJoules),
            CSVCell(result.joulesPerToken(bill) * 1e3),
        ] + generationCells + [
            CSVCell(result.options.fidelity.rawValue), CSVCell(energyTable), CSVCell(result.options.seed),
            CSVCell(version),
        ]
    }
}
