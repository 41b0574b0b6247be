import Reporting
import SimCore

/// Everything a run of a topology gives: results, the files to write, what is to be said.
///
/// Speed with ideal memory: closed forms, microseconds a layer; the SCALE-Sim reports replay the reference's
/// scratchpads and take longer (output lines of a large prefill layer: milliseconds to a second).
public struct GEMMRun: Sendable {
    public let results: [GEMMLayerResult]
    public let files: [ReportFile]
    public let warnings: [TableMistake]

    /// - Parameters:
    ///   - topology: the table's bytes and name.
    ///   - scaleSim: its configuration when the reference's reports are wanted; its array and dataflow are then
    ///     expected to be those of `evaluation`.
    /// - Throws: every mistake of the table.
    public init(
        topology bytes: [UInt8], file: String, input: TopologyInput, evaluation: GEMMEvaluation,
        scaleSim: ScaleSimConfig? = nil, progress: ((Int) -> Void)? = nil
    ) throws(TableMistakes) {
        let topology = try TopologyReader.read(bytes, file: file, input: input)
        try self.init(topology, file: file, evaluation: evaluation, scaleSim: scaleSim, progress: progress)
    }

    /// The same of layers that are already there, such as an exported model's.
    public init(
        _ topology: Topology, file: String, evaluation: GEMMEvaluation, scaleSim: ScaleSimConfig? = nil,
        progress: ((Int) -> Void)? = nil
    ) throws(TableMistakes) {
        if let scaleSim {
            let agrees = scaleSim.array == evaluation.array && scaleSim.dataflow == evaluation.dataflow
            precondition(agrees, "the SCALE-Sim configuration and the evaluation are of one array and dataflow")
        }
        results = try evaluation.results(of: topology, file: file, progress: progress)
        var files = [
            ReportFile(name: "gemm.csv", text: GEMMReport.text(results)),
            ReportFile(name: "gemm-details.csv", text: GEMMReport.details(results)),
        ]
        var warnings = topology.warnings
        if let scaleSim {
            let reports = try ScaleSimReports(topology, file: file, config: scaleSim)
            files += reports.files.map { ReportFile(name: $0.name, text: $0.text) }
            warnings += scaleSim.warnings + reports.warnings
        }
        self.files = files
        self.warnings = warnings
    }

    /// Cycles of all layers one after another; `Double` because a table of many repeated layers may hold more than 64
    /// bits of them.
    public var totalCycles: Double { results.reduce(0) { $0 + Double($1.totalCycles) } }
}
