/// How many bits the weights of each expert take on the storage, scales and zero points included.
public enum ExpertWidths: Hashable, Sendable {
    /// One for all.
    case uniform(Double)
    /// One for each expert: `[layer · experts + expert]`.
    case perExpert([Double])
    /// HOBBIT's rule for an expert that is not cached (arXiv 2411.01433): by the sum of the gate weights before it in
    /// the order of falling weights, `high` up to `highUpTo`, `low` up to `lowUpTo`, and beyond that it is left out.
    case byGateWeight(high: Double, low: Double, highUpTo: Float = 0.6, lowUpTo: Float = 0.9)

    /// Whether the width of an expert depends on who asks for it.
    var dependOnGate: Bool {
        if case .byGateWeight = self { true } else { false }
    }

    /// The width of an expert that is loaded now; nil if it is left out.
    func loaded(_ block: Int, weightBefore: Float) -> Double? {
        switch self {
        case .uniform(let bits): bits
        case .perExpert(let bits): bits[block]
        case .byGateWeight(let high, let low, let highUpTo, let lowUpTo):
            weightBefore <= highUpTo ? high : weightBefore <= lowUpTo ? low : nil
        }
    }

    /// The width at which an expert is kept for good, or prefetched before its weight is known.
    func kept(_ block: Int) -> Double {
        switch self {
        case .uniform(let bits): bits
        case .perExpert(let bits): bits[block]
        case .byGateWeight(let high, _, _, _): high
        }
    }

    /// EdgeMoE's second step (arXiv 2308.14352): the `lowCount` experts of least sensitivity get the lower width.
    ///
    /// - Parameter sensitivity: accuracy lost, or what stands for it, such as uses, when only that expert is narrow.
    public static func ranked(sensitivity: [Double], low: Double, high: Double, lowCount: Int) -> ExpertWidths {
        let order = sensitivity.indices.sorted { (sensitivity[$0], $0) < (sensitivity[$1], $1) }
        var bits = [Double](repeating: high, count: sensitivity.count)
        for block in order.prefix(lowCount) { bits[block] = low }
        return .perExpert(bits)
    }

    /// MC-MoE's integer programme for one layer (arXiv 2410.06270): 1, 2 or 3 bits for each expert with the least sum
    /// of `errors[expert][bits - 1]`, a sum of bits of at most `budget`, and at least one expert each of 2 and 3 bits.
    ///
    /// Solved exactly over the sums of bits. Returns nil if the budget is too small.
    public static func mixed(errors: [[Double]], budget: Int) -> [Int]? {
        let count = errors.count
        let states = (budget + 1) * 4
        var best = [Double](repeating: .infinity, count: states)
        var choices: [[Int8]] = []
        best[0] = 0
        for expert in 0..<count {
            var next = [Double](repeating: .infinity, count: states)
            var choice = [Int8](repeating: 0, count: states)
            for state in 0..<states where best[state].isFinite {
                for bits in 1...3 where state / 4 + bits <= budget {
                    let flags = (state % 4) | (bits == 2 ? 1 : 0) | (bits == 3 ? 2 : 0)
                    let target = (state / 4 + bits) * 4 + flags
                    let error = best[state] + errors[expert][bits - 1]
                    if error < next[target] {
                        next[target] = error
                        choice[target] = Int8(bits) + Int8(state % 4) * 4
                    }
                }
            }
            best = next
            choices.append(choice)
        }
        let ends = (0...budget).map { $0 * 4 + 3 }.filter { best[$0].isFinite }
        guard var state = ends.min(by: { best[$0] < best[$1] }) else { return nil }
        var widths = [Int](repeating: 0, count: count)
        for expert in (0..<count).reversed() {
            let choice = Int(choices[expert][state])
            widths[expert] = choice % 4
            state = (state / 4 - choice % 4) * 4 + choice / 4
        }
        return widths
    }
}
