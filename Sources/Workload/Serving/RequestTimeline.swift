/// When things happened to a request, in cycles of one clock, and how long it was in each state.
///
/// It is *queued* from its arrival until it is first admitted, *preempted* from each time it made room until it is
/// admitted again, in *prefill* while running with tokens that are not in its cache (its prompt; after a preemption by
/// recomputation also what it has generated), and *decoding* otherwise. A state lasts from one step boundary to another;
/// the four sum to the latency.
public struct RequestTimeline: Sendable, Hashable {
    public enum State: Int, Sendable, CaseIterable {
        case queued, prefill, decoding, preempted
    }

    public var arrival: Int
    /// Ends of the steps that made its first token and its last.
    public internal(set) var firstToken: Int?
    public internal(set) var finish: Int?
    public internal(set) var generatedTokens = 0
    public internal(set) var preemptions = 0
    /// Tokens that were computed again after preemptions.
    public internal(set) var recomputedTokens = 0
    /// Where its caches were last.
    public internal(set) var pool: Int?

    private var cycles = [Int](repeating: 0, count: State.allCases.count)
    public private(set) var state: State? = .queued
    private var since: Int

    init(arrival: Int) {
        self.arrival = arrival
        since = arrival
    }

    /// Enters a state; nil: it is done.
    mutating func enter(_ next: State?, at cycle: Int) {
        if let state { cycles[state.rawValue] += cycle - since }
        since = cycle
        state = next
    }

    /// How long it was in a state.
    public func cycles(in state: State) -> Int { cycles[state.rawValue] }

    /// From arrival to the last token; nil before that.
    public var latency: Int? { finish.map { $0 - arrival } }
    public var timeToFirstToken: Int? { firstToken.map { $0 - arrival } }

    /// Mean time between output tokens after the first; nil if there is but one.
    public var timePerOutputToken: Double? {
        guard let firstToken, let finish, generatedTokens > 1 else { return nil }
        return Double(finish - firstToken) / Double(generatedTokens - 1)
    }
}
