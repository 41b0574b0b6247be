import ArgumentParser
import Reporting
import Workload

/// `dualrow stats`: what an operator trace says about routing, attention and exits.
struct StatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Statistics of an operator trace: experts, and what --record of 'dualrow trace' kept.",
        discussion: """
            Values are means over tokens. Without --out each statistic is a line with its layers; more than eight layers \
            are shown by their mean, least and largest value. The file of --out holds every layer.
            """)

    @Argument(help: ArgumentHelp("An operator trace, gzip-compressed or not.", valueName: "trace"))
    var trace: String

    @Option(help: ArgumentHelp("CSV file: statistic,variant,layer,value,count.", valueName: "file"))
    var out: String?

    func run() throws {
        try Failure.guarding {
            try OutputCheck.file(out)
            let reader = try TraceReader(path: trace)
            var statistics = TraceStatistics(reader.header)
            let line = ProgressLine("stats")
            defer { line.clear() }
            var pass = TraceIteration(number: 0, requests: [])
            var (passes, tokens) = (0, 0)
            while try reader.next(into: &pass) {
                statistics.add(pass)
                passes += 1
                tokens += pass.requests.reduce(0) { $0 + $1.newTokens }
                line.update("\(Figure.count(passes)) iterations")
            }
            line.clear()
            if let out { try ReportFolder.write(statistics.csv, to: out) }
            let header = reader.header
            print(
                "\(header.shape.name) (\(header.source)): \(Figure.count(passes)) iterations, \(Figure.count(tokens)) tokens"
            )
            print("\n" + text(statistics.rows, layers: header.shape.layers), terminator: "")
            if let out { print("\nstatistics: \(out)") }
        }
    }

    /// One line for each statistic.
    private func text(_ rows: [TraceStatistics.Row], layers: Int) -> String {
        guard !rows.isEmpty else { return "The trace holds no routing and no records.\n" }
        var lines: [(name: String, variant: String, values: [Int: Double])] = []
        var places: [String: Int] = [:]
        for row in rows {
            let key = "\(row.statistic),\(row.variant)"
            if places[key] == nil {
                places[key] = lines.count
                lines.append((row.statistic, row.variant, [:]))
            }
            lines[places[key]!].values[row.layer] = row.value
        }
        let isNarrow = layers <= 8
        let numbers = isNarrow ? (0..<layers).map { "layer \($0)" } : ["mean", "least", "largest"]
        var table = TextTable([.left, .left] + numbers.map { _ in .right })
        table.append(["statistic", ""] + numbers)
        table.appendRule()
        for line in lines {
            let all = Array(line.values.values)
            let shown =
                isNarrow
                ? (0..<layers).map { line.values[$0] }
                : [all.sorted().reduce(0, +) / Double(all.count), all.min(), all.max()]
            table.append([line.name, line.variant] + shown.map { $0.map(Figure.number) ?? "" })
        }
        return table.text
    }
}
