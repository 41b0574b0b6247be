import Hardware
import Workload

/// Mixtures of experts: each expert in use is a product of its own tokens with its own weights.
///
/// The weights of all experts lie in memory, one expert's matrices after another behind the router's, the shared experts'
/// last; only those in use are read. The router is a product; choosing the largest of its outputs takes no time.
extension StepLowering {
    /// Puts `weightOffset` where the operator's weights lie.
    mutating func seekWeights(of next: Operator) {
        guard let experts = shard.model.experts else { return }
        switch next.kind {
        case .router:
            expertBase = weightOffset + next.k * next.n * MemoryLayout.elementBytes
        case .expertGateUp, .expertFC1:
            if let expertBase, let expert = next.expert { weightOffset = expertBase + expert * expertBytes(experts) }
        case .gateUp, .fc1:
            if let expertBase { weightOffset = expertBase + experts.count * expertBytes(experts) }
        default: break
        }
    }

    private func expertBytes(_ experts: ModelShape.Experts) -> Int {
        shard.model.ffnMatrices * shard.model.hiddenSize * (experts.ffnSize / shard.ways) * MemoryLayout.elementBytes
    }

    /// Rows that a vector operator works on: tokens, those of an expert, or outputs.
    func rows(of next: Operator) -> Int {
        switch next.kind {
        case .expertActivation:
            max(1, next.elements / max(1, (shard.model.experts?.ffnSize ?? 1) / shard.ways))
        case .normFinal: max(1, next.elements / shard.model.hiddenSize)
        default: max(1, entries.reduce(0) { $0 + $1.newTokens })
        }
    }

    /// Elements that vector units go through in one row: the sum of the experts' outputs takes a multiply-add for each
    /// element of each of them.
    func workedElements(_ next: Operator, rows: Int) -> Int {
        let length = next.elements / rows
        guard next.kind == .combine, next.outputBytes > .zero else { return length }
        return length * Int(next.inputBytes.count / next.outputBytes.count)
    }
}
