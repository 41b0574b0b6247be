import Foundation
import YAMLTree

/// What `dualrow simulate` wrote into a folder, as far as it is there: all but the summary may be missing, as in folders of
/// older versions, and the operators where they were estimated.
struct RunFolder {
    let path: String
    /// What the run is called on the page.
    var name: String
    let summary: Summary
    let operators: OperatorTable
    let figures: [MachineFigure]
    let utilization: [UnitUse]
    let energy: [EnergyRow]
    let channels: [ChannelRow]
    let requests: [RequestRow]
    let iterations: [IterationRow]
    /// What the terminal showed.
    let text: String?

    /// - Parameters:
    ///   - layers: how many layers of the first step the chart of operators shows.
    ///   - eventLimit: how many operators are kept one by one.
    /// - Throws: every mistake of the first file that has any.
    init(_ path: String, layers: Int, eventLimit: Int) throws(DiagnosticList) {
        self.path = path
        let summaries = try Summary.load("\(path)/summary.csv")
        guard summaries.count == 1 else {
            throw DiagnosticList(
                Diagnostic(
                    "expected a header and one row, found \(summaries.count) rows",
                    at: Mark(file: "\(path)/summary.csv"))
            )
        }
        summary = summaries[0]
        name = summary.machine
        operators =
            try Self.ifPresent(path, "operators.csv") { (path) throws(DiagnosticList) in
                try OperatorTable(path, layers: layers, eventLimit: eventLimit)
            } ?? .none
        figures = try Self.ifPresent(path, "machine.csv", MachineFigure.load) ?? []
        utilization = try Self.ifPresent(path, "utilization.csv", UnitUse.load) ?? []
        energy = try Self.ifPresent(path, "energy.csv", EnergyRow.load) ?? []
        channels = try Self.ifPresent(path, "channels.csv", ChannelRow.load) ?? []
        requests = try Self.ifPresent(path, "requests.csv", RequestRow.load) ?? []
        iterations = try Self.ifPresent(path, "iterations.csv", IterationRow.load) ?? []
        text = try Self.ifPresent(path, "summary.txt") { (path) throws(DiagnosticList) in
            let file = try SourceFile.read(path, limit: 1 << 20)
            return String(decoding: try file.validatedUTF8(), as: UTF8.self)
        }
    }

    private static func ifPresent<Value>(
        _ folder: String, _ name: String, _ load: (String) throws(DiagnosticList) -> Value
    ) throws(DiagnosticList) -> Value? {
        let file = "\(folder)/\(name)"
        return FileManager.default.fileExists(atPath: file) ? try load(file) : nil
    }

    /// Length of an NPU cycle; nil for a run that took no time.
    var cycleNanoseconds: Double {
        let (time, cycles) = (summary.number("total_time_ns") ?? 0, summary.number("total_cycles") ?? 0)
        return time > 0 && cycles > 0 ? time / cycles : 1
    }

    /// A figure that follows from the machine's parameters.
    func figure(_ name: String) -> Double? { figures.first { $0.name == name }?.value }

    /// The paragraphs of the terminal's text that say what a figure leaves out, and what the run was bound by.
    var remarks: [String] {
        guard let text else { return [] }
        return text.components(separatedBy: "\n\n").flatMap { paragraph -> [String] in
            let lines = paragraph.split(separator: "\n").map(String.init)
            if paragraph.hasPrefix("note:") { return [lines.joined(separator: " ")] }
            return lines.filter { $0.hasPrefix("bound by:") }
        }
    }
}

/// A row of `summary.csv`, whatever columns it has.
struct Summary {
    let columns: [String]
    let cells: [String]

    static func load(_ path: String) throws(DiagnosticList) -> [Summary] {
        let table = try TableFile(path, required: ["machine", "model", "workload", "total_cycles", "total_time_ns"])
        var rows: [Summary] = []
        try table.readRows { row in
            for column in ["total_cycles", "total_time_ns"] { _ = row.number(column) }
            rows.append(Summary(columns: table.columns, cells: row.texts))
        }
        return rows
    }

