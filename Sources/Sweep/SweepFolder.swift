import Foundation
import Reporting
import Workload
import YAMLTree

/// The folder of a sweep: `plan.csv`, a file for each finished point, and at the end `points.csv`.
///
/// A point's file is named by its inputs, written aside and renamed, so that it is there whole or not at all, whenever
/// the program is stopped.
public struct SweepFolder: Sendable {
    public let path: String

    public init(path: String) {
        self.path = path
    }

    /// The last column of a point's file.
    static let errorColumn = "error"

    var planPath: String { "\(path)/plan.csv" }
    public var tablePath: String { "\(path)/points.csv" }

    private func pointPath(_ identity: String) -> String { "\(path)/points/\(identity).csv" }

    /// The name of an axis's column: `machine` is a column of the summary too.
    static func column(of axis: String) -> String { axis == "machine" ? "machine_file" : axis }

    // MARK: Plan

    /// `plan.csv`: the name of each point's file, and its axes.
    static func text(of plan: SweepPlan) -> String {
        var table = CSVWriter(columns: ["point"] + plan.axes.map(column))
        for (point, identity) in zip(plan.points, plan.identities) {
            table.append([CSVCell(identity)] + plan.axes.map { CSVCell(point.text(of: $0)) })
        }
        return table.text
    }

    /// The plan that the folder holds; nil if there is none.
    public var plan: String? { try? String(contentsOfFile: planPath, encoding: .utf8) }

    public func write(_ plan: SweepPlan) throws {
        let text = Self.text(of: plan)
        if text != self.plan { try ReportFolder.write(text, to: planPath) }
    }

    /// Removes what runs left behind that were killed while they wrote.
    public func removeRemains() {
        let files = FileManager.default
        for folder in [path, "\(path)/points"] {
            for name in (try? files.contentsOfDirectory(atPath: folder)) ?? [] where name.hasSuffix(".partial") {
                try? files.removeItem(atPath: "\(folder)/\(name)")
            }
        }
    }

    /// Why a plan should not be run in this folder unless it is to go on with what is there; nil if nothing is.
    public func obstacle(to plan: SweepPlan, of shard: SweepRunner.Shard) -> String? {
        guard let present = self.plan else { return nil }
        if present != Self.text(of: plan) {
            return "holds another sweep; --resume replaces its plan and keeps the points that both have"
        }
        let done = plan.points.indices.count { shard.has($0) && has(plan.identities[$0], of: plan.kind) }
        return done > 0 ? "has \(done) of these points already; --resume goes on with it" : nil
    }

    // MARK: Points

    /// Writes a finished point: the cells of its columns and an empty error, or an error alone.
    func write(_ row: [String], of identity: String, kind: SweepKind) throws {
        var table = CSVWriter(columns: kind.rowColumns)
        table.append(row.map { CSVCell($0) })
        try ReportFolder.write(table.text, to: pointPath(identity))
    }

    /// Whether a point is finished, with the columns of its kind.
    func has(_ identity: String, of kind: SweepKind) -> Bool { row(of: identity)?.columns == kind.rowColumns }

    /// The columns and cells of a finished point; nil if it has none yet, or a damaged file.
    private func row(of identity: String) -> (columns: [String], cells: [String])? {
        guard let file = try? SourceFile.read(pointPath(identity)), let table = try? CSVTable(file) else { return nil }
        let records = table.records.map { $0.map(\.text) }
        guard records.count == 2, records[0].last == Self.errorColumn, records[1].count == records[0].count else {
            return nil
        }
        return (records[0], records[1])
    }

    // MARK: Table

    /// Puts all points together in the plan's order.
    ///
    /// - Throws: a usage mistake if there is no plan, or if points are missing.
    public func collect() throws(DiagnosticList) -> SweepTable {
        guard plan != nil else {
            throw DiagnosticList(
                Diagnostic(
                    "there is no plan.csv here: this is no folder of a sweep", at: Mark(file: path), kind: .noInput))
        }
        let records = try CSVTable(try SourceFile.read(planPath)).records.map { $0.map(\.text) }
        guard let header = records.first, header.first == "point" else {
            throw DiagnosticList(Diagnostic("the first column must be 'point'", at: Mark(file: planPath)))
        }
        var rows: [[String]] = []
        var columns: [String]?
        var missing = 0
        for record in records.dropFirst() {
            guard record.count == header.count, let row = row(of: record[0]), row.columns == columns ?? row.columns
            else {
                missing += 1
                continue
            }
            columns = row.columns
            rows.append(record.dropFirst() + row.cells)
        }
        if missing > 0 {
            throw DiagnosticList(
                Diagnostic(
                    "\(missing) of \(records.count - 1) points are missing; 'dualrow sweep' with --resume runs them",
                    at: Mark(file: path)))
        }
        return SweepTable(axes: Array(header.dropFirst()), columns: columns ?? [], rows: rows)
    }
}
