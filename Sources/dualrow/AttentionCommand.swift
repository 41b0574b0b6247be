import ArgumentParser
import Hardware
import Reporting
import Simulation
import Workload
import YAMLTree

/// `dualrow attention`: decode attention of one token on the PIM units of a machine, beside published cycles.
struct AttentionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attention",
        abstract: "Time decode attention on a machine's PIM units alone, or compare it with published cycles.",
        discussion: """
            The heads are spread over the channels; every channel works alone. The first form times one shape. The second \
            reads a CSV file with the columns level,interval_cycles,heads,head_size,context,refresh,published_cycles,why, \
            times each line on the machine with 'memory.pim.level', 'memory.pim.tDOT' and 'memory.controller.refresh' \
            set to it, and writes levels.csv and README.md into --out.
            """)

    @Argument(help: ArgumentHelp("A machine file, or the name of a shipped machine.", valueName: "machine"))
    var machine: String

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Replace a value of the machine. May be repeated.", valueName: "key=value"))
    var overrides: [String] = []

    @Option(help: "Heads over all channels, each with keys and values of its own.")
    var heads = 16

    @Option(help: "Elements of a head.")
    var headSize = 128

    @Option(help: "Tokens in the caches.")
    var context = 2048

    @Option(help: "Clocks of the softmax unit for every 256 logits.")
    var softmaxClocks = 16

    @Option(help: ArgumentHelp("Published cycles to compare with.", valueName: "file"))
    var published: String?

    @Option(help: ArgumentHelp("Folder for levels.csv and README.md.", valueName: "folder"))
    var out: String?

    func run() throws {
        try Failure.guarding {
            try OutputCheck.folder(out)
            let path = try ShippedFiles().machinePath(machine)
            if let published {
                try compare(path, published)
            } else {
                try time(path)
            }
        }
    }

    private func time(_ path: String) throws {
        for (value, option, limit) in [
            (heads, "--heads", 1 << 16), (headSize, "--head-size", 1 << 14), (context, "--context", 1 << 24),
        ] where !(1...limit).contains(value) {
            throw Failure.usage("must be from 1 to \(limit), not \(value)", at: option)
        }
        guard (0...1_000_000).contains(softmaxClocks) else {
            throw Failure.usage("must be from 0 to 1000000, not \(softmaxClocks)", at: "--softmax-clocks")
        }
        let machine = try Machine.load(path: path, overrides: try MachineOverrides.parsed(overrides))
        let timed = try AttentionComparison.time(
            machine, heads: heads, headSize: headSize, context: context, softmaxClocks: softmaxClocks)
        print(AttentionComparison.text(timed, on: machine), terminator: "")
    }

    private func compare(_ path: String, _ published: String) throws {
        let cases = try AttentionCases.read(published)
        let line = ProgressLine("attention")
        defer { line.clear() }
        var rows: [AttentionComparison.Row] = []
        for (index, wanted) in cases.enumerated() {
            line.update("\(index) of \(cases.count) cases")
            let settings = [
                "memory.pim.level=\(wanted.level)", "memory.pim.tDOT=\(wanted.interval) cycles",
                "memory.controller.refresh=\(wanted.refresh)",
            ]
            let machine = try Machine.load(
                path: path, overrides: try MachineOverrides.parsed(overrides + settings))
            let timed = try AttentionComparison.time(
                machine, heads: wanted.heads, headSize: wanted.headSize, context: wanted.context,
                softmaxClocks: softmaxClocks)
            rows.append(AttentionComparison.Row(wanted: wanted, timed: timed))
        }
        line.clear()
        let comparison = AttentionComparison(machine: self.machine, published: published, rows: rows)
        if let out {
            try ReportFolder(path: out).write([
                ReportFile(name: "levels.csv", text: comparison.csv),
                ReportFile(name: "README.md", text: comparison.markdown),
            ])
        }
        print(comparison.text, terminator: "")
    }
}
