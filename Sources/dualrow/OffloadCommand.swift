import ArgumentParser
import Foundation
import Offload
import Reporting
import Workload
import YAMLTree

/// `dualrow offload`: a mixture of experts on a device that does not hold all of them.
struct OffloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "offload",
        abstract: "Replay expert routes on a device whose experts lie on flash, a disk or behind a link.",
        discussion: """
            A line of --routes is 'request,token,layer,e0,...[,p0,...]': the experts of a token in a layer, the heaviest \
            first, and their gate weights. Or --trace takes them from an operator trace.

            --widths: bits for all experts (4.5); edgemoe:HIGH,LOW,SHARE (the least used share at LOW) or \
            edgemoe:LOSS%,ERRORS.csv (two widths by measured errors); mc-moe:MEAN,ERRORS.csv (1, 2 or 3 bits; mc-moe:MEAN \
            takes 4^-bits for every error); gate:HIGH,LOW[,0.6,0.9] (by gate weight at run time); or a CSV of layer,expert,bits.

            The folder of --out gets offload.csv, layers.csv and tokens.csv. With --no-timing reads take no time: hits and \
            bytes are counted, and every prefetch arrives before it is needed.
            """)

    @Option(help: ArgumentHelp("A shipped model by name, or a model file.", valueName: "name|file"))
    var model: String

    @Option(help: ArgumentHelp("CSV of expert routes, gzip-compressed or not.", valueName: "file"))
    var routes: String?

    @Option(help: ArgumentHelp("An operator trace with routes, instead of --routes.", valueName: "file"))
    var trace: String?

    @Option(help: ArgumentHelp("Take only the first tokens of the routes.", valueName: "n"))
    var tokens: Int?

    @Option(
        help: ArgumentHelp(
            "Which expert leaves: \(CachePolicy.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "policy"))
    var cache: String?

    @Option(
        help: ArgumentHelp(
            "Experts that the cache holds in all (96), or bytes of them (4 GiB).", valueName: "n|size"))
    var capacity: String?

    @Option(
        help: ArgumentHelp(
            "global: all layers share the room (the default); layer: each has an equal part.", valueName: "global|layer"
        ))
    var scope: String?

    @Option(
        help: ArgumentHelp(
            "What is fetched ahead: \(PrefetchPolicy.allCases.map(\.rawValue).joined(separator: ", ")). (default: none)",
            valueName: "policy"))
    var prefetch: String?

    @Option(help: ArgumentHelp("Bits of the experts' weights, see above. (default: 16)", valueName: "spec"))
    var widths: String?

    @Option(help: ArgumentHelp("Bits of all other weights. (default: 16)", valueName: "bits"))
    var residentBits: String?

    @Option(help: ArgumentHelp("A device: a file, or the name of a shipped one.", valueName: "file|name"))
    var machine: String?

    @Flag(help: "Count hits and bytes only.")
    var noTiming = false

    @Flag(help: "Keep all experts in memory from the start: what offloading is compared with.")
    var resident = false

    @Option(help: ArgumentHelp("Requests decoded at a time. (default: 1)", valueName: "n"))
    var batch: String?

    @Option(
        help: ArgumentHelp(
            "Tokens of each request that are its prompt, read in one pass. (default: none, or what the trace says)",
            valueName: "n"))
    var promptTokens: String?

    @Option(help: ArgumentHelp("Most prompt tokens in one pass. (default: the whole prompt)", valueName: "n"))
    var prefillChunk: String?

    @Option(help: ArgumentHelp("Prefetched experts that wait beside the cache at most.", valueName: "n"))
    var staging: String?

    @Option(help: ArgumentHelp("Layers ahead that are guessed.", valueName: "n"))
    var lookahead: String?

    @Option(help: ArgumentHelp("Guesses for one layer at most.", valueName: "n"))
    var guesses: String?

    @Option(help: ArgumentHelp("Share of the needed experts that a gate guesses.", valueName: "share"))
    var recall: String?

    @Option(help: ArgumentHelp("Experts that cross-layer guesses beyond those of its gate.", valueName: "n"))
    var widening: String?

    @Option(help: ArgumentHelp("Layers that the ring holds.", valueName: "n"))
    var ringLayers: String?

    @Option(help: ArgumentHelp("Seed of the gates' wrong guesses.", valueName: "n"))
    var seed: String?

    @Option(help: ArgumentHelp("Folder for the CSV reports.", valueName: "dir"))
    var out: String?

    func run() throws {
        try Failure.guarding {
            try OutputCheck.folder(out)
            let options = try options()
            guard (machine == nil) == noTiming else {
                let rule = "--machine says what runs it, --no-timing counts hits and bytes without one"
                throw Failure.usage(noTiming ? "only one of both; \(rule)" : "missing; \(rule)", at: "--machine")
            }
            if let tokens, tokens < 1 {
                throw Failure.usage("must be at least 1, not \(tokens)", at: "--tokens")
            }
            let files = ShippedFiles()
            let model = try ExpertModel(try files.model(model))
            let device = try machine.map { try OffloadMachine.load(path: try files.offloadMachinePath($0)) }
            let line = ProgressLine("offload")
            defer { line.clear() }
            let (routes, prompts) = try routes(model.routes)
            let events = ExpertEvents(routes, plan: options.plan(prompts: prompts))
            let run = try options.run(model: model, routes: routes, events: events, machine: device)
            if let obstacle = run.obstacle { throw Failure.usage(obstacle, at: "--capacity") }
            let steps = Figure.count(events.steps.count)
            let result = run.result { line.update("\(Figure.count($0)) of \(steps) steps") }
            if let obstacle = result.obstacle { throw Failure.usage(obstacle, at: "--capacity") }
            line.clear()
            if let out { try ReportFolder(path: out).write(result.files(routes: routesName)) }
            print(result.text(routes: routesName), terminator: "")
            if let out { print("\nreports: \(out)") }
        }
    }

    private func options() throws -> OffloadOptions {
        let given: [(OffloadOptions.Key, String?)] = [
            (.cache, cache), (.capacity, capacity), (.scope, scope), (.prefetch, prefetch), (.widths, widths),
            (.residentBits, residentBits), (.resident, resident ? "true" : nil), (.batch, batch),
            (.promptTokens, promptTokens), (.prefillChunk, prefillChunk), (.staging, staging), (.lookahead, lookahead),
            (.guesses, guesses), (.recall, recall), (.widening, widening), (.ringLayers, ringLayers), (.seed, seed),
        ]
        var texts: [OffloadOptions.Key: OffloadOptions.Text] = [:]
        for (key, text) in given {
            if let text { texts[key] = OffloadOptions.Text(text, at: Mark(file: key.option)) }
        }
        return try OffloadOptions(texts, absent: { Mark(file: $0.option) }, kind: .usage)
    }

    private func routes(_ shape: RouteShape) throws -> (Routes, prompts: [Int: Int]) {
        let rule = "one of --routes and --trace says which experts are used"
        switch (routes, trace) {
        case (let path?, nil): return (try Routes.load(path: path, shape: shape, limit: tokens ?? .max), [:])
        case (nil, let path?): return try Routes.load(trace: path, shape: shape, limit: tokens ?? .max)
        case (nil, nil): throw Failure.usage("missing; \(rule)", at: "--routes")
        default: throw Failure.usage("only \(rule)", at: "--routes")
        }
    }

    /// The file of the routes without its folder and endings.
    private var routesName: String {
        var name = URL(fileURLWithPath: routes ?? trace ?? "").lastPathComponent
        for ending in [".gz", ".csv", ".trace"] where name.hasSuffix(ending) { name.removeLast(ending.count) }
        return name
    }
}

/// `dualrow offload-study`: published offloading systems beside what the replay gives.
struct OffloadStudyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "offload-study",
        abstract: "Compare published measurements of expert offloading with the replay of the same configurations.")

    @Argument(help: ArgumentHelp("A study file, as Reports/offload-study/study.yaml.", valueName: "file"))
    var study: String

    @Option(help: ArgumentHelp("Folder for offload-study.csv and offload-study.md.", valueName: "dir"))
    var out: String

    func run() throws {
        try Failure.guarding {
            try OutputCheck.folder(out)
            let files = ShippedFiles()
            let line = ProgressLine("offload-study")
            defer { line.clear() }
            let study = try OffloadStudy(
                path: study, models: ModelLibrary(directories: files.modelFolders),
                machines: files.machineFolders.map { "\($0)/edge" }
            ) { line.update("case \($0)") }
            line.clear()
            try ReportFolder(path: out).write(study.files)
            var table = TextTable([.left, .left, .right, .right, .right])
            table.append(["study", "what", "published", "ours", "difference"])
            table.appendRule()
            for row in study.rows {
                let (low, high) = (row.published.lowerBound, row.published.upperBound)
                let published = low == high ? Figure.number(low) : "\(Figure.number(low)) to \(Figure.number(high))"
                table.append([
                    row.study, "\(row.what), \(row.unit.rawValue)", published, Figure.number(row.ours),
                    row.isInput ? "(input)" : Figure.percent(row.difference),
                ])
            }
            print(table.text + "\nreports: \(out)")
        }
    }
}
