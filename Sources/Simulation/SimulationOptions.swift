import Workload

/// What of a model is simulated, and what is recorded.
public struct SimulationOptions: Sendable {
    /// Decode steps.
    public var iterations: Int
    /// Layers of each step that are simulated.
    public var layers: Int
    /// Devices that share the model; one of them is simulated.
    public var tensorParallel: Int
    /// Whether the embedding look-up and the output head belong to a step.
    public var includesHead: Bool
    public var assignment: ChannelAssignment
    public var subBatching: SubBatching
    /// Memory cycles by which refresh time runs ahead of cycle 0.
    public var refreshPhase: Int
    /// The channel whose commands are recorded.
    public var loggedChannel: Int?
    public var seed: UInt64
    /// Advance channels that do the same only once; the results do not depend on it.
    public var closedForms: Bool
    public var fidelity = Fidelity.exact
    /// Of a sampled run: steps that are run exactly as well, to tell how far the estimates are off.
    public var checkedSteps = 2

    public init(
        iterations: Int = 1, layers: Int, tensorParallel: Int = 1, includesHead: Bool = false,
        assignment: ChannelAssignment = .balanced, subBatching: SubBatching = .off, refreshPhase: Int = 0,
        loggedChannel: Int? = nil, seed: UInt64 = 0, closedForms: Bool = true
    ) {
        self.iterations = iterations
        self.layers = layers
        self.tensorParallel = tensorParallel
        self.includesHead = includesHead
        self.assignment = assignment
        self.subBatching = subBatching
        self.refreshPhase = refreshPhase
        self.loggedChannel = loggedChannel
        self.seed = seed
        self.closedForms = closedForms
    }
}
