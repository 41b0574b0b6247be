import ArgumentParser
import Foundation
import Hardware
import Quantities
import Reporting
import Simulation
import Workload
import YAMLTree

/// What is asked of a machine, and how it is run: the options that `simulate` and `compare` share.
struct WorkloadArguments: ParsableArguments {
    @Option(help: ArgumentHelp("A shipped model by name, or a model file.", valueName: "name|file"))
    var model: String?

    @Option(
        help: ArgumentHelp(
            "CSV with a line for each request in the middle of decoding (seq_len, or seq_len,ch_idx), or for each whole "
                + "one (input_tokens,output_tokens or input_tokens,output_tokens,arrival_ns).", valueName: "file"))
    var requests: String?

    @Option(
        help: ArgumentHelp(
            "An operator trace to replay, pass by pass, instead of --model and --requests.", valueName: "file"))
    var trace: String?

    @Option(
        help: ArgumentHelp(
            "Carry the trace's lengths and routing over to this model's shape.", valueName: "name|file"))
    var scaleTo: String?

    @Option(help: ArgumentHelp("Layers to simulate of each step. (default: all of the model's)", valueName: "n"))
    var layers: Int?

    @Option(
        help: ArgumentHelp(
            "Decode steps: tokens that each request generates; with --trace the passes to replay. (default: 1, with "
                + "--trace all)", valueName: "n"))
    var iterations: Int?

    @Option(help: ArgumentHelp("Chips that share the model; one of them is simulated.", valueName: "n"))
    var tensorParallel = 1

    @Option(
        help: ArgumentHelp(
            "Sub-batches that take turns on NPU and PIM; auto takes the fastest in a short trial.",
            valueName: "off|2|4|auto"))
    var subBatches = "off"

    @Option(
        help: ArgumentHelp(
            "Sub-batches in stages, the next when all are done (barrier), or each as fast as it can (dataflow).",
            valueName: "barrier|dataflow"))
    var interleaving = Interleaving.dataflow.rawValue

    @Option(
        help: ArgumentHelp(
            "Into sub-batches by the number of requests of each channel (half) or by estimated load (balanced).",
            valueName: "half|balanced"))
    var partition = SubBatchSplit.count.partition

    @Option(
        help: ArgumentHelp(
            "How requests without a channel get one: rr (in turn) or balanced (by estimated attention).",
            valueName: "rr|balanced"))
    var assign = "balanced"

    @Flag(help: "Include the embedding look-up and the output head of each step.")
    var withHead = false

    @Option(help: ArgumentHelp("Noted in the report; nothing in a run is drawn at random.", valueName: "n"))
    var seed: UInt64 = 0

