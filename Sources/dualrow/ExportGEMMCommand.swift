import ArgumentParser
import GEMMTables
import Reporting
import Workload

/// `dualrow export-gemm`: the matrix products of a model's step as a table.
struct ExportGEMMCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export-gemm",
        abstract: "Write the matrix products of one step of a model as a table, with how often each is done.",
        discussion: """
            The table is for 'dualrow gemm' and for SCALE-Sim, which reads each product once. Attention is a product for \
            each request and key-value head (decode: the query heads that share it are its rows) or query head \
            (prefill: the full square). Tokens are spread evenly over experts.
            """)

    @Option(help: ArgumentHelp("A shipped model by name, or a model file.", valueName: "name|file"))
    var model: String

    @Option(help: ArgumentHelp("Requests in the step.", valueName: "n"))
    var batch: Int

    @Option(help: ArgumentHelp("Tokens of each request, the new ones among them.", valueName: "n"))
    var context: Int

    @Option(help: ArgumentHelp("All tokens at once, or one new token of each request.", valueName: "prefill|decode"))
    var phase: String

    @Option(help: ArgumentHelp("Chips that share the model; the table is that of one.", valueName: "n"))
    var tensorParallel = 1

    @Option(help: ArgumentHelp("Layers of the model, from the first. (default: all)", valueName: "n"))
    var layers: Int?

    @Flag(help: "Without the vocabulary's projection.")
    var withoutHead = false

    @Option(help: ArgumentHelp("File for the table; without it the table is printed.", valueName: "file.csv"))
    var out: String?

    func run() throws {
        try Failure.guarding {
            try OutputCheck.file(out)
            let phase = try Choice.of(phase, ModelStep.Phase.allCases.map(\.rawValue), at: "--phase")
            let shape = try ShippedFiles().model(model)
            if let foreign = shape.partWithoutOperators {
                throw Failure.usage("'\(shape.name)' has \(foreign), whose products are not modelled", at: "--model")
            }
            var shown = shape
            if let layers {
                guard (1...shape.layers).contains(layers) else {
                    throw Failure.usage(
                        "must be between 1 and \(shape.layers), the layers of \(shape.name), not \(layers)",
                        at: "--layers")
                }
                shown.layers = layers
            }
            let step = ModelStep(
                batch: batch, context: context, phase: ModelStep.Phase(rawValue: phase)!,
                tensorParallel: tensorParallel)
            var products: [TopologyLayer]
            do {
                products = try ModelGEMMs.layers(of: ModelDimensions(shown), step)
            } catch {
                throw Failure.usage("'\(shape.name)': \(error)", at: "--model")
            }
            if withoutHead { products.removeLast() }
            let table = ModelGEMMs.table(products)
            guard let out else { return print(table, terminator: "") }
            try ReportFolder.write(table, to: out)
            print(summary(products, shown))
            print("table: \(out)")
        }
    }

    private func summary(_ products: [TopologyLayer], _ shape: ModelShape) -> String {
        let count = products.reduce(0) { $0 + $1.repetitions }
        let macs = products.reduce(0.0) { $0 + Double($1.repetitions) * Double($1.gemm.macs) }
        var text = "\(shape.name), \(phase) of \(batch) x \(context) tokens: \(Figure.count(products.count)) shapes, "
        text += "\(Figure.count(count)) products, \(Figure.number(macs / 1e9)) G multiply-accumulates"
        guard let experts = shape.experts else { return text }
        let tokens = phase == "decode" ? batch : batch * context
        let visits = tokens * experts.topK
        text += "\n\(Figure.count(tokens)) tokens x \(experts.topK) experts each: \(Figure.count(visits)) visits, "
        return text + "spread evenly over \(min(experts.count, visits)) of \(experts.count) experts in each such layer"
    }
}
