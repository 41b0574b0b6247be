/// Decides what each step computes, from the requests that have arrived and the memory that is left.
///
/// Holds no time of its own: `plan` is asked at a step boundary, `complete` told when the step ended, so that finish times
/// decide what joins the next one. Deterministic: ties go to the earlier arrival, then to the lower position.
public struct ServingScheduler: Sendable {
    public let policy: ServingPolicy
    public private(set) var timelines: [RequestTimeline]
    private let requests: [Request]
    private let assignment: ChannelAssignment
    private let estimate: AttentionEstimate
    /// In order of arrival; those before `nextArrival` have come.
    private let order: [Int]
    private var nextInOrder = 0
    /// Requests that wait, the first to be admitted first; those that run, in the order of their admission.
    private var waiting: [Int] = []
    private var running: [Int] = []
    /// Tokens in each request's cache, and those of them that lie in the host's memory.
    private var cached: [Int]
    private var isSwapped: [Bool]
    private var turn = 0

    /// - Parameters:
    ///   - requests: each with its prompt and output.
    ///   - arrivals: the cycle in which each comes.
    ///   - assignment: how a request that is admitted gets its pool; a request's own channel goes before it.
    public init(
        policy: ServingPolicy, requests: [Request], arrivals: [Int], assignment: ChannelAssignment,
        estimate: AttentionEstimate
    ) {
        precondition(
            requests.allSatisfy { $0.promptTokens > 0 && ($0.outputTokens ?? 0) > 0 },
            "a request has a prompt and an output")
        self.policy = policy
        self.requests = requests
        self.assignment = assignment
        self.estimate = estimate
        timelines = arrivals.map { RequestTimeline(arrival: $0) }
        order = requests.indices.sorted { (arrivals[$0], $0) < (arrivals[$1], $1) }
        cached = [Int](repeating: 0, count: requests.count)
        isSwapped = [Bool](repeating: false, count: requests.count)
    }

    /// The first request that no empty pool has room for at its longest.
    public static func misfit(_ requests: [Request], in caches: CachePool) -> Int? {
        requests.firstIndex { caches.shape.blocks(forTokens: longest($0)) > caches.blocksPerPool }
    }

    /// The tokens in a request's cache at its last step: its last token is not computed on.
    public static func longest(_ request: Request) -> Int { request.promptTokens + (request.outputTokens ?? 1) - 1 }

    /// When the next request comes that has not come yet.
    public var nextArrival: Int? { nextInOrder < order.count ? timelines[order[nextInOrder]].arrival : nil }

    /// Tokens that a request has for its cache: its prompt and what it has generated.
    private func known(_ request: Int) -> Int { requests[request].promptTokens + timelines[request].generatedTokens }

    /// The step that begins at `cycle`; nil if nothing is there to run.
    public mutating func plan(at cycle: Int, caches: inout CachePool) -> ServingStep? {
        while let arrival = nextArrival, arrival <= cycle {
            waiting.append(order[nextInOrder])
            nextInOrder += 1
        }
        var step = ServingStep()
        switch policy.prefill {
        case .whole: planWhole(&step, at: cycle, &caches)
        case .chunked: planChunked(&step, at: cycle, &caches)
        }
        step.waiting = waiting.count
        step.running = running.count
        step.usedBlocks = caches.usedBlocks
        if step.shares.isEmpty {
            precondition(waiting.isEmpty && running.isEmpty, "a request that fits into an empty memory is admitted")
            return nil
        }
        return step
    }

    private mutating func planWhole(_ step: inout ServingStep, at cycle: Int, _ caches: inout CachePool) {
        var budget = policy.stepTokens
        while let next = waiting.first {
            let tokens = known(next) - cached[next]
            // A request that comes back from the host only decodes: it joins, and the prompts have a step first.
            let isPrompt = cached[next] == 0
            if isPrompt && !step.shares.isEmpty && tokens > budget { break }
            guard admit(next, &step, at: cycle, &caches) else { break }
            if isPrompt {
                budget -= tokens
                step.shares.append(share(next, tokens: tokens, caches))
            }
        }
        if step.shares.isEmpty { planRunning(&step, at: cycle, &caches) }
    }

    private mutating func planChunked(_ step: inout ServingStep, at cycle: Int, _ caches: inout CachePool) {
        planRunning(&step, at: cycle, &caches)
        // Whoever has just made room does not come back at once.
        while step.preempted == 0, let next = waiting.first {
            let budget = policy.stepTokens - step.tokens
            guard budget > 0, admit(next, &step, at: cycle, &caches) else { return }
            step.shares.append(share(next, tokens: min(budget, known(next) - cached[next]), caches))
        }
    }

    /// A token of each request that decodes, and of each prompt under way what the step still has room for.
    private mutating func planRunning(_ step: inout ServingStep, at cycle: Int, _ caches: inout CachePool) {
        // Without chunks all that run decode, however many they are.
        var budget = policy.prefill == .whole ? running.count : policy.stepTokens
        var decoding = running.filter { known($0) - cached[$0] == 1 }.count
        for request in running where running.contains(request) {
            let left = known(request) - cached[request]
            if left == 1 { decoding -= 1 }
            // Decoding requests behind this one keep their token.
            let tokens = min(left, budget - decoding)
            guard tokens > 0, makeRoom(for: request, tokens, &step, at: cycle, &caches) else { continue }
            step.shares.append(share(request, tokens: tokens, caches))
            budget -= tokens
        }
    }

