import Hardware
import Reporting
import Simulation
import Workload

/// A point that is a run of `dualrow simulate`: decode steps of requests on a machine.
struct SimulatePoint: PointRun {
    var machine: Machine
    var shard: ModelShard
    var requests: [Request]
    var options: SimulationOptions
    /// Whether trials decide on the sub-batches.
    var triesSubBatches: Bool
    /// Name of the requests in reports.
    var workload: String
    var version: String
    var identity: String

    /// The cells of `summary.csv`.
    func row() throws(PointError) -> [String] {
        let simulator = Simulator(machine: machine, shard: shard, requests: requests, options: options)
        do {
            let trials = triesSubBatches ? try simulator.subBatchTrials() : []
            let result = try simulator.choosing(from: trials).run()
            return Report(result, workload: workload, version: version, trials: trials).summaryCells
        } catch {
            throw PointError(words: error.words)
        }
    }
}

extension SweepKind {
    /// Points with the columns of `summary.csv`.
    static let simulate = SweepKind(
        name: "simulate", sections: ["machine", "workload", "options"],
        askForBase: { reader in
            _ = reader.key("machine").string()
            let workload = reader.key("workload").mapping()
            _ = workload.allEntries()
            for name in ["model", "requests"] { _ = workload.key(name) }
            _ = reader.ifPresent("options")?.mapping().allEntries()
        },
        columns: Report.summaryColumns, shownColumns: ["total_time_ns", "tokens_per_s", "energy_per_token_mJ"],
        isBetterHigher: [
            "tokens_per_s": true, "npu_mac_utilization": true, "pim_mac_utilization": true,
            "dram_bandwidth_utilization": true, "dram_bandwidth_GBps": true, "batch": true, "generated_tokens": true,
            "total_cycles": false, "total_time_ns": false, "energy_J": false, "energy_per_token_mJ": false,
        ],
        makeResolver: { SimulateResolver($0, library: $1, version: $2) })
}
