/// The experts that each step needs in each layer: what caches, prefetchers and clocks replay.
///
/// Event `step · layers + layer` holds the distinct experts of its tokens in ascending order.
public struct ExpertEvents: Sendable {
    public let shape: RouteShape
    public let steps: [StepPlan.Step]
    /// Where the experts of each event begin in `experts`, and at the end where the last ones end.
    let offsets: [Int]
    let experts: [UInt16]
    /// How many tokens of the step use each entry of `experts`.
    let tokenCounts: [Int32]
    /// For each entry of `experts`: the least, over its tokens, of the sum of the gate weights before it in the order
    /// of falling weights, of a sum of 1; 0 throughout if the routes have no weights.
    let weightBefore: [Float]
    /// The request of the first token of each step.
    let firstRequest: [Int]
    /// For each step the tokens that its attention looks at: of each decoded token, its position and itself.
    let contextTokens: [Int]
    /// Tokens whose keys and values are kept at most, of all requests that are under way at a time.
    let keptTokens: Int
    /// Requests decoded at a time.
    public let batch: Int
    private let tokens: [Routes.Token]

    public init(_ routes: Routes, plan: StepPlan = StepPlan()) {
        let shape = routes.shape
        let steps = plan.steps(of: routes)
        var builder = Builder(shape: shape, entries: routes.experts.count, events: routes.eventCount)
        routes.experts.withUnsafeBufferPointer { experts in
            routes.weights.withUnsafeBufferPointer { weights in
                for step in steps {
                    for layer in 0..<shape.layers {
                        for token in step.tokens { builder.add(experts, weights, token, layer) }
                        builder.endEvent()
                    }
                }
            }
        }
        self.shape = shape
        self.steps = steps
        offsets = builder.offsets
        experts = builder.experts
        tokenCounts = builder.tokenCounts
        weightBefore = builder.weightBefore
        firstRequest = steps.map { routes.tokens[$0.tokens[0]].request }
        keptTokens = Self.mostKept(steps, routes)
        batch = plan.batch
        tokens = routes.tokens
        contextTokens = steps.map { step in step.tokens.reduce(0) { $0 + routes.tokens[$1].position + 1 } }
    }

    private static func mostKept(_ steps: [StepPlan.Step], _ routes: Routes) -> Int {
        var left: [Int: Int] = [:]
        for token in routes.tokens { left[token.request, default: 0] += 1 }
        var kept: [Int: Int] = [:]
        var (sum, most) = (0, 0)
        for step in steps {
            for place in step.tokens {
                let token = routes.tokens[place]
                sum += token.position + 1 - (kept.updateValue(token.position + 1, forKey: token.request) ?? 0)
                left[token.request]! -= 1
            }
            most = max(most, sum)
            // Those that have finished give their room back.
            for place in step.tokens where left[routes.tokens[place].request] == 0 {
                sum -= kept.removeValue(forKey: routes.tokens[place].request) ?? 0
            }
        }
        return most
    }

    func request(ofToken token: Int) -> Int { tokens[token].request }

    /// A token of the routes by its place in them.
    func token(_ place: Int) -> Routes.Token { tokens[place] }

    public var count: Int { offsets.count - 1 }

    /// The experts of an event in ascending order.
    public func experts(of event: Int) -> ArraySlice<UInt16> {
        experts[offsets[event]..<offsets[event + 1]]
    }

    /// The event after `event` that needs each entry of `experts` again; `never` if there is none.
    func nextUses() -> [Int] {
        var next = [Int](repeating: Self.never, count: experts.count)
        var last = [Int](repeating: Self.never, count: shape.blocks)
        for event in stride(from: count - 1, through: 0, by: -1) {
            let base = event % shape.layers * shape.experts
            for entry in offsets[event]..<offsets[event + 1] {
                let block = base + Int(experts[entry])
                next[entry] = last[block]
                last[block] = event
            }
        }
        return next
    }

