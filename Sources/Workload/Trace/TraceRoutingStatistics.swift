/// Which experts tokens take: use, reuse, caches, predictability, unions.
struct TraceRoutingStatistics: Sendable {
    private struct Mean: Sendable {
        var sum = 0.0
        var count = 0

        mutating func add(_ value: Double) {
            sum += value
            count += 1
        }
    }

    /// What is remembered of a request in one layer.
    private struct Trail: Sendable {
        var token: Int32 = -2
        var experts: [Int32] = []
        /// One LRU list per cache size, the most recent last.
        var caches: [[Int32]]
    }

    private struct Place: Hashable, Sendable {
        var request: Int32
        var layer: Int32
    }

    private let shape: TraceModelShape
    private let cacheSizes: [Int]
    private let guessWidth: Int
    /// `[layer][expert]`: tokens that took it.
    private var use: [[Int]]
    private var tokens: [Int]
    private var reuse: [Mean]
    /// `[layer][size]`
    private var cacheHits: [[Mean]]
    private var trails: [Place: Trail] = [:]
    /// `[layer][expert × experts + next]`: tokens that took `expert` here and `next` in the layer after.
    private var successors: [[Int32]]
    private var tableRecall: [Mean]
    /// `[layer][source 0: feed-forward input, 1: output][width beyond k]`: recall of the layer after.
    private var gateRecall: [[[Mean]]]
    /// `[layer]`: distinct experts by number of tokens in the pass.
    private var unions: [[Int: Mean]]
    private var topWeight: [Mean]

    init(_ shape: TraceModelShape, _ options: TraceStatistics.Options, guessWidth: Int) {
        self.shape = shape
        cacheSizes = options.cacheSizes
        self.guessWidth = guessWidth
        let layers = shape.experts > 0 ? shape.layers : 0
        use = Array(repeating: Array(repeating: 0, count: shape.experts), count: layers)
        tokens = Array(repeating: 0, count: layers)
        reuse = Array(repeating: Mean(), count: layers)
        topWeight = reuse
        tableRecall = reuse
        cacheHits = Array(repeating: Array(repeating: Mean(), count: options.cacheSizes.count), count: layers)
        successors = Array(repeating: [], count: layers)
        let widths = max(0, guessWidth - shape.topK + 1)
        gateRecall = Array(
            repeating: Array(repeating: Array(repeating: Mean(), count: widths), count: 2), count: layers)
        unions = Array(repeating: [:], count: layers)
    }

    mutating func add(_ records: TraceRecords) {
        let routes = Self.ranges(records.routes)
        let guesses = Self.ranges(records.guesses)
        for (layer, range) in routes.sorted(by: { $0.key < $1.key }) {
            var union = Set<Int32>()
            for index in range {
                let experts = records.experts(ofRoute: index, topK: shape.topK)
                union.formUnion(experts)
                addToken(records.routes[index], experts)
                let gates = records.gates[index * shape.topK..<(index + 1) * shape.topK]
                topWeight[layer].add(Double(gates.first!) / Double(max(gates.reduce(0) { $0 + Int($1) }, 1)))
            }
            unions[layer][range.count, default: Mean()].add(Double(union.count))
            guard let next = routes[layer + 1], next.count == range.count else { continue }
            for (here, after) in zip(range, next) { addSuccessor(layer, here, after, records) }
            guard let guessed = guesses[layer], guessed.count == next.count else { continue }
            for (guess, after) in zip(guessed, next) { addGuess(layer, guess, after, records) }
        }
        // Guesses of a dense layer before a sparse one have no routes of their own.
        for (layer, guessed) in guesses where routes[layer] == nil {
            guard let next = routes[layer + 1], next.count == guessed.count else { continue }
            for (guess, after) in zip(guessed, next) { addGuess(layer, guess, after, records) }
        }
    }

    /// Where each layer's entries lie; a layer's entries are contiguous.
    private static func ranges(_ keys: [TraceRecords.Key]) -> [Int: Range<Int>] {
        var result: [Int: Range<Int>] = [:]
        var start = 0
        for index in keys.indices where index + 1 == keys.count || keys[index + 1].layer != keys[index].layer {
            result[Int(keys[index].layer)] = start..<index + 1
            start = index + 1
        }
        return result
    }

