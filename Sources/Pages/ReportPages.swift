import Reporting
import YAMLTree

/// The page and the timeline of a folder that `simulate`, `compare` or `sweep` wrote.
public struct ReportPages: Sendable {
    /// `report.html`, and `timeline.json` for runs.
    public let files: [ReportFile]
    /// What was found, in a few words.
    public let summary: String
    /// Operators of the folder that the timeline leaves out.
    public let eventsLeftOut: Int

    public static let pageName = "report.html"
    public static let timelineName = "timeline.json"

    /// - Parameters:
    ///   - layers: layers of the first step that the chart of operators shows.
    ///   - eventLimit: operators that the timeline has at the most.
    ///   - x: column on the horizontal axis of a sweep's points; only for sweeps, as is `y`.
    /// - Throws: what is missing or damaged in the folder, with file, line and column.
    public init(folder: String, layers: Int = 2, eventLimit: Int = 200_000, x: String? = nil, y: String? = nil)
        throws(DiagnosticList)
    {
        let source = try ReportSource(folder, layers: layers, eventLimit: eventLimit)
        let page: Page
        var runs: [RunFolder] = []
        switch source {
        case .run(let run):
            (runs, page) = ([run], RunPage.page(run))
            summary = "a run of \(run.summary.text("model")) on \(run.name)"
        case .comparison(let compared):
            (runs, page) = (compared, ComparisonPage.page(compared))
            summary = "a comparison of \(compared.count) machines"
        case .sweep(let points):
            page = try SweepPage.page(points, x: x, y: y)
            summary = "a sweep of \(points.rows.count + points.failures) points"
        }
        for (option, column) in [("--x", x), ("--y", y)] where column != nil && !runs.isEmpty {
            throw DiagnosticList(
                Diagnostic(
                    "goes with the folder of a sweep; '\(folder)' holds \(summary)", at: Mark(file: option),
                    kind: .usage))
        }
        var files = [ReportFile(name: Self.pageName, text: page.html)]
        if !runs.isEmpty {
            var timeline = Timeline()
            for run in runs { timeline.append(run, label: runs.count > 1 ? run.name : "") }
            files.append(ReportFile(name: Self.timelineName, text: timeline.json))
        }
        self.files = files
        eventsLeftOut = runs.reduce(0) { $0 + $1.operators.count - $1.operators.first.count }
    }
}
