/// What a replay found, and the figures that follow from it.
public struct OffloadResult: Sendable {
    public let run: OffloadRun
    public let totals: OffloadTotals
    public let layers: [OffloadTotals.Layer]
    /// Without a machine the times are 0.
    public let steps: [OffloadTotals.Step]
    /// As `ExpertEvents.unionOverCapacity`; nil for a cache without room.
    public let unionOverCapacity: Double?

    public var isTimed: Bool { run.machine != nil }

    /// Experts found in the cache over experts needed; 0 if none were needed.
    public var hitRate: Double { share(totals.hits, of: totals.hits + totals.misses) }
    /// Prefetched experts that were needed where they were expected, over all prefetched; nil if there were none.
    public var prefetchAccuracy: Double? {
        totals.prefetches == 0 ? nil : share(totals.prefetchesUsed, of: totals.prefetches)
    }

    /// Mean time of a decoding step: what a request waits for a token; nil if there are only prompts.
    public var timePerToken: Double? {
        let decoding = steps.filter { !$0.isPrefill }
        return decoding.isEmpty ? nil : seconds(decoding.reduce(0) { $0 + $1.end - $1.start }) / Double(decoding.count)
    }

    /// Mean time from the start of a request's first step to the end of the first one that yields a token.
    public var timeToFirstToken: Double? {
        var starts: [Int: Int] = [:]
        var waits: [Int: Int] = [:]
        for (index, step) in steps.enumerated() {
            for token in step.isPrefill ? [step.firstToken] : run.events.steps[index].tokens {
                let request = run.events.request(ofToken: token)
                if starts[request] == nil { starts[request] = step.start }
                if step.yieldsToken, waits[request] == nil { waits[request] = step.end - starts[request]! }
            }
        }
        return waits.isEmpty ? nil : seconds(waits.values.reduce(0, +)) / Double(waits.count)
    }

    /// Tokens of output, of all requests.
    public var outputTokens: Int {
        steps.reduce(0) { $0 + ($1.yieldsToken ? ($1.isPrefill ? 1 : $1.tokens) : 0) }
    }

    /// Tokens of output in a second of the whole run.
    public var tokensPerSecond: Double {
        totals.time == 0 ? 0 : Double(outputTokens) / seconds(totals.time)
    }

    /// Joules of a token of output: bytes through storage and memory at their energies, the unit's active power while
    /// it computes and the idle power throughout; what the machine file does not state counts nothing.
    public var energyPerToken: Double {
        guard let machine = run.machine, outputTokens > 0 else { return 0 }
        // What is read from storage is written to memory.
        let memory = Double(totals.memoryBytes + totals.storageBytes) * 8 * (machine.memory.energy?.value ?? 0)
        let storage = Double(totals.storageBytes) * 8 * (machine.storage.energy?.value ?? 0)
        let active = (machine.compute.activePower?.value ?? 0) * 1e-3 * seconds(totals.compute)
        let idle = (machine.idlePower?.value ?? 0) * 1e-3 * seconds(totals.time)
        return ((memory + storage) * 1e-12 + active + idle) / Double(outputTokens)
    }

    func seconds(_ picoseconds: Int) -> Double { Double(picoseconds) * 1e-12 }

    private func share(_ part: Int, of whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }
}