    private mutating func addToken(_ key: TraceRecords.Key, _ experts: ArraySlice<Int32>) {
        let layer = Int(key.layer)
        tokens[layer] += 1
        for expert in experts { use[layer][Int(expert)] += 1 }
        let place = Place(request: key.request, layer: key.layer)
        // Taken out while it changes, so that its arrays are not copied.
        var trail = trails.removeValue(forKey: place) ?? Trail(caches: Array(repeating: [], count: cacheSizes.count))
        if trail.token + 1 == key.token {
            let shared = experts.reduce(0) { $0 + (trail.experts.contains($1) ? 1 : 0) }
            reuse[layer].add(Double(shared) / Double(shape.topK))
        }
        trail.token = key.token
        trail.experts = Array(experts)
        for (number, size) in cacheSizes.enumerated() {
            for expert in experts {
                let hit = trail.caches[number].firstIndex(of: expert)
                cacheHits[layer][number].add(hit == nil ? 0 : 1)
                if let hit { trail.caches[number].remove(at: hit) }
                trail.caches[number].append(expert)
                if trail.caches[number].count > size { trail.caches[number].removeFirst() }
            }
        }
        trails[place] = trail
    }

    /// Predicts the next layer's experts from the counts so far, then counts this token.
    private mutating func addSuccessor(_ layer: Int, _ here: Int, _ after: Int, _ records: TraceRecords) {
        let experts = records.experts(ofRoute: here, topK: shape.topK)
        let next = records.experts(ofRoute: after, topK: shape.topK)
        if successors[layer].isEmpty {
            successors[layer] = Array(repeating: 0, count: shape.experts * shape.experts)
        }
        var scores = [Int32](repeating: 0, count: shape.experts)
        for expert in experts {
            for candidate in 0..<shape.experts {
                scores[candidate] += successors[layer][Int(expert) * shape.experts + candidate]
            }
        }
        let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
        let hits = order.prefix(shape.topK).reduce(0) { $0 + (next.contains(Int32($1)) ? 1 : 0) }
        tableRecall[layer].add(Double(hits) / Double(shape.topK))
        for expert in experts {
            for candidate in next { successors[layer][Int(expert) * shape.experts + Int(candidate)] += 1 }
        }
    }

    private mutating func addGuess(_ layer: Int, _ guess: Int, _ after: Int, _ records: TraceRecords) {
        let next = records.experts(ofRoute: after, topK: shape.topK)
        for source in 0..<2 {
            let start = (2 * guess + source) * guessWidth
            for width in gateRecall[layer][source].indices {
                let guessed = records.guessedExperts[start..<start + shape.topK + width]
                let hits = next.reduce(0) { $0 + (guessed.contains($1) ? 1 : 0) }
                gateRecall[layer][source][width].add(Double(hits) / Double(shape.topK))
            }
        }
    }

    var rows: [TraceStatistics.Row] {
        var rows: [TraceStatistics.Row] = []
        func append(_ statistic: String, _ variant: String, _ layer: Int, _ mean: Mean) {
            guard mean.count > 0 else { return }
            rows.append(
                .init(
                    statistic: statistic, variant: variant, layer: layer, value: mean.sum / Double(mean.count),
                    count: mean.count))
        }
        for layer in use.indices where tokens[layer] > 0 {
            let total = tokens[layer] * shape.topK
            for (expert, count) in use[layer].enumerated() {
                append("expert_use", "\(expert)", layer, Mean(sum: Double(count), count: total))
            }
            append("expert_reuse_next_token", "", layer, reuse[layer])
            // If tokens were independent: Σ P(expert in set)² / k.
            let chance = use[layer].reduce(0.0) {
                $0 + (Double($1) / Double(tokens[layer])) * (Double($1) / Double(tokens[layer]))
            }
            append(
                "expert_reuse_if_independent", "", layer,
                Mean(sum: chance / Double(shape.topK) * Double(tokens[layer]), count: tokens[layer]))
            append("router_top1_weight", "", layer, topWeight[layer])
            for (number, size) in cacheSizes.enumerated() {
                append("lru_hit_rate", "\(size) experts", layer, cacheHits[layer][number])
            }
        }
        for layer in use.indices {
            append("next_layer_recall_table", "", layer, tableRecall[layer])
            for (source, name) in ["input", "output"].enumerated() {
                for (width, mean) in gateRecall[layer][source].enumerated() {
                    append("next_layer_recall_gate", "\(name), \(shape.topK + width) experts", layer, mean)
                }
            }
            for (count, mean) in unions[layer].sorted(by: { $0.key < $1.key }) {
                append("distinct_experts_per_pass", "\(count) tokens", layer, mean)
            }
        }
        return rows
    }
}
