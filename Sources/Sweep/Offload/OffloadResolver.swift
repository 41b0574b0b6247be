import Foundation
import Offload
import Workload
import YAMLTree

/// Turns points into replays; each file is read once, each distinct plan of steps laid out once.
struct OffloadResolver: PointResolver {
    let file: SweepFile
    let library: SweepLibrary
    let version: String
    private var trees: SweepTrees
    private var sources: [String: (routes: Routes, prompts: [Int: Int], hash: String)] = [:]
    private var events: [String: ExpertEvents] = [:]

    init(_ file: SweepFile, library: SweepLibrary, version: String) {
        self.file = file
        self.library = library
        self.version = version
        trees = SweepTrees(file)
    }

    mutating func run(of point: SweepPoint) throws(DiagnosticList) -> any PointRun {
        let parts = PointParts(point, of: file)
        let choices = try OffloadChoices(try file.base.setting(parts.base))
        let (machine, machineHash) = try machine(choices.machine, parts.machine)
        let tree = try trees.choice(choices.model, folders: library.models, kind: "model", parts.model).node()
        let model = try ExpertModel(try ModelShape.decode(tree), at: choices.model.mark)
        let source = try source(choices, model)
        let plan = choices.options.plan(prompts: source.prompts)
        let key = "\(choices.source.field.value) \(choices.tokens ?? 0) \(model.routes) \(plan)"
        if events[key] == nil { events[key] = ExpertEvents(source.routes, plan: plan) }
        let run = try choices.options.resolvingFiles { file.resolved($0) }.run(
            model: model, routes: source.routes, events: events[key]!, machine: machine)
        let identity = ContentHash.text([
            "offload", machineHash, tree.canonicalText, source.hash, choices.source.name, run.inputs, version,
        ])
        return OffloadPoint(run: run, routes: choices.source.name, identity: identity)
    }

    /// The device, or nil where a sweep names none.
    private mutating func machine(
        _ name: Field<String>?, _ values: [SweepValue]
    ) throws(DiagnosticList) -> (OffloadMachine?, hash: String) {
        let known = ["name", "compute", "memory", "storage", "idle_power"]
        for value in values {
            guard !known.contains(value.section) || name == nil else { continue }
            let message =
                name == nil
                ? "'\(value.key)' is a key of a machine, and this sweep names none"
                : "unknown axis '\(value.key)': an axis is 'machine', or begins with 'compute.', 'memory.', 'storage.', "
                    + "'idle_power', 'model.', 'workload.' or 'options.'"
            throw DiagnosticList(
                Diagnostic(message, at: value.mark, suggestion: nearestName(to: value.section, in: known)))
        }
        guard let name else { return (nil, "") }
        let folders = library.machines.map { "\($0)/edge" }
        let tree = try trees.choice(name, folders: folders, kind: "device", values).node()
        return (try OffloadMachine.decode(tree), tree.canonicalText)
    }

    private mutating func source(
        _ choices: OffloadChoices, _ model: ExpertModel
    ) throws(DiagnosticList) -> (routes: Routes, prompts: [Int: Int], hash: String) {
        let path = file.resolved(choices.source.field.value)
        let key = "\(path) \(choices.tokens ?? 0) \(model.routes)"
        if let known = sources[key] { return known }
        let limit = choices.tokens ?? .max
        var found: (routes: Routes, prompts: [Int: Int])
        switch choices.source {
        case .routes: found = (try Routes.load(path: path, shape: model.routes, limit: limit), [:])
        case .trace: found = try Routes.load(trace: path, shape: model.routes, limit: limit)
        }
        let bytes = (try? Data(contentsOf: URL(fileURLWithPath: path))) ?? Data()
        let done = (found.routes, found.prompts, ContentHash.text([bytes.base64EncodedString(), "\(limit)"]))
        sources[key] = done
        return done
    }
}
