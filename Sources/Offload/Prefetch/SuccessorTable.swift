/// How often each expert of a layer was used when given experts of the one and the two layers before it were.
///
/// EdgeMoE's dictionary (arXiv 2308.14352) is keyed on the pair of experts of the two previous layers; with several
/// experts in a layer pairs are too many to learn, so the two layers are counted apart and their conditional
/// frequencies added. The layer before the first is the last one of the step before.
struct SuccessorTable {
    private let shape: RouteShape
    /// `[distance - 1][layer][earlier expert][expert]`, flat.
    private var counts: [Int32]
    /// `[distance - 1][layer][earlier expert]`, flat.
    private var totals: [Int32]

    init(_ shape: RouteShape) {
        self.shape = shape
        counts = Array(repeating: 0, count: 2 * shape.layers * shape.experts * shape.experts)
        totals = Array(repeating: 0, count: 2 * shape.layers * shape.experts)
    }

    mutating func learn(_ events: ExpertEvents, _ event: Int) {
        let layer = event % shape.layers
        for distance in 1...2 where event >= distance && isSameRequest(events, event - distance, event) {
            for earlier in events.experts(of: event - distance) {
                let row = ((distance - 1) * shape.layers + layer) * shape.experts + Int(earlier)
                totals[row] += 1
                for expert in events.experts(of: event) { counts[row * shape.experts + Int(expert)] += 1 }
            }
        }
    }

    /// The frequencies of the experts of the event after `event`; false if nothing is known.
    func score(_ events: ExpertEvents, after event: Int, into scores: inout [Double]) -> Bool {
        let layer = (event + 1) % shape.layers
        var isKnown = false
        for expert in scores.indices { scores[expert] = 0 }
        for distance in 1...2 where event + 1 >= distance && isSameRequest(events, event + 1 - distance, event) {
            for earlier in events.experts(of: event + 1 - distance) {
                let row = ((distance - 1) * shape.layers + layer) * shape.experts + Int(earlier)
                guard totals[row] > 0 else { continue }
                isKnown = true
                let factor = 1 / Double(totals[row])
                for expert in scores.indices {
                    scores[expert] += Double(counts[row * shape.experts + expert]) * factor
                }
            }
        }
        return isKnown
    }

    private func isSameRequest(_ events: ExpertEvents, _ first: Int, _ second: Int) -> Bool {
        events.firstRequest[first / shape.layers] == events.firstRequest[second / shape.layers]
    }
}
