import Hardware

/// Time in which nothing runs.
extension Engine {
    /// Idle time that was not gone through.
    public struct Skipped: Sendable, Equatable {
        /// NPU and memory cycles by which the engine's clocks are now behind.
        public var cycles = 0
        public var memoryCycles = 0
        /// Rounds of refresh of each channel in them.
        public var refreshRounds = 0

        public static func += (left: inout Skipped, right: Skipped) {
            left.cycles += right.cycles
            left.memoryCycles += right.memoryCycles
            left.refreshRounds += right.refreshRounds
        }

        public init() {}
    }

    /// Lets `cycles` NPU cycles pass without work, at no cost however many they are.
    ///
    /// Once refresh has closed all rows, an idle machine is in the same state after each round of refreshes (buffered
    /// writes stay where they are). Two rounds are gone through; whole rounds after them are skipped, the rest is gone
    /// through again, so that what runs next finds the refresh phase that it would have found.
    public mutating func idle(_ cycles: Int) -> Skipped {
        precondition(runs.allSatisfy { $0 == nil }, "nothing runs in idle time")
        precondition(cycles >= 0, "time does not run backwards")
        var skipped = Skipped()
        let round = max(1, channels[0].refreshRound)
        // As many rounds as make a whole number of both clocks' cycles.
        let rounds = clocks.repetitions(ofMemory: round)
        let period = clocks.npuTick(ofMemory: rounds * round)
        let lead = clocks.npuTick(ofMemory: 2 * round)
        if cycles > lead + period {
            now += lead
            runChannels(until: clocks.memoryTick(ofNPU: now))
            let periods = (cycles - lead) / period
            skipped.cycles = periods * period
            skipped.memoryCycles = periods * rounds * round
            skipped.refreshRounds = channels[0].refreshRound > 0 ? periods * rounds : 0
            now += (cycles - lead) % period
            skipActivity(skipped)
        } else {
            now += cycles
        }
        return skipped
    }

    /// Tells the profiles of what is busy when that time has passed.
    private mutating func skipActivity(_ skipped: Skipped) {
        _ = (npuBusy.settle(), arraysBusy.settle(), vectorsBusy.settle())
        npuBusy.skip(skipped.cycles)
        arraysBusy.skip(skipped.cycles)
        vectorsBusy.skip(skipped.cycles)
        for channel in leaders { channels[channel].skipActivity(skipped.memoryCycles) }
    }
}
