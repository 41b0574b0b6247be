/// A cache of experts, event-atomic.
///
/// All experts of one event (step and layer) are judged together against the cache as it stood; none of them is
/// evicted for another; each missing one is admitted in ascending order, if others than those of the event can make
/// room, and passes through otherwise. The cache lives on across requests.
///
/// Each policy gives an expert a key that changes only when the expert is used; the score of an expert follows from
/// its key, its layer and the current layer, and rises with the key within a layer. So the victim is among the layers'
/// experts of least key, which are remembered: an eviction costs a look at each layer and one layer's experts.
struct ExpertCache {
    let specification: CacheSpecification
    let layers: Int
    let experts: Int
    /// The room of each pool (one, or one for each layer), in experts or bytes.
    let room: [Int]
    /// What is taken of each pool's room.
    private(set) var used: [Int]
    /// Room that an expert (`layer · experts + expert`) takes.
    private let sizes: [Int]
    private(set) var isCached: [Bool]
    /// The policy's keys, of experts in the cache or not.
    private var keys: [Int]
    /// The keys of the experts that may be evicted; `absent` for others.
    private var evictable: [Int]
    /// The expert of each layer that its key would evict; `isStale` if it must be looked for again.
    private var candidates: [Int]
    private var isStale: [Bool]
    /// Uses of each expert and precise uses, summed, for HOBBIT.
    private var uses: [Int]
    /// Uses in each layer in the current request, for MoE-Infinity.
    private var layerUses: [Int]
    private var arcs: [AdaptiveReplacement] = []
    private let popularity: [Int]
    private var lastRequest: Int?
    /// Events so far.
    private(set) var clock = 0

    private static let absent = Int.max
    private static let nobody = -1

    /// - Parameters:
    ///   - sizes: bytes of each expert, needed under a capacity in bytes.
    ///   - popularity: uses of each expert in the whole trace, needed by `CachePolicy.static`.
    init(_ specification: CacheSpecification, shape: RouteShape, sizes: [Int]? = nil, popularity: [Int]? = nil) {
        self.specification = specification
        layers = shape.layers
        experts = shape.experts
        switch specification.capacity {
        case .experts: self.sizes = Array(repeating: 1, count: shape.blocks)
        case .bytes:
            guard let sizes else { preconditionFailure("a capacity in bytes needs the sizes of the experts") }
            self.sizes = sizes
        }
        isCached = Array(repeating: false, count: shape.blocks)
        keys = Array(repeating: 0, count: shape.blocks)
        uses = Array(repeating: 0, count: shape.blocks)
        evictable = Array(repeating: Self.absent, count: shape.blocks)
        candidates = Array(repeating: Self.nobody, count: shape.layers)
        isStale = Array(repeating: false, count: shape.layers)
        layerUses = Array(repeating: 0, count: shape.layers)
        self.popularity = popularity ?? []
        let units = specification.capacity.units
        if specification.policy == .fate {
            let sizes = self.sizes
            room = FatePartition.rooms(units, shape: shape, sizes: sizes)
            arcs = room.enumerated().map { layer, room in
                AdaptiveReplacement(
                    sizes: Array(sizes[layer * shape.experts..<(layer + 1) * shape.experts]), room: room)
            }
        } else if specification.scope == .layer {
            room = Array(repeating: units / shape.layers, count: shape.layers)
        } else {
            room = [units]
        }
        used = Array(repeating: 0, count: room.count)
        if specification.policy == .static {
            precondition(self.popularity.count == shape.blocks, "a static policy needs the uses of every expert")
            keys = self.popularity
        }
    }

    /// What is cached in all, in experts or bytes.
    var occupied: Int { specification.policy == .fate ? arcs.reduce(0) { $0 + $1.used } : used.reduce(0, +) }

    /// Whether an expert is in the cache.
    func contains(_ block: Int) -> Bool {
        specification.policy == .fate ? arcs[block / experts].contains(block % experts) : isCached[block]
    }

    /// Takes an event: judges its experts, admits the missing ones and evicts what must go.
    ///
    /// - Parameters:
    ///   - entries: the event's range in `events.experts`.
    ///   - nextUses: of `events`, needed by `CachePolicy.belady`.
    ///   - onMiss: called with each missing entry, in ascending order.
    /// - Returns: how many experts were in the cache.
    mutating func take(
        _ events: ExpertEvents, event: Int, nextUses: [Int], onMiss: (_ entry: Int) -> Void = { _ in }
    ) -> Int {
        clock = event + 1
        let layer = event % layers
        beginRequest(events.firstRequest[event / layers])
        let entries = events.offsets[event]..<events.offsets[event + 1]
        if specification.policy == .fate { return arcs[layer].take(events.experts, entries, onMiss) }
        let base = layer * experts
        var hits = 0
        for entry in entries {
            let block = base + Int(events.experts[entry])
            if isCached[block] {
                hits += 1
                evictable[block] = Self.absent
            }
            use(block, layer, events.weightBefore[entry], specification.policy == .belady ? nextUses[entry] : 0)
        }
        isStale[layer] = true
        if hits < entries.count {
            for entry in entries where !isCached[base + Int(events.experts[entry])] {
                onMiss(entry)
                admit(base + Int(events.experts[entry]), layer)
            }
        }
        for entry in entries where isCached[base + Int(events.experts[entry])] {
            let block = base + Int(events.experts[entry])
            evictable[block] = keys[block]
        }
        isStale[layer] = true
        return hits
    }

