import Hardware
import Simulation

/// Runs of one workload on several machines, side by side.
public struct Comparison: Sendable {
    public let reports: [Report]

    /// - Parameter reports: at least one; the others are held against the first.
    public init(_ reports: [Report]) {
        precondition(!reports.isEmpty, "a comparison needs a run")
        self.reports = reports
    }

    /// A figure that is compared, and in which direction it is good.
    struct Measure: Sendable {
        var name: String
        var unit: String
        /// nil where the machine has no such part.
        var value: @Sendable (Report) -> Double?
        var show: @Sendable (Double) -> String
    }

    static let measures: [Measure] = [
        Measure(name: "time", unit: "cycles", value: { Double($0.result.cycles) }, show: Figure.number),
        Measure(name: "throughput", unit: "tokens/s", value: { $0.result.tokensPerSecond }, show: Figure.number),
        Measure(name: "stage A", unit: "cycles", value: { Double($0.result.cycles(of: .a)) }, show: Figure.number),
        Measure(name: "stage B", unit: "cycles", value: { Double($0.result.cycles(of: .b)) }, show: Figure.number),
        Measure(name: "stage E", unit: "cycles", value: { Double($0.result.cycles(of: .e)) }, show: Figure.number),
        Measure(name: "NPU busy", unit: "of time", value: { $0.result.npuBusyFraction }, show: Figure.percent),
        Measure(name: "NPU arrays", unit: "of peak", value: { $0.result.npuMACUtilization }, show: Figure.percent),
        Measure(
            name: "PIM busy", unit: "of time", value: { $0.hasPIM ? $0.result.pimBusyFraction : nil },
            show: Figure.percent),
        Measure(
            name: "PIM units", unit: "of peak", value: { $0.hasPIM ? $0.result.pimMACUtilization : nil },
            show: Figure.percent),
        Measure(
            name: "DRAM bus", unit: "of peak", value: { $0.result.dramBandwidthUtilization }, show: Figure.percent),
        Measure(name: "energy/token", unit: "mJ", value: { $0.joulesPerToken * 1e3 }, show: Figure.number),
    ]

    /// What all of them did.
    public var heading: String {
        let result = reports[0].result
        let layers =
            result.coversWholeModel
            ? "all \(result.options.layers)" : "\(result.options.layers) of \(result.model.layers)"
        return "\(result.model.name), \(layers) layers, \(Figure.count(result.requests.count)) requests "
            + "(\(reports[0].workload)), \(result.options.iterations) \(result.promptTokens > 0 ? "" : "decode ")step\(result.options.iterations == 1 ? "" : "s")\n\n"
    }

    /// The figures of all runs, each with its ratio to the first run's.
    public var text: String {
        var table = TextTable([.left, .left] + reports.flatMap { _ in [TextTable.Alignment.right, .right] })
        table.append(["", ""] + reports.flatMap { [$0.result.machine.name, "ratio"] })
        table.appendRule()
        for measure in Self.measures {
            let values = reports.map(measure.value)
            table.append(
                [measure.name, measure.unit]
                    + values.flatMap { [$0.map(measure.show) ?? "-", Self.ratio($0, to: values[0])] })
        }
        let cuts = reports.compactMap { report in report.subBatches.map { "\(report.result.machine.name): \($0)\n" } }
        return table.text + "\nratio: to \(reports[0].result.machine.name)\n" + cuts.joined()
    }

    /// `ratios.csv`: a row for each machine.
    public var ratios: String {
        var table = CSVWriter(columns: ["machine", "baseline", "speedup", "energy_ratio"])
        let first = reports[0]
        for report in reports {
            table.append([
                CSVCell(report.result.machine.name), CSVCell(first.result.machine.name),
                CSVCell(report.result.tokensPerSecond / first.result.tokensPerSecond),
                CSVCell(report.joulesPerToken / first.joulesPerToken),
            ])
        }
        return table.text
    }

    /// All files: the summaries and ratios together, the other tables in a folder for each of `folders`.
    public func files(folders: [String]) -> [ReportFile] {
        var files = [
            ReportFile(name: "summary.csv", text: Report.summary(reports)),
            ReportFile(name: "ratios.csv", text: ratios),
        ]
        for (folder, report) in zip(folders, reports) {
            files += report.files.map { ReportFile(name: "\(folder)/\($0.name)", text: $0.text) }
        }
        return files
    }

    private static func ratio(_ value: Double?, to first: Double?) -> String {
        guard let value, let first, first > 0 else { return "-" }
        return Figure.decimal(value / first, digits: 2) + "x"
    }
}

extension Report {
    var joulesPerToken: Double { result.joulesPerToken(bill) }
    var hasPIM: Bool { result.machine.memory.pim != nil }
}
