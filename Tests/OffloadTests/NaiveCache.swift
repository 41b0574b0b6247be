import Offload

/// A cache as slow and plain as can be, for one policy other than Fate's: a set of blocks and a score for each.
struct NaiveCache {
    let specification: CacheSpecification
    let shape: RouteShape
    let sizes: [Int]

    struct Block: Hashable, Comparable {
        let layer: Int
        let expert: Int

        static func < (left: Block, right: Block) -> Bool { (left.layer, left.expert) < (right.layer, right.expert) }
    }

    /// Hits of each event.
    func hits(_ routes: Routes) -> [Int] {
        let events = routes.tokens.indices.flatMap { token in
            (0..<shape.layers).map { layer in
                (token, Set(slots(routes, token, layer).map { Block(layer: layer, expert: $0) }))
            }
        }
        var cached: Set<Block> = []
        var hits: [Int] = []
        for (index, event) in events.enumerated() {
            let (token, members) = event
            let layer = index % shape.layers
            hits.append(members.intersection(cached).count)
            let past = Past(
                events: events[...index].map(\.1), later: events[(index + 1)...].map(\.1), routes: routes, token: token)
            for block in members.subtracting(cached).sorted() {
                let pool = cached.filter { specification.scope == .global || $0.layer == layer }
                let room = specification.capacity.units / (specification.scope == .layer ? shape.layers : 1)
                guard size(block) <= room else { continue }
                var taken = pool.reduce(0) { $0 + size($1) }
                var candidates = pool.subtracting(members)
                while taken + size(block) > room {
                    let scores = candidates.map { (score($0, layer, past), $0) }
                    guard let victim = scores.min(by: { ($0.0, $0.1) < ($1.0, $1.1) })?.1 else { break }
                    cached.remove(victim)
                    candidates.remove(victim)
                    taken -= size(victim)
                }
                if taken + size(block) <= room { cached.insert(block) }
            }
        }
        return hits
    }

    private struct Past {
        let events: [Set<Block>]
        let later: [Set<Block>]
        let routes: Routes
        let token: Int

        func uses(_ block: Block) -> Double { Double(events.count { $0.contains(block) }) }
        func lastUse(_ block: Block) -> Double { Double((events.lastIndex { $0.contains(block) } ?? -1) + 1) }
        func nextUse(_ block: Block) -> Double {
            later.firstIndex { $0.contains(block) }.map { Double($0) } ?? .infinity
        }
    }

    private func slots(_ routes: Routes, _ token: Int, _ layer: Int) -> [Int] {
        let first = (token * shape.layers + layer) * shape.topK
        return routes.experts[first..<first + shape.topK].map(Int.init)
    }

    private func size(_ block: Block) -> Int {
        if case .experts = specification.capacity { 1 } else { sizes[block.layer * shape.experts + block.expert] }
    }

    /// The least is evicted.
    private func score(_ block: Block, _ current: Int, _ past: Past) -> Double {
        let layers = shape.layers
        let ahead = (block.layer - current + layers) % layers
        let behind = (current - block.layer + layers) % layers
        switch specification.policy {
        case .lru: return past.lastUse(block)
        case .lfu: return past.uses(block)
        case .edgemoe: return past.uses(block) / Double(ahead == 0 ? layers : ahead)
        case .edgemoePrinted: return past.uses(block) / Double(behind == 0 ? layers : behind)
        case .static: return past.uses(block) + Double(past.later.count { $0.contains(block) })
        case .belady: return -past.nextUse(block)
        case .moeInfinity:
            let request = past.routes.tokens[past.token].request
            let start = past.routes.tokens.firstIndex { $0.request == request }! * layers
            let current = past.events[start...]
            let uses = Double(current.count { $0.contains(block) })
            let total = Double(current.reduce(0) { $0 + $1.count { $0.layer == block.layer } })
            return ((total == 0 ? 0 : uses / total) + 0.001) * (1 - Double(block.layer) / Double(layers))
        case .hobbit:
            let precise = past.events.indices.filter {
                past.events[$0].contains(block) && isPrecise(past.routes, $0, block)
            }
            let sum = past.lastUse(block) + (past.uses(block) + Double(precise.count)) * Double(layers)
            return sum / Double(past.events.count) + 1 - Double(ahead) / Double(layers)
        case .fate: preconditionFailure("Fate's caches are lists, not scores")
        }
    }

    private func isPrecise(_ routes: Routes, _ event: Int, _ block: Block) -> Bool {
        guard !routes.weights.isEmpty else { return true }
        let experts = slots(routes, event / shape.layers, event % shape.layers)
        let first = event * shape.topK
        let weights = Array(routes.weights[first..<first + shape.topK])
        let own = weights[experts.firstIndex(of: block.expert)!]
        let before = weights.filter { $0 > own }.sorted(by: >).reduce(Float(0), +)
        let total = weights.sorted(by: >).reduce(Float(0), +)
        return abs(before / total - 0.6) < 1e-5 ? before / total <= 0.6 : before / total < 0.6
    }
}

extension CacheCapacity {
    var units: Int {
        switch self {
        case .experts(let units), .bytes(let units): units
        }
    }
}
