import Foundation
import Simulation
import Workload
import YAMLTree

/// A point's machine file, workload and options, decoded.
struct SimulateChoices {
    let machine: Field<String>
    let model: Field<String>
    let requests: Requests
    let triesSubBatches: Bool
    private let tensorParallelMark: Mark
    private let layers: Field<Int>?
    private let partial: SimulationOptions

    /// Where the requests come from.
    enum Requests: Sendable, Hashable {
        case file(String)
        case drawn(LengthStatistics, count: Int, seed: Int, limit: Int)
    }

    /// - Parameter root: `machine`, `workload` and `options`.
    /// - Throws: every mistake among the values and keys of `workload` and `options`.
    init(_ root: Node) throws(DiagnosticList) {
        let reader = Reader(root)
        machine = reader.key("machine").string()
        let workload = reader.key("workload").mapping()
        model = workload.key("model").string()
        let element = workload.key("requests")
        if element.isMapping {
            let drawn = element.mapping()
            requests = .drawn(
                drawn.key("lengths").choice(LengthStatistics.self).value,
                count: drawn.key("count").int(in: 1...10_000_000).value,
                seed: drawn.key("seed").int(in: 0 ... .max).value,
                limit: drawn.ifPresent("limit")?.int(in: 2...RequestFile.largestLength).value ?? 2048)
        } else {
            requests = .file(element.string().value)
        }
        let options = reader.key("options").mapping()
        layers = options.ifPresent("layers")?.int(in: 1...1024)
        let iterations = options.ifPresent("iterations")?.int(in: 1...1_000_000)
        let tensorParallel = options.ifPresent("tensor_parallel")?.int(in: 1...4096)
        let subBatches = options.ifPresent("sub_batches")?.choice(of: SubBatching.names).value ?? "off"
        let interleaving = options.ifPresent("interleaving")?.choice(Interleaving.self)
        let partition = options.ifPresent("partition")?.choice(of: SubBatchSplit.allCases.map(\.partition))
        let assignment = options.ifPresent("assign")?.choice(ChannelAssignment.self)
        let head = options.ifPresent("with_head")?.bool()
        let seed = options.ifPresent("seed")?.int(in: 0 ... .max)
        let phase = options.ifPresent("refresh_phase")?.int(in: 0...1 << 40)
        try reader.finish()
        triesSubBatches = subBatches == SubBatching.auto
        tensorParallelMark = tensorParallel?.mark ?? workload.mark
        partial = SimulationOptions(
            iterations: iterations?.value ?? 1, layers: 1, tensorParallel: tensorParallel?.value ?? 1,
            includesHead: head?.value ?? false, assignment: assignment?.value ?? .balanced,
            subBatching: SubBatching(
                count: SubBatching.count(named: subBatches) ?? 1, interleaving: interleaving?.value ?? .dataflow,
                split: partition.flatMap { SubBatchSplit(partition: $0.value) } ?? .count),
            refreshPhase: phase?.value ?? 0, seed: UInt64(seed?.value ?? 0))
    }

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

    /// One chip's part of a model.
    func shard(of model: ModelShape) throws(DiagnosticList) -> ModelShard {
        do throws(DiagnosticList) {
            return try ModelShard(of: model, ways: partial.tensorParallel, at: tensorParallelMark)
        } catch {
            // A mistake of a file, not of the command line.
            throw DiagnosticList(
                error.diagnostics.map { Diagnostic($0.message, at: $0.mark, suggestion: $0.suggestion) })
        }
    }

    /// Name of the requests in reports.
    var workloadName: String {
        switch requests {
        case .file(let path): URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        case .drawn(let statistics, let count, let seed, let limit):
            "\(statistics.rawValue)-\(count)-seed\(seed)" + (limit == 2048 ? "" : "-limit\(limit)")
        }
    }

    /// All options as one text.
    func identity(_ options: SimulationOptions) -> String {
        let cut = options.subBatching
        return [
            "\(options.layers)", "\(options.iterations)", "\(options.tensorParallel)", "\(options.includesHead)",
            options.assignment.rawValue, triesSubBatches ? SubBatching.auto : "\(cut.count)", cut.interleaving.rawValue,
            cut.split.rawValue, "\(options.refreshPhase)", "\(options.seed)",
        ].joined(separator: " ")
    }
}
