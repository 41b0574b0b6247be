import Quantities

extension OperatorList {
    /// The names that a network's operators go by.
    enum Network {
        case dense
        case expert(Int)
    }

    /// A network of two or three matrices over `rows` tokens; the position of its last operator.
    mutating func appendNetwork(_ network: Network, _ rows: Int, inner: Int, after previous: [Int]) -> Int {
        let model = shard.model
        let isGated = model.ffnMatrices == 3
        let hasBias = model.bias == .all
        let up: OperatorKind
        let activation: OperatorKind
        let down: OperatorKind
        var expert: Int?
        switch network {
        case .dense: (up, activation, down) = (isGated ? .gateUp : .fc1, .activation, isGated ? .down : .fc2)
        case .expert(let index):
            (up, activation, down) = (
                isGated ? .expertGateUp : .expertFC1, .expertActivation, isGated ? .expertDown : .expertFC2
            )
            expert = index
        }
        var steps = [
            product(up, rows, (isGated ? 2 : 1) * inner, model.hiddenSize, hasBias: hasBias),
            vector(activation, rows * inner, inputs: isGated ? 2 : 1),
            product(down, rows, model.hiddenSize, inner, hasBias: hasBias),
        ]
        for index in steps.indices { steps[index].expert = expert }
        return steps.reduce(previous) { [append($1, after: $0)] }[0]
    }

    /// A mixture of experts: the router, each expert that has tokens, the shared experts (as one network under the dense
    /// names), and the weighted sum of what they give.
    mutating func appendMixture(_ expertTokens: [Int], after normed: Int) -> [Int] {
        let model = shard.model
        guard let experts = model.experts, expertTokens.count == experts.count else {
            preconditionFailure("a mixture of experts needs the tokens of each expert")
        }
        precondition(
            expertTokens.reduce(0, +) == tokens * experts.topK, "each token goes to as many experts as the model says")
        let inner = experts.ffnSize / shard.ways
        let router = append(product(.router, tokens, experts.count, model.hiddenSize, hasBias: false), after: [normed])
        var parts: [Int] = []
        for (expert, rows) in expertTokens.enumerated() where rows > 0 {
            parts.append(appendNetwork(.expert(expert), rows, inner: inner, after: [router]))
        }
        if experts.shared > 0 {
            parts.append(appendNetwork(.dense, tokens, inner: experts.shared * inner, after: [normed]))
        }
        let inputs = experts.topK + (experts.shared > 0 ? 1 : 0)
        return [append(vector(.combine, tokens * model.hiddenSize, inputs: inputs), after: parts)]
    }
}
