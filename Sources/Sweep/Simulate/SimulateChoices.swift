import Simulation
import Workload
import YAMLTree

/// A point's `machine`, `workload` and `options`, decoded: which files it takes, and how it runs.
///
/// The options are those of `dualrow simulate`, with underscores; what of them goes together depends on the model and the
/// requests, and is said when these are known.
struct SimulateChoices: Sendable {
    let machine: Field<String>
    let model: Field<String>
    let requests: RequestSource
    private let layers: Field<Int>?
    private let iterations: Field<Int>?
    private let tensorParallel: Field<Int>?
    private let subBatches: Field<String>?
    private let serving: ServingChoices
    private let workloadMark: Mark
    private let partial: SimulationOptions

    /// - Parameter root: `machine`, `workload` and `options`.
    /// - Throws: every mistake among the values and keys of `workload` and `options`.
    init(_ root: Node) throws(DiagnosticList) {
        let reader = Reader(root)
        machine = reader.key("machine").string()
        let workload = reader.key("workload").mapping()
        workloadMark = workload.mark
        model = workload.key("model").string()
        let element = workload.key("requests")
        requests = element.isMapping ? .drawn(.init(element.mapping())) : .file(element.string())
        let options = reader.key("options").mapping()
        layers = options.ifPresent("layers")?.int(in: 1...1024)
        iterations = options.ifPresent("iterations")?.int(in: 1...1_000_000)
        tensorParallel = options.ifPresent("tensor_parallel")?.int(in: 1...4096)
        subBatches = options.ifPresent("sub_batches")?.choice(of: SubBatching.names)
        let interleaving = options.ifPresent("interleaving")?.choice(Interleaving.self)
        let partition = options.ifPresent("partition")?.choice(of: SubBatchSplit.allCases.map(\.partition))
        let assignment = options.ifPresent("assign")?.choice(ChannelAssignment.self)
        let head = options.ifPresent("with_head")?.bool()
        let seed = options.ifPresent("seed")?.int(in: 0 ... .max)
        let phase = options.ifPresent("refresh_phase")?.int(in: 0...1 << 40)
        let fidelity = options.ifPresent("fidelity")?.choice(Fidelity.self)
        let checked = options.ifPresent("checked_steps")?.int(in: 0...1000)
        serving = ServingChoices(options)
        try reader.finish()
        var partial = SimulationOptions(
            iterations: iterations?.value ?? 1, layers: 1, tensorParallel: tensorParallel?.value ?? 1,
            includesHead: head?.value ?? false, assignment: assignment?.value ?? .balanced,
            subBatching: SubBatching(
                count: SubBatching.count(named: subBatches?.value ?? "off") ?? 1,
                interleaving: interleaving?.value ?? .dataflow,
                split: partition.flatMap { SubBatchSplit(partition: $0.value) } ?? .count),
            refreshPhase: phase?.value ?? 0, seed: UInt64(seed?.value ?? 0))
        partial.fidelity = fidelity?.value ?? .exact
        partial.checkedSteps = checked?.value ?? partial.checkedSteps
        self.partial = partial
    }

    /// Whether trials decide on the sub-batches.
    var triesSubBatches: Bool { subBatches?.value == SubBatching.auto }

    /// The options, with all of the model's layers if no number is given.
    func options(for model: ModelShape) throws(DiagnosticList) -> SimulationOptions {
        var options = partial
        options.layers = layers?.value ?? model.layers
        if let layers, layers.value > model.layers {
            throw DiagnosticList(
                Diagnostic(
                    "'\(layers.path)' is \(layers.value) but '\(model.name)' has \(model.layers) layers",
                    at: layers.mark))
        }
        return options
    }

    /// How whole requests are served; nil for requests in the middle of decoding.
    ///
    /// - Throws: the options that mean nothing to such requests.
    func policy(areWhole: Bool) throws(DiagnosticList) -> ServingPolicy? {
        guard areWhole else {
            if let stated = serving.stated {
                throw DiagnosticList(
                    Diagnostic(
                        "'\(stated.path)' goes with whole requests (input_tokens, output_tokens), and these are in the "
                            + "middle of decoding", at: stated.mark))
            }
            return nil
        }
        var mistakes: [Diagnostic] = []
        if let iterations {
            mistakes.append(
                Diagnostic("'\(iterations.path)': whole requests are run to their last token", at: iterations.mark))
        }
        if let subBatches, triesSubBatches {
            mistakes.append(
                Diagnostic(
                    "'\(subBatches.path)': the batch of whole requests changes from step to step; off, 2 or 4 goes "
                        + "with them", at: subBatches.mark))
        }
        if !mistakes.isEmpty { throw DiagnosticList(mistakes) }
        return try serving.policy()
    }

    /// One chip's part of a model.
    func shard(of model: ModelShape) throws(DiagnosticList) -> ModelShard {
        if let lack = model.lackOfRouting {
            throw DiagnosticList(Diagnostic("\(lack); a sweep runs no traces", at: self.model.mark))
        }
        do throws(DiagnosticList) {
            return try ModelShard(of: model, ways: partial.tensorParallel, at: tensorParallel?.mark ?? workloadMark)
        } catch {
            // A mistake of a file, not of the command line.
            throw DiagnosticList(
                error.diagnostics.map { mistake in
                    let isPlaced = mistake.mark.position != nil
                    return Diagnostic(
                        mistake.message, at: isPlaced ? mistake.mark : self.model.mark, suggestion: mistake.suggestion)
                })
        }
    }

    /// All options as one text.
    var identity: String {
        let cut = partial.subBatching
        return [
            layers.map { "\($0.value)" } ?? "all", iterations.map { "\($0.value)" } ?? "-",
            "\(partial.tensorParallel)", "\(partial.includesHead)", partial.assignment.rawValue,
            triesSubBatches ? SubBatching.auto : "\(cut.count)", cut.interleaving.rawValue, cut.split.rawValue,
            "\(partial.refreshPhase)", "\(partial.seed)", partial.fidelity.rawValue, "\(partial.checkedSteps)",
            serving.identity,
        ].joined(separator: " ")
    }
}
