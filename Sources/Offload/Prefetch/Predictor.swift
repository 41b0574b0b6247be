import Workload

/// Guesses which experts the coming events need, by one of the policies.
struct Predictor {
    /// A guess: how many events ahead, and the expert.
    struct Guess: Hashable {
        let ahead: Int
        let expert: Int
    }

    private let specification: PrefetchSpecification
    private let events: ExpertEvents
    private var random: RandomNumbers
    private var successors: SuccessorTable?
    private var matrices: ActivationMatrices?
    private var scores: [Double]

    init(_ specification: PrefetchSpecification, events: ExpertEvents) {
        self.specification = specification
        self.events = events
        random = RandomNumbers(seed: specification.seed)
        scores = Array(repeating: 0, count: events.shape.experts)
        if specification.policy == .statistics {
            var table = SuccessorTable(events.shape)
            if let training = specification.training {
                for event in 0..<training.count { table.learn(training, event) }
            }
            successors = table
        } else if specification.policy == .activationMatrix {
            matrices = ActivationMatrices(events.shape)
        }
    }

    /// Takes note of an event whose router has decided.
    mutating func learn(_ event: Int) {
        successors?.learn(events, event)
        matrices?.learn(events, event)
    }

    /// The guesses made when the router of `event` has decided, the most urgent first.
    mutating func guesses(after event: Int) -> [Guess] {
        let shape = events.shape
        let left = shape.layers - 1 - event % shape.layers
        switch specification.policy {
        case .none, .ring: return []
        case .oracle: return known(event, min(specification.lookahead, events.count - 1 - event))
        case .preGate, .routerAhead: return known(event, min(specification.lookahead, left))
        case .crossLayer, .speculative: return left == 0 ? [] : gate(event)
        case .statistics:
            guard event + 1 < events.count else { return [] }
            let found = successors!.score(events, after: event, into: &scores)
            return found ? best(1, count: specification.width ?? specification.staging, floor: 0) : []
        case .activationMatrix:
            guard left > 0 else { return [] }
            return matrixGuesses(event, min(specification.lookahead, left))
        }
    }

    /// The guesses made before the first layer of a step, which is `event`.
    func guessesBeforeStep(_ event: Int) -> [Guess] {
        guard specification.policy == .routerAhead else { return [] }
        return known(event - 1, min(specification.lookahead, events.shape.layers))
    }

    private func known(_ event: Int, _ lookahead: Int) -> [Guess] {
        var guesses: [Guess] = []
        guard lookahead > 0 else { return [] }
        for ahead in 1...lookahead {
            for expert in events.experts(of: event + ahead) { guesses.append(Guess(ahead: ahead, expert: Int(expert))) }
            if guesses.count > 4 * specification.staging { break }
        }
        return guesses
    }

    /// What a gate with the stated recall would choose for the next layer.
    private mutating func gate(_ event: Int) -> [Guess] {
        let needed = events.experts(of: event + 1)
        let experts = events.shape.experts
        var chosen: [Int] = []
        for expert in needed {
            let wanted = random.nextUnit() < specification.recall ? Int(expert) : random.nextIndex(below: experts)
            if !chosen.contains(wanted) { chosen.append(wanted) }
        }
        for _ in 0..<min(specification.widening, experts - chosen.count) {
            let extra = random.nextIndex(below: experts)
            if !chosen.contains(extra) { chosen.append(extra) }
        }
        if let width = specification.width {
            while chosen.count > width { chosen.remove(at: random.nextIndex(below: chosen.count)) }
        }
        return chosen.map { Guess(ahead: 1, expert: $0) }
    }

    private mutating func matrixGuesses(_ event: Int, _ lookahead: Int) -> [Guess] {
        let shape = events.shape
        var guesses: [(priority: Double, guess: Guess)] = []
        for ahead in 1...lookahead {
            guard matrices!.score(events, event: event, ahead: ahead, into: &scores) else { return [] }
            for guess in best(ahead, count: specification.width ?? shape.topK * 2, floor: 0) {
                let decay = 1 - Double(ahead) / Double(shape.layers)
                guesses.append((scores[guess.expert] * decay, guess))
            }
        }
        return guesses.sorted {
            ($0.priority, -$0.guess.ahead, -$0.guess.expert) > ($1.priority, -$1.guess.ahead, -$1.guess.expert)
        }
        .map(\.guess)
    }

    /// The experts of highest score above `floor`, ties to the smaller expert.
    private func best(_ ahead: Int, count: Int, floor: Double) -> [Guess] {
        var chosen: [Int] = []
        for expert in scores.indices where scores[expert] > floor {
            if chosen.count == count, scores[expert] <= scores[chosen[count - 1]] { continue }
            var place = chosen.count
            while place > 0, scores[chosen[place - 1]] < scores[expert] { place -= 1 }
            chosen.insert(expert, at: place)
            if chosen.count > count { chosen.removeLast() }
        }
        return chosen.map { Guess(ahead: ahead, expert: $0) }
    }
}
