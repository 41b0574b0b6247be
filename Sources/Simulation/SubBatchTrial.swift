/// How a short run of one cut of the batch went.
public struct SubBatchTrial: Sendable, Equatable {
    public var count: Int
    /// NPU cycles of at most two layers of one step.
    public var cycles: Int

    public init(count: Int, cycles: Int) {
        self.count = count
        self.cycles = cycles
    }

    /// The cuts that are tried.
    public static let counts = [1, 2, 4]
}

extension Simulator {
    /// Runs two layers of one step (or the one there is) with the batch whole, in two and in four parts, cut and
    /// interleaved as the options say.
    ///
    /// Two layers show what a part in one layer does to a part in the next; more could still turn out otherwise, so the
    /// choice is a good one, not always the best.
    public func subBatchTrials() throws(CapacityError) -> [SubBatchTrial] {
        var trials: [SubBatchTrial] = []
        for count in SubBatchTrial.counts {
            var short = options
            short.layers = min(2, options.layers)
            short.iterations = 1
            short.includesHead = false
            short.loggedChannel = nil
            short.fidelity = .exact
            short.subBatching.count = count
            let run = Simulator(machine: machine, shard: shard, requests: requests, options: short)
            trials.append(SubBatchTrial(count: count, cycles: try run.run().cycles))
        }
        return trials
    }

    /// This simulator with the batch cut as was fastest in the trials; of equal ones into the fewest parts.
    public func choosing(from trials: [SubBatchTrial]) -> Simulator {
        guard let best = trials.min(by: { ($0.cycles, $0.count) < ($1.cycles, $1.count) }) else { return self }
        var options = options
        options.subBatching.count = best.count
        var chosen = Simulator(machine: machine, shard: shard, requests: requests, options: options)
        chosen.progress = progress
        return chosen
    }
}
