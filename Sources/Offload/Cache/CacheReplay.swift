/// What the replay of a cache counted.
public struct CacheReplay: Hashable, Sendable {
    /// Of one layer.
    public struct Layer: Hashable, Sendable {
        public var hits = 0
        public var misses = 0
    }

    public let specification: CacheSpecification
    public internal(set) var layers: [Layer]
    /// Bytes of the missing experts of each layer; zeros if the sizes are not known.
    public internal(set) var missedBytes: [Int]
    /// Mean number of distinct experts of an event, over the experts that the cache has room for in a layer: above 1,
    /// what one event needs does not fit.
    public let unionOverCapacity: Double

    public var hits: Int { layers.reduce(0) { $0 + $1.hits } }
    public var misses: Int { layers.reduce(0) { $0 + $1.misses } }
    /// Experts found in the cache over experts needed; 0 if none were needed.
    public var hitRate: Double { hits + misses == 0 ? 0 : Double(hits) / Double(hits + misses) }

    /// Replays all events against an empty cache, without a clock.
    ///
    /// - Parameter sizes: bytes of each expert (`layer · experts + expert`), needed under a capacity in bytes.
    public init(_ events: ExpertEvents, _ specification: CacheSpecification, sizes: [Int]? = nil) {
        let shape = events.shape
        var cache = ExpertCache(
            specification, shape: shape, sizes: sizes,
            popularity: specification.policy == .static ? events.popularity() : nil)
        let nextUses = specification.policy == .belady ? events.nextUses() : []
        var layers = [Layer](repeating: Layer(), count: shape.layers)
        var missedBytes = [Int](repeating: 0, count: shape.layers)
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
            layers[layer].misses += events.offsets[event + 1] - events.offsets[event] - hits
            layer = layer + 1 == shape.layers ? 0 : layer + 1
        }
        self.specification = specification
        self.layers = layers
        self.missedBytes = missedBytes
        let expertsHeld =
            switch specification.capacity {
            case .experts(let count): Double(count)
            case .bytes(let bytes): Double(bytes) * Double(shape.blocks) / Double(max(1, sizes!.reduce(0, +)))
            }
        let union = Double(events.experts.count) / Double(max(1, events.count))
        unionOverCapacity = union / (expertsHeld / Double(shape.layers))
    }
}
