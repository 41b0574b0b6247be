import ArgumentParser
import Foundation
import Reporting
import Sweep
import YAMLTree

/// `dualrow sweep`: one workload and machine with some of their values varied.
struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Run the points of a sweep file side by side; what is finished survives an interruption.",
        discussion: """
            The folder gets plan.csv, a file for each finished point in points/, and points.csv when all are there: \
            axes, the columns of summary.csv, and the error of a point that could not run.
            """)

    @Argument(help: ArgumentHelp("A sweep file.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("Folder for the points.", valueName: "dir"))
    var out: String

    @Option(help: ArgumentHelp("Points that run side by side.", valueName: "n"))
    var jobs = 1

    @Flag(help: "Go on in a folder that has points; only those that are missing run.")
    var resume = false

    @Option(
        help: ArgumentHelp(
            "Run every n-th point, beginning with the i-th; 'dualrow collect' puts all together.", valueName: "i/n"))
    var shard: String?

    @Option(help: SweepOutput.paretoHelp)
    var pareto: String?

    func run() throws {
        try Failure.guarding {
            try OutputCheck.folder(out)
            guard (1...1024).contains(jobs) else {
                throw Failure.usage("must be between 1 and 1024, not \(jobs)", at: "--jobs")
            }
            let part = try part()
            let measures = try pareto.map { text in try ParetoMeasure.list(text) }
            if measures != nil, shard != nil {
                throw Failure.usage("goes with 'dualrow collect' when there are shards", at: "--pareto")
            }
            let files = ShippedFiles()
            let library = SweepLibrary(machines: files.machineFolders, models: files.modelFolders)
            let plan = try plan(library)
            let folder = SweepFolder(path: out)
            try checkFolder(folder, plan, part)
            if resume && shard == nil { folder.removeRemains() }
            try folder.write(plan)
            let runner = SweepRunner(plan, folder: folder, shard: part)
            let bar = ProgressBar("sweep", all: runner.open.count)
            defer { bar.clear() }
            let stop = GracefulStop {
                bar.clear()
                Failure.print("dualrow: the points under way are finished; once more (^C) stops at once")
            }
            do {
                let done = try runner.run(jobs: jobs, isCancelled: { stop.isRequested }) {
                    bar.update(done: $0.done, failures: $0.failures)
                }
                if done < runner.open.count {
                    bar.clear()
                    Failure.print(
                        "dualrow: interrupted with \(runner.open.count - done) points to go; what is finished is kept: "
                            + "the same command with --resume goes on from there")
                    throw ExitCode(GracefulStop.exitCode)
                }
            } catch let code as ExitCode {
                throw code
            } catch {
                bar.clear()
                let reason = Failure.words(for: error)
                throw DiagnosticList(
                    Diagnostic(
                        "cannot write a point: \(reason) What is finished is kept; --resume goes on from there",
                        at: Mark(file: out), kind: .internal))
            }
            bar.clear()
            guard shard == nil else {
                print("\(runner.open.count) points of shard \(part.index)/\(part.count): \(out)")
                print("when all shards are done: dualrow collect \(out)")
                return
            }
            try SweepOutput.collect(folder, measures: measures)
        }
    }

    /// Reads the file and checks what its points are made of.
    private func plan(_ library: SweepLibrary) throws -> SweepPlan {
        let line = ProgressLine("plan")
        defer { line.clear() }
        let file = try SweepFile.load(path: file)
        return try SweepPlan(file, library: library, version: Version.text) { done in
            line.update("\(done) of \(file.points.count) points")
        }
    }

    private func part() throws -> SweepRunner.Shard {
        guard let shard else { return .all }
        guard let part = SweepRunner.Shard(shard) else {
            throw Failure.usage("must be a number and how many there are, such as 1/2, not '\(shard)'", at: "--shard")
        }
        return part
    }

    /// A folder that has a sweep is gone on with only if the user says so.
    private func checkFolder(_ folder: SweepFolder, _ plan: SweepPlan, _ part: SweepRunner.Shard) throws {
        guard !resume else { return }
        if let obstacle = folder.obstacle(to: plan, of: part) {
            throw Failure.usage("'\(out)' \(obstacle)", at: "--out")
        }
    }
}

/// `dualrow collect`: the table of a sweep that ran in shards.
struct CollectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collect", abstract: "Put the points of a sweep together that ran in shards.")

    @Argument(help: ArgumentHelp("The folder of the sweep.", valueName: "dir"))
    var folder: String

    @Option(help: SweepOutput.paretoHelp)
    var pareto: String?

    func run() throws {
        try Failure.guarding {
            let measures = try pareto.map { text in try ParetoMeasure.list(text) }
            try SweepOutput.collect(SweepFolder(path: folder), measures: measures)
        }
    }
}

/// The end of a sweep, in one run or in several.
enum SweepOutput {
    static let paretoHelp = ArgumentHelp(
        "Mark the points that no other is better than in all of these columns; 'max:' or 'min:' in front says what is "
            + "good where that is not plain.",
        valueName: "column,column")

    /// Writes `points.csv` and says what there is.
    static func collect(_ folder: SweepFolder, measures: [ParetoMeasure]?) throws {
        var table = try folder.collect()
        if let measures { try table.markFrontier(measures) }
        try ReportFolder.write(table.csv, to: folder.tablePath)
        print(text(table), terminator: "")
        let failed = table.failures == 0 ? "" : ", \(table.failures) with an error"
        print("\n\(table.rows.count) points\(failed): \(folder.tablePath)")
    }

    /// How many points are shown; all are in the file.
    private static let shown = 40

    /// The axes with the figures that matter most.
    private static func text(_ table: SweepTable) -> String {
        let figures = table.shownColumns
        let hasFrontier = table.columns.contains("pareto")
        let axes = Array(table.columns.prefix(table.axes))
        var lines = TextTable(axes.map { _ in .left } + figures.map { _ in .right } + [.left])
        lines.append(axes + figures + [hasFrontier ? "pareto" : ""])
        lines.appendRule()
        for row in table.rows.prefix(shown) {
            let cells = Dictionary(zip(table.columns, row)) { first, _ in first }
            let numbers = figures.map { cells[$0].flatMap(Double.init).map(Figure.number) ?? "-" }
            let error = cells["error"] ?? ""
            lines.append(
                row.prefix(table.axes) + numbers
                    + [error.isEmpty ? (cells["pareto"] == "1" ? "*" : "") : "error: \(error)"])
        }
        let rest = table.rows.count - shown
        return lines.text + (rest > 0 ? "and \(rest) more\n" : "")
    }
}
