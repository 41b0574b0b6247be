import YAMLTree

/// A column by which points are weighed against each other, and which way it is good.
public struct ParetoMeasure: Sendable, Equatable {
    public var column: String
    public var isBetterHigher: Bool

    /// Reads a list such as `tokens_per_s,energy_per_token_mJ` or `tokens_per_s,min:npu.systolic_arrays.count`.
    ///
    /// - Throws: a usage mistake for fewer than two, a repeated one, or one without a known direction.
    public static func list(_ text: String) throws(DiagnosticList) -> [ParetoMeasure] {
        var measures: [ParetoMeasure] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
            let measure: ParetoMeasure
            if part.hasPrefix("max:") || part.hasPrefix("min:") {
                measure = ParetoMeasure(column: String(part.dropFirst(4)), isBetterHigher: part.hasPrefix("max:"))
            } else if let isBetterHigher = SweepKind.directions[part] {
                measure = ParetoMeasure(column: part, isBetterHigher: isBetterHigher)
            } else {
                throw mistake(
                    "whether much or little of '\(part)' is good must be said by 'max:\(part)' or 'min:\(part)'",
                    suggestion: nearestName(to: part, in: SweepKind.directions.keys.sorted()))
            }
            if measures.contains(where: { $0.column == measure.column }) {
                throw mistake("'\(measure.column)' is named twice")
            }
            measures.append(measure)
        }
        if measures.count < 2 { throw mistake("needs two columns or more, as tokens_per_s,energy_per_token_mJ") }
        return measures
    }

    func mistake(_ message: String, suggestion: String? = nil) -> DiagnosticList {
        Self.mistake(message, suggestion: suggestion)
    }

    private static func mistake(_ message: String, suggestion: String? = nil) -> DiagnosticList {
        DiagnosticList(Diagnostic(message, at: Mark(file: "--pareto"), kind: .usage, suggestion: suggestion))
    }
}

enum ParetoFrontier {
    /// Which of the points no other one dominates: is at least as good in every figure and better in one.
    ///
    /// - Parameter figures: of each point, more is better; nil for a point that does not take part. O(n²).
    static func members(_ figures: [[Double]?]) -> [Bool] {
        figures.map { mine in
            guard let mine else { return false }
            return !figures.contains { other in
                guard let other else { return false }
                return zip(other, mine).allSatisfy { $0 >= $1 } && zip(other, mine).contains { $0 > $1 }
            }
        }
    }
}