    @Option(help: ArgumentHelp("Memory cycles by which refresh time runs ahead of cycle 0.", valueName: "cycles"))
    var refreshPhase = 0

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp(
            "Replace a value of the machine, as memory.channels=16. May be repeated.", valueName: "key=value"))
    var overrides: [String] = []

    @Option(help: ArgumentHelp("Folder for the CSV reports.", valueName: "dir"))
    var out: String?

    @Option(
        help: ArgumentHelp(
            "Every layer of every step at command level (exact), or estimates from layers that were (sampled).",
            valueName: "exact|sampled"))
    var fidelity = Fidelity.exact.rawValue

    @Option(
        help: ArgumentHelp(
            "With sampled: steps that are run exactly as well, to tell the error. (default: 2)", valueName: "n"))
    var checkedSteps: Int?

    @OptionGroup(title: "Whole requests") var serving: ServingArguments

    /// Whether trials decide on the sub-batches.
    var triesSubBatches: Bool { subBatches == SubBatching.auto }

    /// Name of the workload in reports; a scaled trace names the model that was measured.
    func name(of simulator: Simulator) -> String {
        simulator.measuredModel.map { "\(workloadName) scaled from \($0)" } ?? workloadName
    }

    /// Name of the request file or of the trace.
    private var workloadName: String {
        let file = URL(fileURLWithPath: trace ?? requests ?? "")
        let name = file.pathExtension == "gz" ? file.deletingPathExtension() : file
        return name.deletingPathExtension().lastPathComponent
    }

    /// Reads the machine at `name` with the overrides.
    func machine(_ name: String, files: ShippedFiles) throws -> Machine {
        try Machine.load(path: try files.machinePath(name), overrides: try MachineOverrides.parsed(overrides))
    }

    /// The simulator for a machine, all input read and checked.
    func simulator(_ machine: Machine, files: ShippedFiles, loggedChannel: Int? = nil) throws -> Simulator {
        if let trace { return try replay(trace, machine, files: files, loggedChannel: loggedChannel) }
        if scaleTo != nil { throw Failure.usage("goes with --trace", at: "--scale-to") }
        let rule = "--model and --requests say what is run, or --trace does"
        guard let model else { throw Failure.usage("missing; \(rule)", at: "--model") }
        guard let requests else { throw Failure.usage("missing; \(rule)", at: "--requests") }
        let shape = try files.model(model)
        if let lack = shape.lackOfRouting {
            throw Failure.usage("\(lack); replay a trace (--trace) of 'dualrow trace'", at: "--model")
        }
        let options = try options(shape, iterations: iterations ?? 1, loggedChannel: loggedChannel)
        let shard = try ModelShard(of: shape, ways: tensorParallel)
        let file = try RequestFile.load(path: requests, channels: machine.memory.channels)
        if file.isWhole { return try generations(file, machine, shard, options) }
        if let given = serving.given {
            throw Failure.usage(
                "goes with whole requests (input_tokens, output_tokens), and those of '\(requests)' are in the middle "
                    + "of decoding", at: given)
        }
        return Simulator(machine: machine, shard: shard, requests: file.requests, options: options)
    }

    /// Whole generations of the requests of a file.
    private func generations(
        _ file: RequestFile, _ machine: Machine, _ shard: ModelShard, _ options: SimulationOptions
    ) throws -> Simulator {
        if iterations != nil {
            throw Failure.usage("whole requests are run to their last token", at: "--iterations")
        }
        if triesSubBatches {
            throw Failure.usage(
                "the batch of whole requests changes from step to step: off, 2 or 4 goes with them", at: "--sub-batches"
            )
        }
        let policy = try serving.policy()
        let simulator = Simulator(
            machine: machine, shard: shard, requests: file.requests, options: options, serving: policy)
        let misfit: (request: Int, words: String)?
        do { misfit = try simulator.misfit() } catch { throw Run.mistake(error, machine) }
        if let misfit { throw DiagnosticList(Diagnostic(misfit.words, at: file.marks[misfit.request])) }
        return simulator
    }

    /// The passes of a trace.
    private func replay(
        _ trace: String, _ machine: Machine, files: ShippedFiles, loggedChannel: Int?
    ) throws -> Simulator {
        for (option, value) in [("--model", model), ("--requests", requests)] where value != nil {
            throw Failure.usage("does not go with --trace, which holds the model's shape and the requests", at: option)
        }
        if let given = serving.given { throw Failure.usage("does not go with --trace", at: given) }
        let limit = try iterations.map { try checked($0) }
        let target = try scaleTo.map { try files.model($0, option: "--scale-to") }
        let replay = try TraceReplay(path: trace, limit: limit, scaledTo: target)
        let options = try options(replay.model, iterations: replay.steps.count, loggedChannel: loggedChannel)
        return Simulator(
            machine: machine, shard: try ModelShard(of: replay.model, ways: tensorParallel), requests: replay.requests,
            options: options, steps: replay.steps, measuredModel: replay.measuredModel)
    }

    private func checked(_ iterations: Int) throws -> Int {
        guard (1...1_000_000).contains(iterations) else {
            throw Failure.usage("must be between 1 and 1000000, not \(iterations)", at: "--iterations")
        }
        return iterations
    }

    private func options(_ shape: ModelShape, iterations: Int, loggedChannel: Int?) throws -> SimulationOptions {
        let count = try OptionCheck.choice(subBatches, of: SubBatching.names, at: "--sub-batches")
        let interleaving = try OptionCheck.choice(
            interleaving, of: Interleaving.allCases.map(\.rawValue), at: "--interleaving")
        let partition = try OptionCheck.choice(
            partition, of: SubBatchSplit.allCases.map(\.partition), at: "--partition")
        let subBatching = SubBatching(
            count: SubBatching.count(named: count) ?? 1, interleaving: Interleaving(rawValue: interleaving)!,
            split: SubBatchSplit(partition: partition)!)
        let assign = try OptionCheck.choice(assign, of: ChannelAssignment.allCases.map(\.rawValue), at: "--assign")
        let assignment = ChannelAssignment(rawValue: assign)!
        guard trace == nil || (subBatching.count == 1 && !triesSubBatches) else {
            throw Failure.usage("a trace's passes run as a whole: only off goes with --trace", at: "--sub-batches")
        }
        let layers = layers ?? shape.layers
        guard (1...shape.layers).contains(layers) else {
            throw Failure.usage(
                "must be between 1 and \(shape.layers), the layers of \(shape.name), not \(layers)", at: "--layers")
        }
        let iterations = trace == nil ? try checked(iterations) : iterations
        guard (0...1 << 40).contains(refreshPhase) else {
            throw Failure.usage("must be between 0 and 2^40 cycles, not \(refreshPhase)", at: "--refresh-phase")
        }
        var options = SimulationOptions(
            iterations: iterations, layers: layers, tensorParallel: tensorParallel, includesHead: withHead,
            assignment: assignment, subBatching: subBatching, refreshPhase: refreshPhase,
            loggedChannel: loggedChannel, seed: seed)
        options.fidelity = try checkedFidelity(loggedChannel)
        options.checkedSteps = try OptionCheck.number(
            checkedSteps, or: options.checkedSteps, in: 0...1000, at: "--checked-steps")
        return options
    }

    /// Estimates are of steps of dense layers, and have no commands.
    private func checkedFidelity(_ loggedChannel: Int?) throws -> Fidelity {
        let name = try OptionCheck.choice(fidelity, of: Fidelity.allCases.map(\.rawValue), at: "--fidelity")
        let fidelity = Fidelity(rawValue: name)!
        guard fidelity == .sampled else {
            if checkedSteps != nil { throw Failure.usage("goes with --fidelity sampled", at: "--checked-steps") }
            return fidelity
        }
        if trace != nil { throw Failure.usage("a trace's passes are run exactly", at: "--fidelity") }
        if loggedChannel != nil {
            throw Failure.usage("sampled does not go with --commands: an estimate has none", at: "--fidelity")
        }
        return fidelity
    }
}

/// Values of a machine that the command line replaces.
enum MachineOverrides {
    static func parsed(_ assignments: [String]) throws -> [Override] {
        try assignments.map { try Override(assignment: $0) }
    }
}

/// Where a command is to write, checked before it works for long.
enum OutputCheck {
    static func folder(_ path: String?, option: String = "--out") throws { try check(path, option, isFolder: true) }
    static func file(_ path: String?, option: String = "--out") throws { try check(path, option, isFolder: false) }

    private static func check(_ path: String?, _ option: String, isFolder: Bool) throws {
        guard let path else { return }
        if path.isEmpty { throw Failure.usage("the path is empty", at: option) }
        if let obstacle = ReportFolder.obstacle(to: path, isFolder: isFolder) {
            throw Failure.usage("cannot write '\(path)': \(obstacle)", at: option)
        }
    }
}
