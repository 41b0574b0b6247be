import Foundation
import YAMLTree

/// A folder of reports, told apart by the files it has.
enum ReportSource {
    case run(RunFolder)
    /// Runs of one workload on several machines, the first of them the baseline.
    case comparison([RunFolder])
    case sweep(SweepPoints)

    init(_ folder: String, layers: Int, eventLimit: Int) throws(DiagnosticList) {
        let files = FileManager.default
        var isFolder: ObjCBool = false
        let mark = Mark(file: folder)
        guard files.fileExists(atPath: folder, isDirectory: &isFolder) else {
            throw DiagnosticList(Diagnostic("there is no such folder", at: mark, kind: .noInput))
        }
        guard isFolder.boolValue else {
            throw DiagnosticList(
                Diagnostic(
                    "this is a file; expected a folder that 'simulate', 'compare' or 'sweep' wrote", at: mark,
                    kind: .noInput))
        }
        func has(_ name: String) -> Bool { files.fileExists(atPath: "\(folder)/\(name)") }
        if has("plan.csv") {
            self = .sweep(try SweepPoints(folder))
        } else if has("ratios.csv"), has("summary.csv") {
            self = .comparison(try Self.runs(in: folder, layers: layers, eventLimit: eventLimit))
        } else if has("operators.csv") || has("summary.csv") {
            self = .run(try RunFolder(folder, layers: layers, eventLimit: eventLimit))
        } else {
            throw DiagnosticList(
                Diagnostic(
                    "no reports are here: expected summary.csv and operators.csv (of 'simulate --out'), ratios.csv (of "
                        + "'compare --out') or plan.csv (of 'sweep --out')", at: mark, kind: .noInput))
        }
    }

    /// The runs of a comparison in the order of its summary; each lies in a folder of its own.
    private static func runs(in folder: String, layers: Int, eventLimit: Int) throws(DiagnosticList) -> [RunFolder] {
        let summary = "\(folder)/summary.csv"
        let rows = try Summary.load(summary)
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        var open: [(name: String, cells: [String])] = []
        for name in names where FileManager.default.fileExists(atPath: "\(folder)/\(name)/summary.csv") {
            if let row = try Summary.load("\(folder)/\(name)/summary.csv").first { open.append((name, row.cells)) }
        }
        var runs: [RunFolder] = []
        for (index, row) in rows.enumerated() {
            guard let position = open.firstIndex(where: { $0.cells == row.cells }) else {
                throw DiagnosticList(
                    Diagnostic(
                        "row \(index + 1) ('\(row.machine)') has no folder here whose summary.csv is the same",
                        at: Mark(file: summary)))
            }
            let name = open.remove(at: position).name
            var run = try RunFolder("\(folder)/\(name)", layers: layers, eventLimit: eventLimit / max(1, rows.count))
            run.name = name
            runs.append(run)
        }
        guard !runs.isEmpty else {
            throw DiagnosticList(Diagnostic("the comparison has no rows", at: Mark(file: summary)))
        }
        return runs
    }
}
