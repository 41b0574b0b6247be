import ArgumentParser
import Functional
import Reporting

/// `dualrow perplexity`: how well a model with weights predicts a text.
struct PerplexityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "perplexity",
        abstract: "Measure how well a model with weights predicts a text, in bits per byte.",
        discussion: """
            The text is cut into windows; each begins without context and predicts all of its tokens but the first. A \
            shorter last window counts.
            """)

    @Option(help: ArgumentHelp("A model folder with weights, or the name of a shipped one.", valueName: "dir|name"))
    var model = "tinymoe"

    @Option(help: ArgumentHelp("The text.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("Tokens that each window predicts.", valueName: "tokens"))
    var window = 512

    @Option(help: ArgumentHelp("Threads of the matrix products.", valueName: "n"))
    var threads = 1

    func run() throws {
        try Failure.guarding {
            guard (1...1 << 20).contains(window) else {
                throw Failure.usage("must be between 1 and 1048576 tokens, not \(window)", at: "--window")
            }
            try FunctionalThreads.set(threads)
            let folder = try ShippedFiles().modelFolder(model)
            let line = ProgressLine(model)
            defer { line.clear() }
            let result = try Perplexity.measure(folder: folder, file: file, window: window) { done, all in
                line.update("window \(Figure.count(done)) of \(Figure.count(all))")
            }
            line.clear()
            print(text(result), terminator: "")
        }
    }

    private func text(_ result: Perplexity) -> String {
        var table = TextTable([.left, .right, .left])
        table.append(["bits per byte", Figure.number(result.bitsPerByte), ""])
        table.append(["bits per token", Figure.number(result.bitsPerToken), ""])
        table.append(["perplexity", Figure.number(result.perplexity), "per token"])
        let windows = "in \(Figure.count(result.windows)) window\(result.windows == 1 ? "" : "s") of \(window)"
        table.append(["predicted", Figure.count(result.predictedTokens), "tokens \(windows)"])
        table.append(["", Figure.count(result.predictedBytes), "bytes"])
        return table.text
    }
}

/// The thread count of the matrix products, checked.
enum FunctionalThreads {
    static func set(_ count: Int) throws {
        guard (1...256).contains(count) else {
            throw Failure.usage("must be between 1 and 256, not \(count)", at: "--threads")
        }
        BLAS.setThreads(count)
    }
}