    func text(_ column: String) -> String { columns.firstIndex(of: column).map { cells[$0] } ?? "" }
    func number(_ column: String) -> Double? { Double(text(column)).flatMap { $0.isFinite ? $0 : nil } }
    var machine: String { text("machine") }
}

/// A row of `machine.csv`.
struct MachineFigure {
    var name: String
    var value: Double
    var unit: String
    var formula: String

    static func load(_ path: String) throws(DiagnosticList) -> [MachineFigure] {
        var rows: [MachineFigure] = []
        try TableFile(path, required: ["figure", "value", "unit", "formula"]).readRows { row in
            rows.append(
                MachineFigure(
                    name: row.text("figure"), value: row.number("value"), unit: row.text("unit"),
                    formula: row.text("formula")))
        }
        return rows
    }
}

/// A row of `energy.csv`.
struct EnergyRow {
    var component: String
    var event: String
    var count: Double
    var joules: Double
    var source: String
    var boundary: String

    static func load(_ path: String) throws(DiagnosticList) -> [EnergyRow] {
        var rows: [EnergyRow] = []
        try TableFile(path, required: ["component", "event", "count", "J", "source", "boundary"]).readRows { row in
            rows.append(
                EnergyRow(
                    component: row.text("component"), event: row.text("event"), count: row.number("count"),
                    joules: row.number("J"), source: row.text("source"), boundary: row.text("boundary")))
        }
        return rows
    }
}

/// A row of `channels.csv`.
struct ChannelRow {
    var channel: String
    var requests: Double
    var tokens: Double
    var memoryBusyCycles: Double
    var pimBusyCycles: Double

    static func load(_ path: String) throws(DiagnosticList) -> [ChannelRow] {
        var rows: [ChannelRow] = []
        let columns = ["channel", "requests", "tokens", "memory_busy_cycles", "pim_busy_cycles"]
        try TableFile(path, required: columns).readRows { row in
            rows.append(
                ChannelRow(
                    channel: row.text("channel"), requests: row.number("requests"), tokens: row.number("tokens"),
                    memoryBusyCycles: row.number("memory_busy_cycles"), pimBusyCycles: row.number("pim_busy_cycles")))
        }
        return rows
    }
}

/// What the page shows of a row of `requests.csv`: times in nanoseconds, those of whole generations only.
struct RequestRow {
    var timeToFirstToken: Double?
    var timePerToken: Double?
    var latencyCycles: Double?
    var queueCycles: Double?

    static func load(_ path: String) throws(DiagnosticList) -> [RequestRow] {
        var rows: [RequestRow] = []
        try TableFile(path, required: ["request"]).readRows { row in
            rows.append(
                RequestRow(
                    timeToFirstToken: row.ifPresent("ttft_ns"), timePerToken: row.ifPresent("tpot_ns"),
                    latencyCycles: row.ifPresent("latency_cycles"), queueCycles: row.ifPresent("queue_cycles")))
        }
        return rows
    }
}

/// What the page shows of a row of `iterations.csv`.
struct IterationRow {
    var startCycle: Double
    var endCycle: Double
    var requests: Double
    var waiting: Double?
    var promptTokens: Double?
    var decodeTokens: Double?
    var cacheFraction: Double?

    static func load(_ path: String) throws(DiagnosticList) -> [IterationRow] {
        var rows: [IterationRow] = []
        try TableFile(path, required: ["start_cycle", "end_cycle", "requests"]).readRows { row in
            rows.append(
                IterationRow(
                    startCycle: row.number("start_cycle"), endCycle: row.number("end_cycle"),
                    requests: row.number("requests"), waiting: row.ifPresent("waiting"),
                    promptTokens: row.ifPresent("prompt_tokens"), decodeTokens: row.ifPresent("decode_tokens"),
                    cacheFraction: row.ifPresent("cache_fraction")))
        }
        return rows
    }
}