    /// Grows a running request's caches; as long as there is no room, the request of its pool that was admitted last
    /// makes some. False if that was the request itself.
    private mutating func makeRoom(
        for request: Int, _ tokens: Int, _ step: inout ServingStep, at cycle: Int, _ caches: inout CachePool
    ) -> Bool {
        while !caches.grow(request, toTokens: cached[request] + tokens) {
            let pool = caches.pool(of: request)
            let victim = running.last { caches.pool(of: $0) == pool }!
            preempt(victim, &step, at: cycle, &caches)
            if victim == request { return false }
        }
        return true
    }

    private mutating func preempt(_ victim: Int, _ step: inout ServingStep, at cycle: Int, _ caches: inout CachePool) {
        precondition(!step.shares.contains { $0.request == victim }, "who makes room was admitted later")
        caches.release(victim)
        running.removeAll { $0 == victim }
        waiting.insert(victim, at: 0)
        step.preempted += 1
        timelines[victim].preemptions += 1
        timelines[victim].enter(.preempted, at: cycle)
        switch policy.preemption {
        case .recompute:
            timelines[victim].recomputedTokens += cached[victim]
            cached[victim] = 0
        case .swap:
            step.swappedOutTokens += cached[victim]
            isSwapped[victim] = true
        }
    }

    /// Takes the first waiting request in, if the batch has a place and a pool has room for all of its tokens.
    private mutating func admit(
        _ request: Int, _ step: inout ServingStep, at cycle: Int, _ caches: inout CachePool
    ) -> Bool {
        let tokens = known(request)
        guard running.count < policy.batch, let pool = choosePool(request, tokens, caches) else { return false }
        caches.place(request, in: pool)
        let fits = caches.grow(request, toTokens: tokens)
        precondition(fits, "a pool is chosen where there is room")
        if isSwapped[request] { step.swappedInTokens += cached[request] }
        isSwapped[request] = false
        waiting.removeFirst()
        running.append(request)
        timelines[request].pool = pool
        let isPrefill = timelines[request].generatedTokens == 0 || tokens - cached[request] > 1
        timelines[request].enter(isPrefill ? .prefill : .decoding, at: cycle)
        return true
    }

    /// The request's own channel; else the next in turn, or the one with the least estimated attention; among those
    /// with room.
    private mutating func choosePool(_ request: Int, _ tokens: Int, _ caches: CachePool) -> Int? {
        if let own = requests[request].channel, caches.pools > 1 {
            return caches.fits(tokens: tokens, in: own) ? own : nil
        }
        switch assignment {
        case .roundRobin:
            for step in 0..<caches.pools {
                let pool = (turn + step) % caches.pools
                guard caches.fits(tokens: tokens, in: pool) else { continue }
                turn = pool + 1
                return pool
            }
            return nil
        case .balanced:
            let open = (0..<caches.pools).filter { caches.fits(tokens: tokens, in: $0) }
            guard open.count > 1 else { return open.first }
            var loads = [Int64](repeating: 0, count: caches.pools)
            for other in running {
                loads[caches.pool(of: other)!] += estimate.latency(length: known(other)).count
            }
            return open.min { (loads[$0], $0) < (loads[$1], $1) }
        }
    }

    private func share(_ request: Int, tokens: Int, _ caches: CachePool) -> ServingStep.Share {
        let context = cached[request] + tokens
        return ServingStep.Share(
            request: request, pool: caches.pool(of: request)!, newTokens: tokens, context: context,
            givesToken: context == known(request), isPrefill: timelines[request].state == .prefill)
    }

    /// Takes down what a step did that ended at `cycle`.
    public mutating func complete(_ step: ServingStep, at cycle: Int, caches: inout CachePool) {
        for share in step.shares {
            let request = share.request
            cached[request] = share.context
            guard share.givesToken else { continue }
            timelines[request].generatedTokens += 1
            if timelines[request].firstToken == nil { timelines[request].firstToken = cycle }
            if timelines[request].generatedTokens == requests[request].outputTokens {
                timelines[request].finish = cycle
                timelines[request].enter(nil, at: cycle)
                caches.release(request)
                running.removeAll { $0 == request }
            } else if timelines[request].state == .prefill {
                timelines[request].enter(.decoding, at: cycle)
            }
        }
    }

    /// What must hold at every step boundary.
    public func checkInvariants(_ caches: CachePool) {
        caches.checkInvariants()
        precondition(Set(running + waiting).count == running.count + waiting.count, "a request runs or waits")
        precondition(running.count <= policy.batch, "the batch has its limit")
        precondition(running.allSatisfy { caches.pool(of: $0) != nil }, "who runs has caches")
        precondition(waiting.allSatisfy { caches.pool(of: $0) == nil }, "who waits has none")
    }
}
