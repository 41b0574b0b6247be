import ArgumentParser
import Hardware
import Reporting
import Simulation
import YAMLTree

/// `dualrow simulate`: one machine, one workload.
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Run decode steps of a batch, a trace, or whole requests of a model on a machine.")

    @Argument(help: ArgumentHelp("A machine file, or the name of a shipped machine.", valueName: "machine"))
    var machine: String

    @OptionGroup var workload: WorkloadArguments

    @Option(help: ArgumentHelp("Write every DRAM and PIM command of one channel to this CSV.", valueName: "file"))
    var commands: String?

    @Option(help: ArgumentHelp("The channel of --commands. (default: 0)", valueName: "n"))
    var channel: Int?

    func run() throws {
        try Failure.guarding {
            try OutputCheck.folder(workload.out)
            try OutputCheck.file(commands, option: "--commands")
            let files = ShippedFiles()
            let machine = try workload.machine(machine, files: files)
            let logged = try loggedChannel(channels: machine.memory.channels)
            let simulator = try workload.simulator(machine, files: files, loggedChannel: logged)
            let report = try Run.report(on: simulator, workload: workload)
            if let commands {
                let log = CommandLog.csv(report.result.commands, of: machine.memory.organization)
                try ReportFolder.write(log, to: commands)
            }
            if let out = workload.out { try ReportFolder(path: out).write(report.files) }
            print(report.text, terminator: "")
            if let out = workload.out {
                let tables = report.files.map(\.name).filter { $0.hasSuffix(".csv") }
                let names = tables.map { $0.dropLast(4) }
                print("\nreports: \(out)/{\(names.joined(separator: ","))}.csv")
            }
            if let commands { print("commands of channel \(logged ?? 0): \(commands)") }
        }
    }

    private func loggedChannel(channels: Int) throws -> Int? {
        guard commands != nil else {
            if channel != nil { throw Failure.usage("goes with --commands, which names the file", at: "--channel") }
            return nil
        }
        let index = channel ?? 0
        guard (0..<channels).contains(index) else {
            throw Failure.usage("must be between 0 and \(channels - 1), not \(index)", at: "--channel")
        }
        return index
    }
}

/// A run with its progress shown, and its capacity mistake in words.
enum Run {
    /// Runs what was asked for, after trials where they are to say how the batch is cut.
    static func report(on simulator: Simulator, workload: WorkloadArguments) throws -> Report {
        var simulator = simulator
        let line = ProgressLine(simulator.machine.name)
        let piece = simulator.serving == nil ? "layer" : "token"
        simulator.progress = { done, all in line.update("\(piece) \(done) of \(all)") }
        defer { line.clear() }
        do {
            let trials = workload.triesSubBatches ? try simulator.subBatchTrials() : []
            let result = try simulator.choosing(from: trials).run()
            return Report(result, workload: workload.name(of: simulator), version: Version.text, trials: trials)
        } catch {
            throw mistake(error, simulator.machine)
        }
    }

    static func mistake(_ error: CapacityError, _ machine: Machine) -> DiagnosticList {
        DiagnosticList(Diagnostic(error.words, at: Mark(file: machine.name), kind: .badData))
    }
}
