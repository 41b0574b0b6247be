import ArgumentParser
import Foundation
import GEMMTables
import Reporting
import YAMLTree

/// `dualrow gemm`: a table of matrix products on systolic arrays.
struct GEMMCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gemm",
        abstract: "Replay a table of matrix products or convolutions (SCALE-Sim's) on systolic arrays.",
        discussion: """
            The table has a line 'name, M, N, K' for each product, or SCALE-Sim's columns for convolutions; further \
            columns are sparsity (N:M) and batch or repetitions. Results are a table here, and with --out gemm.csv and \
            gemm-details.csv; --compat scalesim adds that program's three reports with its way of counting.
            """)

    @OptionGroup var setup: GEMMArguments

    @Option(help: ArgumentHelp("The table of layers.", valueName: "file.csv"))
    var topology: String

    @Option(help: ArgumentHelp("What a line of it is.", valueName: "gemm|conv"))
    var input = TopologyInput.gemm.rawValue

    @Option(help: ArgumentHelp("Also write the reports of this program, counted as it does.", valueName: "scalesim"))
    var compat: String?

    @Option(help: ArgumentHelp("Folder for the CSV reports.", valueName: "dir"))
    var out: String?

    func run() throws {
        try Failure.guarding {
            try OutputCheck.folder(out)
            let input = TopologyInput(rawValue: try Choice.of(input, ["gemm", "conv"], at: "--input"))!
            if let compat { _ = try Choice.of(compat, ["scalesim"], at: "--compat") }
            let setup = try GEMMSetup(setup, isCompatible: compat != nil)
            let table = try TopologyReader.read(try InputFile.bytes(topology), file: topology, input: input)
            let layers = setup.layers(of: table, file: topology)
            let line = ProgressLine("gemm")
            defer { line.clear() }
            let run = try GEMMRun(
                layers, file: topology, evaluation: setup.evaluation,
                scaleSim: compat == nil ? nil : setup.scaleSim(for: table)
            ) { line.update("\($0) of \(layers.layers.count) layers") }
            line.clear()
            let quiet = compat == nil ? setup.warnings : []
            for warning in quiet + run.warnings { Failure.print("\(warning)") }
            if let out { try ReportFolder(path: out).write(run.files) }
            print(setup.words + "\n")
            print(GEMMSummary(run.results, hertz: setup.hertz).text, terminator: "")
            if let out { print("\nreports: \(out)/ (\(run.files.map(\.name).joined(separator: ", ")))") }
        }
    }
}

/// Files that a command reads as a whole.
enum InputFile {
    /// - Throws: a diagnostic of the kind `noInput` that says why.
    static func bytes(_ path: String) throws -> [UInt8] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw noInput(path, "no such file")
        }
        if isFolder.boolValue { throw noInput(path, "this is a folder") }
        guard let data = FileManager.default.contents(atPath: path) else { throw noInput(path, "cannot be read") }
        return [UInt8](data)
    }

    private static func noInput(_ path: String, _ message: String) -> DiagnosticList {
        DiagnosticList(Diagnostic(message, at: Mark(file: path), kind: .noInput))
    }
}

/// One of several words for an option.
enum Choice {
    static func of(_ text: String, _ names: [String], at option: String) throws -> String {
        if names.contains(text) { return text }
        let list = names.count == 1 ? names[0] : names.dropLast().joined(separator: ", ") + " or " + names.last!
        throw Failure.usage(
            "must be \(list), not '\(text)'", at: option, suggestion: nearestName(to: text, in: names))
    }
}
