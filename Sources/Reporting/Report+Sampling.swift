import Simulation

/// What a sampled run's figures rest on.
extension Report {
    /// `sampling.csv`: a row for each step that was run exactly as well; nil of an exact run.
    public var sampling: String? {
        guard let sampling = result.sampling else { return nil }
        var table = CSVWriter(columns: ["iteration", "estimated_cycles", "exact_cycles", "error"])
        for check in sampling.checks {
            table.append([
                CSVCell(check.step), CSVCell(check.estimatedCycles), CSVCell(check.exactCycles),
                CSVCell(check.error),
            ])
        }
        return table.text
    }

    var samplingText: String {
        guard let sampling = result.sampling else { return "" }
        let measured = Figure.count(sampling.measuredRuns)
        let steps = Figure.count(sampling.steps)
        let basis = "fidelity      sampled: \(steps) steps estimated from \(measured) runs at command level"
        guard let mean = sampling.meanError, let worst = sampling.worstError else {
            return "\(basis); no step was run exactly, the error is not known\n"
        }
        let count = sampling.checks.count
        return """
            \(basis);
                          off by \(Self.fine(mean)) (mean), \(Self.fine(worst)) (worst) in \(count) random \
            step\(count == 1 ? "" : "s"), the first layers of which were run exactly too

            """
    }

    private static func fine(_ share: Double) -> String { Figure.decimal(100 * share, digits: 2) + " %" }
}
