/// The replay of expert routes on one time line of computation and reads.
///
/// Each mixture layer runs its segment (attention, router, shared experts), then its experts: those in memory first,
/// the others as their reads end. When the router has decided, missing experts are demanded, wrong prefetches given up
/// and new ones asked for; the device goes on reading while the unit computes. Leaves out the working memory's
/// bandwidth that the reads themselves take.
struct TimedReplay {
    let run: OffloadRun
    let costs: StepCosts
    let events: ExpertEvents
    private var cache: ExpertCache
    private var predictor: Predictor
    private var queue: ReadQueue
    private let nextUses: [Int]
    private let ring: Bool
    private var totals: OffloadTotals
    private var layers: [OffloadTotals.Layer]
    private var tokens: [OffloadTotals.Step] = []

    /// A prefetched expert, or one on its way.
    private struct Staged {
        let block: Int
        let read: Int
        let event: Int
        let bytes: Int
    }
    private var staged: [Staged] = []
    /// The widths at which experts are in the cache.
    private var cachedBits: [Double]
    /// The reads of the layers in the ring, by event.
    private var ringReads: [Int: [Int]] = [:]
    private var missing: [Int] = []
    private var now = 0

    init(_ run: OffloadRun, machine: OffloadMachine) {
        let events = run.events
        let shape = events.shape
        self.run = run
        self.events = events
        costs = StepCosts(model: run.model, machine: machine, residentBits: run.residentBits)
        ring = run.prefetch.policy == .ring && !run.isResident
        var specification = run.cache
        if run.isResident {
            specification = CacheSpecification(policy: .lru, scope: .global, capacity: .experts(shape.blocks))
        }
        if ring { specification.capacity = .experts(0) }
        cache = ExpertCache(
            specification, shape: shape, sizes: run.expertSizes,
            popularity: specification.policy == .static ? events.popularity() : nil)
        nextUses = specification.policy == .belady ? events.nextUses() : []
        predictor = Predictor(run.prefetch, events: events)
        queue = ReadQueue(machine.storage)
        totals = OffloadTotals()
        layers = Array(repeating: OffloadTotals.Layer(), count: shape.layers)
        cachedBits = (0..<shape.blocks).map { run.widths.kept($0) }
    }

    /// Replays all steps.
    ///
    /// - Parameter progress: called with the steps done.
    mutating func replay(
        progress: (_ steps: Int) -> Void
    ) -> (OffloadTotals, [OffloadTotals.Layer], [OffloadTotals.Step]) {
        tokens.reserveCapacity(events.steps.count)
        if ring { for event in 0..<min(run.prefetch.ringLayers, events.count) { askForRing(event, at: 0) } }
        for step in events.steps.indices {
            take(step)
            if step & 0x3F == 0x3F { progress(step + 1) }
        }
        totals.time = now
        totals.ioBusy = queue.busy
        totals.storageBytes = queue.bytes
        return (totals, layers, tokens)
    }

    private mutating func take(_ index: Int) {
        let step = events.steps[index]
        let start = now
        let before = totals
        let first = index * events.shape.layers
        if !run.isResident, !ring {
            queue.advance(to: now)
            prefetch(predictor.guessesBeforeStep(first), after: first - 1, at: now)
        }
        let context = events.contextTokens[index]
        let cached = step.isPrefill ? events.token(step.tokens[step.tokens.count - 1]).position + 1 : context
        for layer in 0..<events.shape.layers {
            compute(costs.segment(layer, tokens: step.tokens.count, context: context, cached: cached))
            if run.isResident {
                runResident(first + layer)
            } else if ring {
                runRing(first + layer)
            } else {
                runLayer(first + layer)
            }
        }
        let outputs = step.yieldsToken ? (step.isPrefill ? 1 : step.tokens.count) : 0
        compute(costs.tail(tokens: step.tokens.count, outputs: outputs, context: context, cached: cached))
        tokens.append(
            OffloadTotals.Step(
                isPrefill: step.isPrefill, tokens: step.tokens.count, yieldsToken: step.yieldsToken,
                firstToken: step.tokens[0], start: start, end: now, hits: totals.hits - before.hits,
                misses: totals.misses - before.misses, exposedIO: totals.exposedIO - before.exposedIO))
    }

    /// Lets the unit work from now on.
    private mutating func compute(_ work: StepCosts.Work) {
        now += work.time
        totals.compute += work.time
        totals.dequantization += work.dequantization
        totals.memoryBytes += work.memoryBytes
    }

    private func bits(_ layer: Int, _ entry: Int) -> Double {
        cachedBits[layer * events.shape.experts + Int(events.experts[entry])]
    }

    private mutating func runExpert(_ layer: Int, _ entry: Int, bits: Double) {
        compute(costs.expert(tokens: Int(events.tokenCounts[entry]), bits: bits))
    }

    private mutating func runResident(_ event: Int) {
        let layer = event % events.shape.layers
        for entry in events.offsets[event]..<events.offsets[event + 1] {
            totals.hits += 1
            layers[layer].hits += 1
            runExpert(layer, entry, bits: bits(layer, entry))
        }
    }

