import Foundation
import SimCore

/// Everything a run of a topology gives: results, the files to write, what is to be said.
///
/// The whole of a command that replays GEMM tables with ideal memory: read, evaluate, and write with
/// `GEMMRun.write(into:)`. Speed: closed forms, microseconds a layer; the SCALE-Sim reports replay the reference's
/// scratchpads and take longer (output lines of a large prefill layer: milliseconds to a second).
public struct GEMMRun: Sendable {
    public let results: [GEMMLayerResult]
    public let files: [(name: String, text: String)]
    public let warnings: [TableMistake]

    /// - Parameters:
    ///   - topology: the table's bytes and name.
    ///   - scaleSim: its configuration when the reference's reports are wanted; its array and dataflow are then
    ///     expected to be those of `evaluation`.
    /// - Throws: every mistake of the table.
    public init(
        topology bytes: [UInt8], file: String, input: TopologyInput, evaluation: GEMMEvaluation,
        scaleSim: ScaleSimConfig? = nil
    ) throws(TableMistakes) {
        let topology = try TopologyReader.read(bytes, file: file, input: input)
        try self.init(topology, file: file, evaluation: evaluation, scaleSim: scaleSim)
    }

    /// The same of layers that are already there, such as an exported model's.
    public init(
        _ topology: Topology, file: String, evaluation: GEMMEvaluation, scaleSim: ScaleSimConfig? = nil
    ) throws(TableMistakes) {
        if let scaleSim {
            let agrees = scaleSim.array == evaluation.array && scaleSim.dataflow == evaluation.dataflow
            precondition(agrees, "the SCALE-Sim configuration and the evaluation are of one array and dataflow")
        }
        results = try evaluation.results(of: topology, file: file)
        var files = [(name: "gemm.csv", text: GEMMReport.text(results))]
        var warnings = topology.warnings
        if let scaleSim {
            let reports = try ScaleSimReports(topology, file: file, config: scaleSim)
            files += reports.files
            warnings += scaleSim.warnings + reports.warnings
        }
        self.files = files
        self.warnings = warnings
    }

    /// Writes `gemm.csv`, and the reference's reports when they were asked for: all of them or none.
    public func write(into directory: URL) throws {
        try ResultDirectory.write(files, into: directory)
    }

    /// Cycles of all layers one after another, repetitions included; `Double` because a table of many repeated layers
    /// may hold more than 64 bits of them.
    public var totalCycles: Double {
        results.reduce(0) { $0 + Double($1.totalCycles) * Double($1.layer.repetitions) }
    }
}
