import YAMLTree

/// What the points of a sweep are runs of: a row of this table, named by `run` in the sweep's file.
///
/// A further kind of run is added by
/// 1. a `PointRun`: all inputs of one run by value, a hash of them as its name, and `row()`, which runs it and gives one
///    cell for each of `columns`;
/// 2. a `PointResolver`, which makes a `PointRun` of a point's values, or says which of them are wrong;
/// 3. a `SweepKind` with these, in `all`.
///
/// Grids, lists, limits, folders, resuming, shards, tables, frontiers and pages are the same for every kind. Each kind
/// keeps its files in a folder of its own; `Simulate/` is the model.
public struct SweepKind: Sendable {
    /// The value of `run` in a sweep's file.
    let name: String
    /// The keys of the file that make up the base. An axis names one of them, or a key below one as `options.layers`;
    /// what other axes mean is for the resolver to say.
    let sections: [String]
    /// Asks the reader of the file for the keys of `sections`, so that missing and mistyped ones are named. Keys below
    /// them are better checked by the resolver, which sees them with the values of the axes.
    let askForBase: @Sendable (Reader) -> Void
    /// The columns of a point's row in `points.csv`, between the axes and `error`.
    let columns: [String]
    /// The columns that the terminal shows.
    let shownColumns: [String]
    /// Columns for which `--pareto` need not be told whether much or little is good.
    let isBetterHigher: [String: Bool]
    let makeResolver: @Sendable (SweepFile, SweepLibrary, _ version: String) -> any PointResolver

    /// All kinds, the one first that a file means which does not name any.
    static let all = [simulate, offload]

    /// The columns of a point's file.
    var rowColumns: [String] { columns + [SweepFolder.errorColumn] }

    /// The kind whose columns a table has; nil if there is none.
    static func of(columns: [String]) -> SweepKind? {
        all.first { Set($0.shownColumns).isSubset(of: columns) }
    }

    /// Good directions of the columns of all kinds.
    static let directions: [String: Bool] = all.reduce(into: [:]) { known, kind in
        known.merge(kind.isBetterHigher) { first, _ in first }
    }
}

/// One run with all of its inputs.
protocol PointRun: Sendable {
    /// A name made of all inputs and the program's version: two runs of the same name give the same row.
    var identity: String { get }

    /// Whether all of its values can be read and go together; nothing runs yet.
    ///
    /// - Throws: every mistake of the point's values, at its place in the sweep's file or in the file it names.
    func check() throws(DiagnosticList)

    /// Runs it; a cell for each of the kind's columns. Called from several threads, for different points.
    ///
    /// - Throws: why this combination of values cannot run; the sweep goes on with the other points.
    func row() throws(PointError) -> [String]
}

extension PointRun {
    /// Runs whose inputs were decoded when they were made have nothing left to check.
    func check() throws(DiagnosticList) {}
}

/// Makes runs of points; keeps what points have in common.
///
/// A sweep may have a million points, so what takes long to decode is better left to the run's `check` and `row`.
protocol PointResolver {
    /// - Throws: every mistake of the point's values without which the run has no name, at its place in the sweep's file
    ///   or in the file it names.
    mutating func run(of point: SweepPoint) throws(DiagnosticList) -> any PointRun
}

/// Why a point could not run, in words that do not depend on where files lie.
struct PointError: Error, Equatable {
    var words: String
}
