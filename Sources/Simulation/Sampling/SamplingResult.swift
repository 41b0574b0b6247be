/// How much of a run goes through the command-level model.
public enum Fidelity: String, Sendable, CaseIterable {
    /// Every layer of every step.
    case exact
    /// Layers that stand for others like them; what is between them is estimated, and the error measured.
    case sampled
}

/// What the figures of a sampled run rest on.
public struct SamplingResult: Sendable {
    /// A step that was run exactly as well.
    public struct Check: Sendable {
        public var step: Int
        public var estimatedCycles: Double
        public var exactCycles: Int

        public var error: Double { estimatedCycles / Double(exactCycles) - 1 }
    }

    public var steps: Int
    /// Runs at command level that the estimates come from.
    public var measuredRuns: Int
    public var checks: [Check]
    var stageCycles: [OperatorResult.Stage: Int]

    /// Mean and largest magnitude of the checks' errors; nil without checks.
    public var meanError: Double? {
        checks.isEmpty ? nil : checks.reduce(0) { $0 + $1.error.magnitude } / Double(checks.count)
    }
    public var worstError: Double? { checks.map(\.error.magnitude).max() }
}
