/// How closely steps are simulated.
public enum Fidelity: String, Sendable, CaseIterable {
    /// Every layer of every step, command by command.
    case exact
    /// A layer of some steps, command by command; the others are estimated from those that did nearly the same work.
    case sampled
}

/// What an estimate rests on, and how far it was off where it was held against exact steps.
public struct SamplingResult: Sendable {
    /// One step that was run exactly as well.
    public struct Check: Sendable {
        public var step: Int
        public var estimatedCycles: Double
        public var exactCycles: Int

        /// Of the exact cycles, without sign.
        public var error: Double { (estimatedCycles / Double(max(1, exactCycles)) - 1).magnitude }
    }

    /// Steps in all, and runs of layers (or of embedding and head) at command level that they were estimated from.
    public var steps: Int
    public var measuredRuns: Int
    public var checks: [Check]
    /// NPU cycles of each stage.
    public var stageCycles: [OperatorResult.Stage: Int]

    public var meanError: Double? {
        checks.isEmpty ? nil : checks.reduce(0) { $0 + $1.error } / Double(checks.count)
    }
    public var worstError: Double? { checks.map(\.error).max() }
}