    private mutating func runLayer(_ event: Int) {
        let shape = events.shape
        let layer = event % shape.layers
        let entries = events.offsets[event]..<events.offsets[event + 1]
        let decided = now
        queue.advance(to: decided)
        missing.removeAll(keepingCapacity: true)
        var absent: [Int] = []
        let hits = cache.take(events, event: event, nextUses: nextUses) { absent.append($0) }
        missing = absent
        totals.hits += hits
        totals.misses += missing.count
        layers[layer].hits += hits
        layers[layer].misses += missing.count
        let reads = demand(event, layer, at: decided)
        giveUpGuesses(upTo: event)
        predictor.learn(event)
        let waits = run.prefetch.policy == .speculative
        if !waits { prefetch(predictor.guesses(after: event), after: event, at: decided) }
        var place = 0
        for entry in entries {
            if place < missing.count, missing[place] == entry {
                place += 1
            } else {
                runExpert(layer, entry, bits: bits(layer, entry))
            }
        }
        let arrivals = reads.map { (end: queue.completion(of: $0.read), entry: $0.entry, bits: $0.bits) }
            .sorted { ($0.end, $0.entry) < ($1.end, $1.entry) }
        for arrival in arrivals {
            wait(until: arrival.end, layer)
            runExpert(layer, arrival.entry, bits: arrival.bits)
        }
        if waits {
            let arrived = max(decided, arrivals.last?.end ?? 0)
            queue.advance(to: arrived)
            prefetch(predictor.guesses(after: event), after: event, at: arrived)
        }
    }

    /// Sees that all missing experts are on their way.
    private mutating func demand(_ event: Int, _ layer: Int, at time: Int) -> [(entry: Int, read: Int, bits: Double)] {
        var reads: [(entry: Int, read: Int, bits: Double)] = []
        for entry in missing {
            let block = layer * events.shape.experts + Int(events.experts[entry])
            if let place = staged.firstIndex(where: { $0.block == block }) {
                let guess = staged.remove(at: place)
                totals.prefetchesUsed += 1
                totals.prefetchBytesUsed += guess.bytes
                layers[layer].prefetched += 1
                queue.promote(guess.read)
                cachedBits[block] = run.widths.kept(block)
                reads.append((entry, guess.read, cachedBits[block]))
                continue
            }
            guard let bits = run.widths.loaded(block, weightBefore: events.weightBefore[entry]) else {
                totals.skipped += 1
                layers[layer].skipped += 1
                continue
            }
            let bytes = run.model.expertBytes(bitsPerWeight: bits)
            totals.demandBytes += bytes
            layers[layer].demandBytes += bytes
            cachedBits[block] = bits
            reads.append((entry, queue.ask(bytes: bytes, at: time, isDemand: true), bits))
        }
        // Missing experts are counted in the cache once admitted; those that pass through have a place of their own.
        let passing = missing.count { !cache.contains(layer * events.shape.experts + Int(events.experts[$0])) }
        let held = cachedBytes + (staged.count + passing) * run.largestExpert
        totals.peakExpertBytes = max(totals.peakExpertBytes, held)
        return reads
    }

    private var cachedBytes: Int {
        if case .bytes = run.cache.capacity { return cache.occupied }
        return cache.occupied * run.largestExpert
    }

    /// Drops the prefetches that were meant for an event that is past.
    private mutating func giveUpGuesses(upTo event: Int) {
        staged.removeAll { guess in
            guard guess.event <= event else { return false }
            queue.drop(guess.read)
            totals.wastedBytes += queue.reads[guess.read].issued
            totals.prefetchBytes -= guess.bytes - queue.reads[guess.read].issued
            return true
        }
    }

    private mutating func prefetch(_ guesses: [Predictor.Guess], after event: Int, at time: Int) {
        let shape = events.shape
        for guess in guesses where staged.count < run.prefetch.staging {
            let block = (event + guess.ahead) % shape.layers * shape.experts + guess.expert
            if cache.contains(block) || staged.contains(where: { $0.block == block }) { continue }
            let bytes = run.model.expertBytes(bitsPerWeight: run.widths.kept(block))
            let read = queue.ask(bytes: bytes, at: time, isDemand: false)
            staged.append(Staged(block: block, read: read, event: event + guess.ahead, bytes: bytes))
            totals.prefetches += 1
            totals.prefetchBytes += bytes
        }
    }

    private mutating func askForRing(_ event: Int, at time: Int) {
        guard event < events.count, ringReads[event] == nil else { return }
        let layer = event % events.shape.layers
        ringReads[event] = (0..<events.shape.experts).map { expert in
            let bytes = run.model.expertBytes(bitsPerWeight: run.widths.kept(layer * events.shape.experts + expert))
            totals.prefetches += 1
            totals.prefetchBytes += bytes
            return queue.ask(bytes: bytes, at: time, isDemand: false)
        }
    }

    private mutating func runRing(_ event: Int) {
        let layer = event % events.shape.layers
        let needed = events.offsets[event]..<events.offsets[event + 1]
        totals.misses += needed.count
        layers[layer].misses += needed.count
        totals.prefetchesUsed += needed.count
        layers[layer].prefetched += needed.count
        let reads = ringReads.removeValue(forKey: event)!
        let end = reads.reduce(0) { max($0, queue.completion(of: $1)) }
        wait(until: end, layer)
        for entry in needed {
            totals.prefetchBytesUsed += run.model.expertBytes(bitsPerWeight: bits(layer, entry))
            runExpert(layer, entry, bits: bits(layer, entry))
        }
        totals.wastedBytes = totals.prefetchBytes - totals.prefetchBytesUsed
        let held = run.prefetch.ringLayers * events.shape.experts * run.largestExpert
        totals.peakExpertBytes = max(totals.peakExpertBytes, held)
        queue.advance(to: now)
        askForRing(event + run.prefetch.ringLayers, at: now)
    }

    private mutating func wait(until time: Int, _ layer: Int) {
        guard time > now else { return }
        totals.exposedIO += time - now
        layers[layer].exposedIO += time - now
        now = time
    }
}
