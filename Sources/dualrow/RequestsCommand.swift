import ArgumentParser
import Quantities
import Reporting
import Workload
import YAMLTree

/// `dualrow requests`: makes a request file from published length statistics.
struct RequestsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requests",
        abstract: "Make a file of requests from the published length statistics of a data set.",
        discussion: """
            Without --pairs the file is a snapshot of continuous batching: a request is found in proportion to the steps \
            it stays, with any number of its tokens generated (seq_len). With --pairs it holds whole requests \
            (input_tokens, output_tokens), with --rate also the time at which each arrives (arrival_ns).
            """)

    @Option(help: ArgumentHelp("Data set whose lengths are drawn: sharegpt or alpaca.", valueName: "name"))
    var lengths: String

    @Option(help: ArgumentHelp("Number of requests.", valueName: "n"))
    var count: Int

    @Option(help: ArgumentHelp("The same seed gives the same file everywhere.", valueName: "n"))
    var seed: UInt64

    @Option(help: ArgumentHelp("No request grows longer than this.", valueName: "tokens"))
    var limit = 2048

    @Flag(help: "Whole requests with prompt and answer, instead of a snapshot.")
    var pairs = false

    @Option(
        help: ArgumentHelp(
            "Mean requests per second that arrive (a Poisson process); needs --pairs.", valueName: "per-second"))
    var rate: Double?

    @Option(help: ArgumentHelp("File to write.", valueName: "file"))
    var out: String

    func run() throws {
        try Failure.guarding {
            try OutputCheck.file(out)
            let known = LengthStatistics.allCases.map(\.rawValue)
            guard let statistics = LengthStatistics(rawValue: lengths) else {
                throw Failure.usage(
                    "must be \(known.joined(separator: " or ")), not '\(lengths)'", at: "--lengths",
                    suggestion: nearestName(to: lengths, in: known))
            }
            guard (1...10_000_000).contains(count) else {
                throw Failure.usage("must be between 1 and 10000000, not \(count)", at: "--count")
            }
            guard (2...RequestFile.largestLength).contains(limit) else {
                throw Failure.usage("must be at least 2 tokens, not \(limit)", at: "--limit")
            }
            let interval = try meanInterval()
            var generator = RequestGenerator(statistics: statistics, seed: seed, lengthLimit: limit)
            let requests =
                pairs
                ? generator.requests(count: count, meanInterarrival: interval) : generator.snapshot(count: count)
            let text = RequestFile(requests: requests).csv(comment: [command])
            try ReportFolder.write(text, to: out)
            print("\(count) requests: \(out)")
        }
    }

    private func meanInterval() throws -> Picoseconds? {
        guard let rate else { return nil }
        guard pairs else { throw Failure.usage("goes with --pairs: a snapshot has no arrivals", at: "--rate") }
        guard rate >= 1e-3, rate <= 1e9 else {
            throw Failure.usage("must be between 0.001 and 1e9 requests per second, not \(rate)", at: "--rate")
        }
        return .nanoseconds(Int64((1e9 / rate).rounded()))
    }

    /// The command that makes the same file again.
    private var command: String {
        var words = "dualrow requests --lengths \(lengths) --count \(count) --seed \(seed)"
        if limit != 2048 { words += " --limit \(limit)" }
        if pairs { words += " --pairs" }
        if let rate { words += " --rate \(rate)" }
        return "\(words) (version \(Version.text))"
    }
}
