import Foundation
import Hardware
import Simulation
import Workload
import YAMLTree

/// Turns points into runs; each file is read once, each distinct machine decoded once.
struct SimulateResolver: PointResolver {
    let file: SweepFile
    let library: SweepLibrary
    let version: String
    private var trees: SweepTrees
    private var machines: [String: (machine: Machine, hash: String)] = [:]
    private var models: [String: (shape: ModelShape, hash: String)] = [:]
    private var requestLists: [String: (requests: [Request], hash: String)] = [:]

    init(_ file: SweepFile, library: SweepLibrary, version: String) {
        self.file = file
        self.library = library
        self.version = version
        trees = SweepTrees(file)
    }

    mutating func run(of point: SweepPoint) throws(DiagnosticList) -> any PointRun {
        var mistakes: [Diagnostic] = []
        /// The value of a step, or nil with its mistakes noted.
        func noting<Value>(_ step: () throws(DiagnosticList) -> Value) -> Value? {
            do throws(DiagnosticList) {
                return try step()
            } catch {
                mistakes += error.diagnostics
                return nil
            }
        }
        var root = file.base
        var (machineValues, modelValues) = (file.replaced, [SweepValue]())
        for value in point.values {
            switch String(value.key.prefix { $0 != "." }) {
            case "machine", "workload", "options":
                root =
                    noting { () throws(DiagnosticList) in
                        try root.setting(value.key, at: value.mark, to: value.value)
                    } ?? root
            case "model":
                var inner = value
                inner.key = String(value.key.dropFirst("model.".count))
                modelValues.append(inner)
            default: machineValues.append(value)
            }
        }
        machineValues = machineValues.filter { value in
            noting { () throws(DiagnosticList) in try checkSection(value) } != nil
        }
        let choices = noting { () throws(DiagnosticList) in try SimulateChoices(root) }
        // Mistakes among the options are no reason not to look at the machine.
        guard let files = choices ?? (try? SimulateChoices(file.base)) else { throw DiagnosticList(mistakes) }
        let machine = noting { () throws(DiagnosticList) in try self.machine(files.machine, machineValues) }
        let model = noting { () throws(DiagnosticList) in try self.model(files.model, modelValues) }
        let requests = noting { () throws(DiagnosticList) in
            try self.requests(files, channels: machine?.machine.memory.channels)
        }
        var shard: ModelShard?
        var options: SimulationOptions?
        if let choices, let model {
            options = noting { () throws(DiagnosticList) in try choices.options(for: model.shape) }
            shard = noting { () throws(DiagnosticList) in try choices.shard(of: model.shape) }
        }
        guard mistakes.isEmpty, let choices, let machine, let model, let requests, let options, let shard else {
            throw DiagnosticList(mistakes)
        }
        let identity = ContentHash.text([
            machine.hash, model.hash, requests.hash, choices.workloadName, choices.identity(options), version,
        ])
        return SimulatePoint(
            machine: machine.machine, shard: shard, requests: requests.requests, options: options,
            triesSubBatches: choices.triesSubBatches, workload: choices.workloadName,
            version: version, identity: identity)
    }

    private func checkSection(_ value: SweepValue) throws(DiagnosticList) {
        let section = String(value.key.prefix { $0 != "." })
        let known = ["name", "npu", "memory", "link", "execution", "energy", "machine", "model", "workload", "options"]
        guard !known.contains(section) else { return }
        throw DiagnosticList(
            Diagnostic(
                "unknown axis '\(value.key)': an axis is 'machine', or begins with 'npu.', 'memory.', 'link', "
                    + "'execution.', 'energy.', 'model.', 'workload.' or 'options.'", at: value.mark,
                suggestion: nearestName(to: section, in: known)))
    }

    private mutating func machine(
        _ name: Field<String>, _ values: [SweepValue]
    ) throws(DiagnosticList) -> (machine: Machine, hash: String) {
        let path = try trees.path(name, folders: library.machines, kind: "machine")
        let key = SweepTrees.key(path, values)
        if let known = machines[key] { return known }
        let root = try trees.tree(path, values)
        let done = (try Machine.decode(root), ContentHash.text([root.canonicalText]))
        machines[key] = done
        return done
    }

    private mutating func model(
        _ name: Field<String>, _ values: [SweepValue]
    ) throws(DiagnosticList) -> (shape: ModelShape, hash: String) {
        let path = try trees.path(name, folders: library.models, kind: "model")
        let key = SweepTrees.key(path, values)
        if let known = models[key] { return known }
        let root = try trees.tree(path, values)
        let done = (try ModelShape.decode(root), ContentHash.text([root.canonicalText]))
        models[key] = done
        return done
    }

    private mutating func requests(
        _ choices: SimulateChoices, channels: Int?
    ) throws(DiagnosticList) -> (requests: [Request], hash: String) {
        let key = "\(choices.requests) \(channels ?? 0)"
        if let known = requestLists[key] { return known }
        var list: RequestFile
        switch choices.requests {
        case .file(let path):
            list = try RequestFile.load(path: file.resolved(path), channels: channels)
            if list.requests.contains(where: { $0.contextTokens == 0 }) {
                throw DiagnosticList(
                    Diagnostic(
                        "these requests begin with a prompt; a sweep takes requests in the middle of decoding, by "
                            + "'seq_len'", at: Mark(file: file.resolved(path), line: 1, column: 1)))
            }
        case .drawn(let statistics, let count, let seed, let limit):
            var generator = RequestGenerator(statistics: statistics, seed: UInt64(seed), lengthLimit: limit)
            list = RequestFile(requests: generator.snapshot(count: count))
        }
        let done = (list.requests, ContentHash.text([list.csv()]))
        requestLists[key] = done
        return done
    }
}
