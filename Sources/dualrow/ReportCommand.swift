import ArgumentParser
import Pages
import Reporting
import YAMLTree

/// `dualrow report`: a page and a timeline of a folder of reports.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write a page with charts, and a timeline, of a folder that simulate, compare or sweep wrote.",
        discussion: """
            report.html is one file that loads nothing from elsewhere: summary, utilisation over time, the first layers, \
            roofline, energy, channels, requests; of a sweep its points and what each axis does. timeline.json opens in \
            ui.perfetto.dev or chrome://tracing.
            """)

    @Argument(help: ArgumentHelp("A folder of reports.", valueName: "dir"))
    var folder: String

    @Option(help: ArgumentHelp("Folder for the files. (default: the folder of the reports)", valueName: "dir"))
    var out: String?

    @Option(help: ArgumentHelp("Layers that the chart of operators shows.", valueName: "n"))
    var layers = 2

    @Option(
        help: ArgumentHelp("Operators that timeline.json has at the most, the first ones of the run.", valueName: "n"))
    var events = 200_000

    @Option(help: ArgumentHelp("Column on the horizontal axis of a sweep's points.", valueName: "column"))
    var x: String?

    @Option(help: ArgumentHelp("Column on the vertical axis of a sweep's points.", valueName: "column"))
    var y: String?

    func run() throws {
        try Failure.guarding {
            guard (1...1000).contains(layers) else {
                throw Failure.usage("must be between 1 and 1000, not \(layers)", at: "--layers")
            }
            guard (1...10_000_000).contains(events) else {
                throw Failure.usage("must be between 1 and 10000000, not \(events)", at: "--events")
            }
            let target = out ?? folder
            try OutputCheck.folder(out)
            let line = ProgressLine("report")
            line.update("reading \(folder)")
            defer { line.clear() }
            let pages = try ReportPages(folder: folder, layers: layers, eventLimit: events, x: x, y: y)
            try ReportFolder(path: target).write(pages.files)
            line.clear()
            print("\(pages.summary): \(folder)")
            print("page:     \(target)/\(ReportPages.pageName)")
            if pages.files.count > 1 {
                print("timeline: \(target)/\(ReportPages.timelineName), for ui.perfetto.dev or chrome://tracing")
            }
            if pages.eventsLeftOut > 0 {
                print("the timeline leaves out the last \(Figure.count(pages.eventsLeftOut)) operators; see --events")
            }
        }
    }
}
