import Quantities

/// One replay to do: a model, its routes, where its experts are kept and how they get to the compute unit.
public struct OffloadRun: Sendable {
    public var model: ExpertModel
    public var events: ExpertEvents
    public var cache: CacheSpecification
    public var prefetch: PrefetchSpecification
    /// Widths of the experts.
    public var widths: ExpertWidths
    /// What chose the widths of single experts, for reports.
    public var widthsOrigin: String?
    /// Bits of each other weight, and of the experts' once widened.
    public var residentBits: Double
    /// The device; without one the cache is replayed alone, without prefetching.
    public var machine: OffloadMachine?
    /// Whether every expert is in memory from the start: what offloading is compared with.
    public var isResident: Bool

    /// - Precondition: the events are of the model's shape.
    public init(
        model: ExpertModel, events: ExpertEvents, cache: CacheSpecification, prefetch: PrefetchSpecification? = nil,
        widths: ExpertWidths = .uniform(16), residentBits: Double = 16, machine: OffloadMachine? = nil,
        isResident: Bool = false
    ) {
        precondition(events.shape == model.routes, "the routes are not of this model")
        self.model = model
        self.events = events
        self.cache = cache
        self.prefetch = prefetch ?? PrefetchSpecification(.none, shape: model.routes)
        self.widths = widths
        self.residentBits = residentBits
        self.machine = machine
        self.isResident = isResident
    }

    /// Bytes of each expert as it is kept: `[layer · experts + expert]`.
    public var expertSizes: [Int] {
        (0..<model.routes.blocks).map { model.expertBytes(bitsPerWeight: widths.kept($0)) }
    }

    var largestExpert: Int {
        switch widths {
        case .uniform(let bits): model.expertBytes(bitsPerWeight: bits)
        case .perExpert(let bits): model.expertBytes(bitsPerWeight: bits.max() ?? 0)
        case .byGateWeight(let high, _, _, _): model.expertBytes(bitsPerWeight: high)
        }
    }

    /// Everything beside model, routes and machine as one text: equal texts give equal results.
    public var inputs: String {
        "\(cache) \(prefetch.policy) \(prefetch.staging) \(prefetch.lookahead) \(prefetch.width ?? 0) \(prefetch.recall) "
            + "\(prefetch.widening) \(prefetch.ringLayers) \(prefetch.seed) \(widths) \(residentBits) \(isResident) "
            + "\(events.batch) \(events.steps.count) \(events.contextTokens.reduce(0, +))"
    }

    /// Does the replay.
    ///
    /// Without a machine the cache is replayed alone. A prefetcher, and widths chosen by gate weights, are then replayed
    /// as if every read took no time: each guess arrives before it is needed.
    ///
    /// - Parameter progress: called now and then with the steps done.
    public func result(progress: (_ steps: Int) -> Void = { _ in }) -> OffloadResult {
        if machine == nil, prefetch.policy == .none, !widths.dependOnGate, !isResident {
            return untimed(CacheReplay(events, cache, sizes: expertSizes, progress: progress))
        }
        var timed = TimedReplay(self, machine: machine ?? .withoutClock)
        let (totals, layers, steps) = timed.replay(progress: progress)
        return OffloadResult(
            run: self, totals: totals, layers: layers, steps: steps, unionOverCapacity: unionOverCapacity)
    }

    private var unionOverCapacity: Double? {
        isResident ? nil : events.unionOverCapacity(cache.capacity, sizes: expertSizes)
    }

    /// The cache alone, each missing expert demanded.
    private func untimed(_ replay: CacheReplay) -> OffloadResult {
        var totals = OffloadTotals()
        totals.hits = replay.hits
        totals.misses = replay.misses
        totals.demandBytes = replay.missedBytes.reduce(0, +)
        let layers = zip(replay.layers, replay.missedBytes).map { layer, bytes in
            var counts = OffloadTotals.Layer()
            counts.hits = layer.hits
            counts.misses = layer.misses
            counts.demandBytes = bytes
            return counts
        }
        let steps = zip(events.steps, replay.steps).map { step, counts in
            OffloadTotals.Step(
                isPrefill: step.isPrefill, tokens: step.tokens.count, yieldsToken: step.yieldsToken,
                firstToken: step.tokens[0], start: 0, end: 0, hits: counts.hits, misses: counts.misses, exposedIO: 0)
        }
        return OffloadResult(
            run: self, totals: totals, layers: layers, steps: steps, unionOverCapacity: unionOverCapacity)
    }
}

extension OffloadMachine {
    /// Reads that take no time beside computation that does: what a replay without a clock is.
    fileprivate static let withoutClock = OffloadMachine(
        name: "",
        compute: RooflineUnit(
            name: "", peak: OperationsPerSecond(1_000_000_000_000), efficiency: 1, layerLatency: .microseconds(1)),
        memory: WorkingMemory(capacity: Bytes(1), bandwidth: BytesPerSecond(1_000_000_000_000), efficiency: 1),
        storage: StorageDevice(
            name: "", latency: .zero, randomBandwidth: BytesPerSecond(1 << 60), blockSize: Bytes(1 << 40),
            queueDepth: 1))
}
