import Hardware
import Simulation

/// The reports on one run: CSV tables for programs, a summary for people.
///
/// Each column is defined in `Reports/COLUMNS.md`.
public struct Report: Sendable {
    public let result: SimulationResult
    /// Name of the requests, from their file.
    public let workload: String
    public let version: String
    /// The trials after which the batch was cut as it is; empty if the user said how.
    public let trials: [SubBatchTrial]
    /// What the run cost, by the machine's tables.
    public let bill: EnergyBill

    public init(_ result: SimulationResult, workload: String, version: String, trials: [SubBatchTrial] = []) {
        self.result = result
        self.workload = workload
        self.version = version
        self.trials = trials
        bill = result.bill
    }

    /// All tables by their file names.
    public var files: [ReportFile] {
        [
            ReportFile(name: "summary.csv", text: Self.summary([self])),
            // An estimate has no single operators.
            sampling.map { ReportFile(name: "sampling.csv", text: $0) }
                ?? ReportFile(name: "operators.csv", text: operators),
            ReportFile(name: "channels.csv", text: channels),
            ReportFile(name: "energy.csv", text: energy),
            ReportFile(name: "requests.csv", text: requests),
            ReportFile(name: "utilization.csv", text: utilization),
            ReportFile(name: "machine.csv", text: machine),
            ReportFile(name: "summary.txt", text: text),
        ] + (iterations.map { [ReportFile(name: "iterations.csv", text: $0)] } ?? [])
    }

    /// Both energy tables, the memory's first.
    var energyTable: String { "\(result.machine.energy.memoryTable)+\(result.machine.energy.logicTable)" }
    var nanoseconds: Double { result.seconds * 1e9 }
}

/// A file of a report and what is in it.
public struct ReportFile: Sendable, Equatable {
    public var name: String
    public var text: String

    public init(name: String, text: String) {
        self.name = name
        self.text = text
    }
}
