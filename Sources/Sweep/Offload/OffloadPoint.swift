import Offload
import YAMLTree

/// A point that is a run of `dualrow offload`: a cache of experts on a device, or without a clock.
struct OffloadPoint: PointRun {
    var run: OffloadRun
    /// Name of the routes in reports.
    var routes: String
    var identity: String

    /// The cells of `offload.csv`.
    func row() throws(PointError) -> [String] {
        if let words = run.obstacle { throw PointError(words: words) }
        let result = run.result()
        if let words = result.obstacle { throw PointError(words: words) }
        return result.summaryCells(routes: routes)
    }
}

extension SweepKind {
    /// Points with the columns of `offload.csv`.
    static let offload = SweepKind(
        name: "offload", sections: ["machine", "workload", "options"],
        askForBase: { reader in
            _ = reader.ifPresent("machine")?.string()
            let workload = reader.key("workload").mapping()
            _ = workload.allEntries()
            _ = workload.key("model")
            _ = reader.ifPresent("options")?.mapping().allEntries()
        },
        columns: OffloadResult.summaryColumns, shownColumns: ["hit_rate", "tokens_per_s", "energy_per_token_J"],
        isBetterHigher: [
            "hit_rate": true, "prefetch_accuracy": true, "demand_bytes": false, "wasted_bytes": false,
            "time_per_token_s": false, "exposed_io_s": false, "ttft_s": false, "tokens_per_s": true,
            "energy_per_token_J": false, "peak_memory_bytes": false,
        ],
        makeResolver: { OffloadResolver($0, library: $1, version: $2) })
}
