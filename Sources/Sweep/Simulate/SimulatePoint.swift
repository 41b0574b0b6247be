import Hardware
import Reporting
import Simulation
import Workload
import YAMLTree

/// A point that is a run of `dualrow simulate`: decode steps of a batch, or whole requests, on a machine.
///
/// Holds its inputs as they were read and decodes them when it is checked and when it runs: a plan of many points is made
/// at once, and takes no more room than the files and the values.
struct SimulatePoint: PointRun {
    let choices: SimulateChoices
    let machine: SweepTree
    let model: SweepTree
    /// The file of requests; nil if they are drawn.
    let requests: SourceFile?
    let version: String
    let identity: String

    func check() throws(DiagnosticList) { _ = try simulator() }

    /// The run, all of its inputs decoded.
    ///
    /// - Throws: every mistake of the inputs, by themselves and together.
    func simulator() throws(DiagnosticList) -> Simulator {
        var log = MistakeLog()
        let machine = log.noting { () throws(DiagnosticList) in try Machine.decode(try self.machine.node()) }
        let shape = log.noting { () throws(DiagnosticList) in try ModelShape.decode(try model.node()) }
        let requests = log.noting { () throws(DiagnosticList) in
            try requestFile(channels: machine?.memory.channels)
        }
        let (options, shard) = (
            shape.flatMap { shape in log.noting { () throws(DiagnosticList) in try choices.options(for: shape) } },
            shape.flatMap { shape in log.noting { () throws(DiagnosticList) in try choices.shard(of: shape) } }
        )
        let policy = requests.flatMap { requests in
            log.noting { () throws(DiagnosticList) in try choices.policy(areWhole: requests.isWhole) }
        }
        try log.finish()
        guard let machine, let requests, let options, let shard, let policy else {
            preconditionFailure("what is missing has left a mistake")
        }
        return Simulator(
            machine: machine, shard: shard, requests: requests.requests, options: options, serving: policy)
    }

    private func requestFile(channels: Int?) throws(DiagnosticList) -> RequestFile {
        if let requests { return try RequestFile.parse(requests, channels: channels) }
        guard case .drawn(let drawing) = choices.requests else { preconditionFailure("requests have a source") }
        return RequestFile(requests: drawing.requests)
    }

    /// The cells of `summary.csv`.
    func row() throws(PointError) -> [String] {
        let simulator: Simulator
        do { simulator = try self.simulator() } catch { throw PointError(words: SweepPlan.words(error)) }
        do {
            if let misfit = try simulator.misfit() {
                throw PointError(words: "request \(misfit.request + 1): \(misfit.words)")
            }
            let trials = choices.triesSubBatches ? try simulator.subBatchTrials() : []
            let result = try simulator.choosing(from: trials).run()
            return Report(result, workload: choices.requests.name, version: version, trials: trials).summaryCells
        } catch let error as CapacityError {
            throw PointError(words: error.words)
        } catch let error as PointError {
            throw error
        } catch {
            preconditionFailure("a simulation fails for lack of room alone, not by \(error)")
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
            "ttft_mean_ns": false, "ttft_p99_ns": false, "tpot_mean_ns": false, "tpot_p99_ns": false,
            "latency_mean_ns": false, "latency_p99_ns": false, "preemptions": false,
        ],
        makeResolver: { SimulateResolver($0, library: $1, version: $2) })
}
