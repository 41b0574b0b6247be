import ArgumentParser
import Functional
import Reporting

/// `dualrow expert-errors`: what narrow widths cost each expert, for `offload --widths mc-moe:MEAN,FILE`.
struct ExpertErrorsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "expert-errors",
        abstract: "Measure what rounding to 1, 2, 3, 4 and 8 bits does to the weights of each expert.",
        discussion: """
            The folder of --out gets expert-errors.csv: layer,expert,bits,error. 'dualrow offload --widths \
            mc-moe:2.5,DIR/expert-errors.csv' or 'edgemoe:LOSS%,DIR/expert-errors.csv' choose widths by it.
            """)

    @Option(help: ArgumentHelp("A model folder with weights, or the name of a shipped one.", valueName: "dir|name"))
    var model = "tinymoe"

    @Option(help: ArgumentHelp("Folder for expert-errors.csv.", valueName: "dir"))
    var out: String

    func run() throws {
        try Failure.guarding {
            try OutputCheck.folder(out)
            let folder = try ShippedFiles().modelFolder(model)
            let line = ProgressLine("expert-errors")
            defer { line.clear() }
            let errors = try ExpertErrors(folder: folder) { line.update("layer \($0) of \($1)") }
            line.clear()
            var table = CSVWriter(columns: ["layer", "expert", "bits", "error"])
            for row in errors.rows {
                table.append([
                    CSVCell(row.layer), CSVCell(row.expert), CSVCell(row.bits), CSVCell(Self.digits(row.error)),
                ])
            }
            try ReportFolder(path: out).write([ReportFile(name: "expert-errors.csv", text: table.text)])
            var text = TextTable([.right, .right, .right, .right])
            text.append(["bits", "least", "mean", "most"])
            text.appendRule()
            for bits in Set(errors.rows.map(\.bits)).sorted() {
                let values = errors.rows.filter { $0.bits == bits }.map(\.error)
                let mean = values.reduce(0, +) / Double(values.count)
                text.append(["\(bits)"] + [values.min()!, mean, values.max()!].map { Figure.percent($0) })
            }
            print("squared error of an expert's weights over their squared norm\n\n" + text.text + "\nreports: \(out)")
        }
    }

    /// In ten digits behind the point.
    private static func digits(_ error: Double) -> String {
        let scaled = "\(Int((error * 1e10).rounded()))"
        let padded = String(repeating: "0", count: max(0, 11 - scaled.count)) + scaled
        return padded.dropLast(10) + "." + padded.suffix(10)
    }
}