    /// How often each expert (`layer · experts + expert`) is needed.
    func popularity() -> [Int] {
        var counts = [Int](repeating: 0, count: shape.blocks)
        for event in 0..<count {
            let base = event % shape.layers * shape.experts
            for entry in offsets[event]..<offsets[event + 1] { counts[base + Int(experts[entry])] += 1 }
        }
        return counts
    }

    /// Mean number of distinct experts of an event, over the experts that a cache has room for in a layer: above 1, what
    /// one event needs does not fit. Nil for a cache without room.
    ///
    /// - Parameter sizes: bytes of each expert, needed under a capacity in bytes.
    func unionOverCapacity(_ capacity: CacheCapacity, sizes: [Int]?) -> Double? {
        let held: Double =
            switch capacity {
            case .experts(let count): Double(count)
            case .bytes(let bytes): Double(bytes) * Double(shape.blocks) / Double(max(1, sizes!.reduce(0, +)))
            }
        guard held > 0 else { return nil }
        return Double(experts.count) / Double(max(1, count)) / (held / Double(shape.layers))
    }

    /// Later than any event.
    static let never = Int.max >> 8
}

/// Gathers the events one after another.
private struct Builder {
    let shape: RouteShape
    var offsets: [Int] = [0]
    var experts: [UInt16] = []
    var tokenCounts: [Int32] = []
    var weightBefore: [Float] = []
    /// For each expert of the layer: tokens of the current event, and the least weight before it.
    private var uses: [Int32]
    private var before: [Float]
    /// The token's slots by falling weight.
    private var order: [Int]

    init(shape: RouteShape, entries: Int, events: Int) {
        self.shape = shape
        uses = Array(repeating: 0, count: shape.experts)
        before = Array(repeating: .infinity, count: shape.experts)
        order = Array(repeating: 0, count: shape.topK)
        offsets.reserveCapacity(events + 1)
        experts.reserveCapacity(entries)
        tokenCounts.reserveCapacity(entries)
        weightBefore.reserveCapacity(entries)
    }

    /// Adds the experts of a token in a layer to the event; `weights` is empty or as long as `all`.
    mutating func add(
        _ all: UnsafeBufferPointer<UInt16>, _ weights: UnsafeBufferPointer<Float>, _ token: Int, _ layer: Int
    ) {
        let first = (token * shape.layers + layer) * shape.topK
        let slots = first..<first + shape.topK
        if weights.isEmpty {
            for slot in slots { note(all[slot], weightBefore: 0) }
            return
        }
        var sum: Float = 0
        order.withUnsafeMutableBufferPointer { order in
            for (rank, slot) in slots.enumerated() {
                var place = rank
                while place > 0, weights[order[place - 1]] < weights[slot] {
                    order[place] = order[place - 1]
                    place -= 1
                }
                order[place] = slot
            }
        }
        for rank in 0..<shape.topK { sum += weights[order[rank]] }
        var earlier: Float = 0
        for rank in 0..<shape.topK {
            note(all[order[rank]], weightBefore: sum > 0 ? earlier / sum : 0)
            earlier += weights[order[rank]]
        }
    }

    @inline(__always)
    private mutating func note(_ expert: UInt16, weightBefore: Float) {
        let place = Int(expert)
        if uses[place] == 0 { insert(expert) }
        uses[place] += 1
        before[place] = min(before[place], weightBefore)
    }

    mutating func endEvent() {
        for entry in offsets[offsets.count - 1]..<experts.count {
            let expert = Int(experts[entry])
            tokenCounts.append(uses[expert])
            weightBefore.append(before[expert])
            uses[expert] = 0
            before[expert] = .infinity
        }
        offsets.append(experts.count)
    }

    /// Puts an expert in its place among those of the current event.
    private mutating func insert(_ expert: UInt16) {
        let start = offsets[offsets.count - 1]
        experts.append(expert)
        experts.withUnsafeMutableBufferPointer { experts in
            var place = experts.count - 1
            while place > start, experts[place - 1] > expert {
                experts[place] = experts[place - 1]
                place -= 1
            }
            experts[place] = expert
        }
    }
}
