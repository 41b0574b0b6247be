/// What the replay of a cache counted.
public struct CacheReplay: Hashable, Sendable {
    /// Of one layer, or of one step.
    public struct Layer: Hashable, Sendable {
        public var hits = 0
        public var misses = 0
    }

    public let specification: CacheSpecification
    public internal(set) var layers: [Layer]
    /// Bytes of the missing experts of each layer; zeros if the sizes are not known.
    public internal(set) var missedBytes: [Int]
    /// Experts found in the cache in each step, and not found there.
    public internal(set) var steps: [Layer]

    public var hits: Int { layers.reduce(0) { $0 + $1.hits } }
    public var misses: Int { layers.reduce(0) { $0 + $1.misses } }
    /// Experts found in the cache over experts needed; 0 if none were needed.
    public var hitRate: Double { hits + misses == 0 ? 0 : Double(hits) / Double(hits + misses) }

    /// Replays all events against an empty cache, without a clock.
    ///
    /// - Parameters:
    ///   - sizes: bytes of each expert (`layer · experts + expert`), needed under a capacity in bytes.
    ///   - progress: called with the steps done, after some thousand events each.
    public init(
        _ events: ExpertEvents, _ specification: CacheSpecification, sizes: [Int]? = nil,
        progress: (_ steps: Int) -> Void = { _ in }
    ) {
        let shape = events.shape
        var cache = ExpertCache(
            specification, shape: shape, sizes: sizes,
            popularity: specification.policy == .static ? events.popularity() : nil)
        let nextUses = specification.policy == .belady ? events.nextUses() : []
        var layers = [Layer](repeating: Layer(), count: shape.layers)
        var missedBytes = [Int](repeating: 0, count: shape.layers)
        var steps: [Layer] = []
        steps.reserveCapacity(events.steps.count)
        var step = Layer()
        var layer = 0
        for event in 0..<events.count {
            let hits: Int
            if let sizes {
                hits = cache.take(events, event: event, nextUses: nextUses) { entry in
                    missedBytes[layer] += sizes[layer * shape.experts + Int(events.experts[entry])]
                }
            } else {
                hits = cache.take(events, event: event, nextUses: nextUses)
            }
            layers[layer].hits += hits
            let misses = events.offsets[event + 1] - events.offsets[event] - hits
            layers[layer].misses += misses
            step.hits += hits
            step.misses += misses
            layer += 1
            guard layer == shape.layers else { continue }
            layer = 0
            steps.append(step)
            step = Layer()
            if steps.count & 0xFF == 0 { progress(steps.count) }
        }
        self.specification = specification
        self.layers = layers
        self.missedBytes = missedBytes
        self.steps = steps
    }
}
