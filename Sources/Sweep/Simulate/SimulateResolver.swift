import Workload
import YAMLTree

/// Turns points into runs; each file is read once, each distinct set of options decoded once.
struct SimulateResolver: PointResolver {
    let file: SweepFile
    let library: SweepLibrary
    let version: String
    private var trees: SweepTrees
    private var choices: [String: SimulateChoices] = [:]
    private var requestFiles: [String: (file: SourceFile, hash: String)] = [:]

    init(_ file: SweepFile, library: SweepLibrary, version: String) {
        self.file = file
        self.library = library
        self.version = version
        trees = SweepTrees(file)
    }

    mutating func run(of point: SweepPoint) throws(DiagnosticList) -> any PointRun {
        var log = MistakeLog()
        var parts = PointParts(point, of: file)
        for value in parts.machine where !Self.sections.contains(value.section) {
            log.note(
                Diagnostic(
                    "unknown axis '\(value.key)': an axis is 'machine', or begins with 'npu.', 'memory.', 'link', "
                        + "'execution.', 'energy.', 'model.', 'workload.' or 'options.'", at: value.mark,
                    suggestion: nearestName(
                        to: value.section, in: Self.sections + ["machine", "model", "workload", "options"])))
        }
        parts.machine.removeAll { !Self.sections.contains($0.section) }
        let decoded = log.noting { () throws(DiagnosticList) in try choices(parts.base) }
        // Mistakes among the options are no reason not to look at the machine.
        guard let choices = decoded ?? (try? SimulateChoices(file.base)) else { throw log.list }
        let machine = log.noting { () throws(DiagnosticList) in
            try trees.choice(choices.machine, folders: library.machines, kind: "machine", parts.machine)
        }
        let model = log.noting { () throws(DiagnosticList) in
            try trees.choice(choices.model, folders: library.models, kind: "model", parts.model)
        }
        let requests = log.noting { () throws(DiagnosticList) in try requestFile(choices.requests) }
        guard let machine, let model, let requests else { throw log.list }
        let point = SimulatePoint(
            choices: choices, machine: machine, model: model, requests: requests.file, version: version,
            identity: ContentHash.text([
                "simulate", machine.identity, model.identity, requests.hash, choices.requests.name, choices.identity,
                version,
            ]))
        if !log.isEmpty {
            log.noting { () throws(DiagnosticList) in try point.check() }
            throw log.list
        }
        return point
    }

    /// The first parts of keys of a machine's file.
    private static let sections = ["name", "npu", "memory", "link", "execution", "energy"]

    private mutating func choices(_ values: [SweepValue]) throws(DiagnosticList) -> SimulateChoices {
        let key = SweepValue.text(of: values)
        if let known = choices[key] { return known }
        let done = try SimulateChoices(try file.base.setting(values))
        if choices.count >= 10_000 { choices = [:] }
        choices[key] = done
        return done
    }

    private mutating func requestFile(
        _ source: RequestSource
    ) throws(DiagnosticList) -> (file: SourceFile?, hash: String) {
        guard case .file(let name) = source else { return (nil, "") }
        let path = file.resolved(name.value)
        if let known = requestFiles[path] { return known }
        let read = try SourceFile.read(path)
        let done = (read, ContentHash.bytes(read.bytes))
        requestFiles[path] = done
        return done
    }
}