    /// Notes the use of an expert in its key.
    @inline(__always)
    private mutating func use(_ block: Int, _ layer: Int, _ weightBefore: Float, _ nextUse: Int) {
        switch specification.policy {
        case .lru: keys[block] = clock
        case .lfu, .edgemoe, .edgemoePrinted: keys[block] += 1
        case .static, .fate: break
        case .belady: keys[block] = -nextUse
        case .moeInfinity:
            keys[block] += 1
            layerUses[layer] += 1
        case .hobbit: useInHobbit(block, isPrecise: weightBefore <= HobbitScore.preciseWeight)
        }
    }

    /// Starts the counts of MoE-Infinity anew with each request.
    private mutating func beginRequest(_ request: Int) {
        guard specification.policy == .moeInfinity, request != lastRequest else { return }
        lastRequest = request
        for block in keys.indices {
            keys[block] = 0
            if isCached[block] { evictable[block] = 0 }
        }
        for layer in 0..<layers {
            layerUses[layer] = 0
            isStale[layer] = true
        }
    }

    /// HOBBIT's key: the event of the last use, plus a step's worth for each use and each precise one, so that all
    /// three, divided by the time so far, weigh the same.
    private mutating func useInHobbit(_ block: Int, isPrecise: Bool) {
        uses[block] += isPrecise ? 2 : 1
        keys[block] = clock + uses[block] * layers
    }

    /// Puts an expert of the current layer into the cache if the others can make room.
    private mutating func admit(_ block: Int, _ layer: Int) {
        let pool = room.count == 1 ? 0 : layer
        let size = sizes[block]
        guard size <= room[pool] else { return }
        while used[pool] + size > room[pool] {
            let victim = victim(layer)
            if victim == Self.nobody { return }
            isCached[victim] = false
            evictable[victim] = Self.absent
            isStale[victim / experts] = true
            used[pool] -= sizes[victim]
        }
        used[pool] += size
        isCached[block] = true
    }

    /// The expert to evict while an event of `current` is taken.
    private mutating func victim(_ current: Int) -> Int {
        if room.count > 1 { return candidate(current) }
        for layer in 0..<layers where isStale[layer] { _ = candidate(layer) }
        var best = Self.nobody
        var bestScore = Double.infinity
        candidates.withUnsafeBufferPointer { candidates in
            keys.withUnsafeBufferPointer { keys in
                for layer in 0..<layers where candidates[layer] != Self.nobody {
                    let score = score(layer, keys[candidates[layer]], current)
                    if best == Self.nobody || score < bestScore { (best, bestScore) = (candidates[layer], score) }
                }
            }
        }
        return best
    }

    /// The evictable expert of least key in a layer.
    @inline(__always)
    private mutating func candidate(_ layer: Int) -> Int {
        if isStale[layer] {
            isStale[layer] = false
            var least = Self.absent
            var best = Self.nobody
            evictable.withUnsafeBufferPointer { evictable in
                for block in layer * experts..<(layer + 1) * experts where evictable[block] < least {
                    least = evictable[block]
                    best = block
                }
            }
            candidates[layer] = best
        }
        return candidates[layer]
    }

    /// How much an expert is worth keeping; the least is evicted.
    @inline(__always)
    private func score(_ layer: Int, _ key: Int, _ current: Int) -> Double {
        switch specification.policy {
        case .lru, .lfu, .static, .belady, .fate: return Double(key)
        case .edgemoe:
            let distance = layer >= current ? layer - current : layer - current + layers
            return Double(key) / Double(distance == 0 ? layers : distance)
        case .edgemoePrinted:
            let distance = current >= layer ? current - layer : current - layer + layers
            return Double(key) / Double(distance == 0 ? layers : distance)
        case .moeInfinity:
            let share = layerUses[layer] == 0 ? 0 : Double(key) / Double(layerUses[layer])
            return (share + 0.001) * (1 - Double(layer) / Double(layers))
        case .hobbit:
            return HobbitScore.value(key: key, clock: clock, layer: layer, current: current, layers: layers)
        }
    }
}

/// The parts of HOBBIT's priority that are not in its keys.
enum HobbitScore {
    /// An expert is loaded at high precision if the gate weights before it sum to at most this (arXiv 2411.01433).
    static let preciseWeight: Float = 0.6

    /// (last use + uses + precise uses, each as a share of the time so far) + (1 - distance ahead / layers).
    @inline(__always)
    static func value(key: Int, clock: Int, layer: Int, current: Int, layers: Int) -> Double {
        let distance = layer >= current ? layer - current : layer - current + layers
        return Double(key) / Double(clock) + 1 - Double(distance) / Double(layers)
    }
}
