import YAMLTree

/// All points of a sweep with what each of them runs, checked before anything does.
public struct SweepPlan: Sendable {
    public let axes: [String]
    public let points: [SweepPoint]
    let kind: SweepKind
    /// What each point runs, or why it cannot.
    let runs: [Result<any PointRun, DiagnosticList>]
    /// The name of each point's file; made of its inputs.
    let identities: [String]

    /// How many mistakes are shown.
    static let mistakesShown = 20

    /// Makes the runs of all points. A point is checked whole if it has a value that was in no good point yet: the others
    /// are made of values that are good by themselves, and what is wrong with their combination is found when they run.
    ///
    /// - Parameter progress: called now and then with how many points are made.
    /// - Throws: the mistakes of each value of an axis with which no point can run. A point of which every value is
    ///   good in another point is not a mistake of the file; its row has the error.
    public init(
        _ file: SweepFile, library: SweepLibrary, version: String, progress: (Int) -> Void = { _ in }
    ) throws(DiagnosticList) {
        var resolver = file.kind.makeResolver(file, library, version)
        var runs: [Result<any PointRun, DiagnosticList>] = []
        var failures: [(point: SweepPoint, error: DiagnosticList)] = []
        var good: Set<SweepValue> = []
        for point in file.points {
            do {
                let run = try resolver.run(of: point)
                runs.append(.success(run))
                if point.values.contains(where: { !good.contains($0) }) {
                    try run.check()
                    good.formUnion(point.values)
                }
            } catch {
                if runs.count <= point.index { runs.append(.failure(error)) }
                failures.append((point, error))
            }
            if runs.count.isMultiple(of: 64) { progress(runs.count) }
        }
        var mistakes: [Diagnostic] = []
        var seen: Set<Diagnostic> = []
        for failure in failures where !good.isSuperset(of: failure.point.values) {
            mistakes += failure.error.diagnostics.filter { seen.insert($0).inserted }
        }
        if !mistakes.isEmpty { throw Self.shown(mistakes, sweep: file.path) }
        axes = file.axes
        points = file.points
        kind = file.kind
        identities = zip(points, runs).map { point, outcome in
            switch outcome {
            case .success(let run): run.identity
            case .failure(let error):
                ContentHash.text([version, file.kind.name, Self.words(error)] + file.axes.map { point.text(of: $0) })
            }
        }
        self.runs = runs
    }

    /// The mistakes in the order of their places, those of the sweep's own file first.
    private static func shown(_ mistakes: [Diagnostic], sweep: String) -> DiagnosticList {
        let ordered = mistakes.enumerated().sorted { left, right in
            let (first, second) = (left.element.mark, right.element.mark)
            if (first.file == sweep) != (second.file == sweep) { return first.file == sweep }
            if first.file == second.file, let one = first.position, let other = second.position, one != other {
                return one < other
            }
            return left.offset < right.offset
        }.map(\.element)
        let hidden = ordered.count - mistakesShown
        guard hidden > 0 else { return DiagnosticList(ordered) }
        let rest = Diagnostic("\(hidden) more mistake\(hidden == 1 ? "" : "s") not shown", at: Mark(file: sweep))
        return DiagnosticList(Array(ordered.prefix(mistakesShown)) + [rest])
    }

    /// A point's mistakes for its row, without places: the row must not depend on where the file lies.
    static func words(_ error: DiagnosticList) -> String {
        error.diagnostics.map { mistake in
            mistake.message + (mistake.suggestion.map { "; did you mean '\($0)'?" } ?? "")
        }.joined(separator: "; ")
    }
}
