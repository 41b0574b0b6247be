import Reporting
import Workload
import YAMLTree

/// Published measurements of offloading systems beside what the replay gives for the same configuration.
///
/// The study file holds named cases and rows that cite them. Every case uses the same synthetic routes and the machine
/// files as they are; what a case assumes beyond that is in the file. Nothing is fitted to a row: a row whose value
/// went into a machine file or a case is marked `input`, all others are checks.
public struct OffloadStudy: Sendable {
    /// A published value and ours.
    public struct Row: Hashable, Sendable {
        public let study: String
        public let what: String
        public let unit: Unit
        public let isInput: Bool
        /// The published range; one value twice where there is one.
        public let published: ClosedRange<Double>
        public let ours: Double
        /// Ours with storage at 70 % and 130 % of its rate.
        public let slowerStorage: Double
        public let fasterStorage: Double
        /// Ours with routes that repeat themselves less and more.
        public let scatteredRoutes: Double
        public let localRoutes: Double
        public let explanation: String

        /// Ours over the middle of the published range, less 1.
        public var difference: Double { ours / ((published.lowerBound + published.upperBound) / 2) - 1 }
    }

    public enum Unit: String, CaseIterable, Sendable {
        /// Seconds for a token.
        case seconds = "s/token"
        case rate = "tokens/s"
        /// The time of `over` divided by that of `case`.
        case speedup
        /// The time of `case` divided by that of `over`.
        case slowdown
        /// The time of `over` less that of `case`: free of what both leave out.
        case saving = "s/token saved"
    }

    public let rows: [Row]

    /// Reads a study file and replays its cases.
    ///
    /// - Parameters:
    ///   - models: where the models of the cases are.
    ///   - machines: the folders of the machine files, the first that has one of a case's name counting.
    ///   - progress: called with the name of each case before it is replayed.
    /// - Throws: the mistakes of the study file, or of a file that it names.
    public init(
        path: String, models: ModelLibrary, machines: [String], progress: (_ name: String) -> Void = { _ in }
    ) throws(DiagnosticList) {
        let reader = Reader(try Node.parse(path: path))
        let cases = reader.key("cases").mapping().allEntries().map {
            ($0.name.value, StudyCase.decode($0.value.mapping()))
        }
        let names = cases.map(\.0)
        let drafts = reader.key("rows").list(count: 1...10000).map { Draft($0.mapping(), cases: names) }
        try reader.finish()
        var times: [String: [Double]] = [:]
        for (name, study) in cases {
            progress(name)
            var list: [Double] = []
            for variation in StudyCase.Variation.allCases {
                list.append(try study.timePerToken(models: models, machines: machines, variation))
            }
            times[name] = list
        }
        rows = drafts.map { $0.row(times) }
    }

    public static let columns = [
        "study", "what", "unit", "role", "published_low", "published_high", "ours", "difference_percent",
        "ours_slower_storage", "ours_faster_storage", "ours_scattered_routes", "ours_local_routes", "explanation",
    ]

    /// The table as CSV.
    public var csv: String {
        var table = CSVWriter(columns: Self.columns)
        for row in rows {
            let numbers = [row.published.lowerBound, row.published.upperBound, row.ours].map { fixed($0, 4) }
            let variations = [row.slowerStorage, row.fasterStorage, row.scatteredRoutes, row.localRoutes].map {
                fixed($0, 4)
            }
            let cells =
                [row.study, row.what, row.unit.rawValue, row.isInput ? "input" : "check"] + numbers
                + [fixed(row.difference * 100, 1)] + variations + [row.explanation]
            table.append(cells.map { CSVCell($0) })
        }
        return table.text
    }

    /// The table for people, as Markdown.
    public var markdown: String {
        var lines = [
            "| study | what | published | ours | difference | storage ±30 % | routes: scattered, local | what explains it |",
            "|---|---|---|---|---|---|---|---|",
        ]
        for row in rows {
            let (low, high) = (row.published.lowerBound, row.published.upperBound)
            let published = low == high ? short(low) : "\(short(low)) to \(short(high))"
            let difference = (row.difference >= 0 ? "+" : "") + fixed(row.difference * 100, 0) + " %"
            lines.append(
                "| \(row.study) | \(row.what), \(row.unit.rawValue) | \(published) | \(short(row.ours)) | "
                    + "\(row.isInput ? "(input)" : difference) | \(short(row.slowerStorage)), "
                    + "\(short(row.fasterStorage)) | \(short(row.scatteredRoutes)), \(short(row.localRoutes)) | "
                    + "\(row.explanation) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func short(_ value: Double) -> String {
        fixed(value, value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3)
    }

    /// `offload-study.csv` and `offload-study.md`.
    public var files: [ReportFile] {
        [
            ReportFile(name: "offload-study.csv", text: csv), ReportFile(name: "offload-study.md", text: markdown),
        ]
    }
}

/// A row before its cases are replayed.
private struct Draft {
    let study: String
    let what: String
    let unit: OffloadStudy.Unit
    let isInput: Bool
    let published: ClosedRange<Double>
    let name: String
    let other: String?
    let explanation: String

    init(_ reader: Reader, cases: [String]) {
        study = reader.key("study").string().value
        what = reader.key("what").string().value
        let unit = reader.key("unit").choice(OffloadStudy.Unit.self).value
        self.unit = unit
        isInput = reader.ifPresent("input")?.bool().value ?? false
        let element = reader.key("published")
        let values =
            element.isList
            ? element.list(count: 2...2).map { $0.double(in: 0...1e9).value } : [element.double(in: 0...1e9).value]
        let low = values.min() ?? 1
        published = low...(values.max() ?? low)
        let names = cases.isEmpty ? [""] : cases
        name = reader.key("case").choice(of: names).value
        let isRatio = unit != .seconds && unit != .rate
        other = isRatio ? reader.key("over").choice(of: names).value : nil
        explanation = reader.key("explanation").string().value
    }

    func row(_ times: [String: [Double]]) -> OffloadStudy.Row {
        let own = times[name]!
        let values = own.indices.map { index in
            switch unit {
            case .seconds: own[index]
            case .rate: 1 / own[index]
            case .speedup: times[other!]![index] / own[index]
            case .slowdown: own[index] / times[other!]![index]
            case .saving: times[other!]![index] - own[index]
            }
        }
        return OffloadStudy.Row(
            study: study, what: what, unit: unit, isInput: isInput, published: published, ours: values[0],
            slowerStorage: values[1], fasterStorage: values[2], scatteredRoutes: values[3], localRoutes: values[4],
            explanation: explanation)
    }
}
