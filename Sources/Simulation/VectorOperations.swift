import Workload

extension OperatorKind {
    /// Elementary operations that vector units carry out on each element of the operator, for energy.
    ///
    /// The same composition that decides their time (`VectorCost`): layer norm sums twice and does two additions and
    /// three products; RMS norm sums once and does three products; softmax takes a maximum and a sum, and subtracts,
    /// exponentiates and scales; RoPE is two products and a sum; SiLU times gate is two. The few operations that a row
    /// does once are left out.
    func vectorOperations(of model: ModelShape) -> Int {
        switch self {
        case .normAttention, .normFeedForward, .normFinal: model.norm == .layernorm ? 7 : 4
        case .softmax: 5
        case .rope: 3
        case .activation, .expertActivation: model.activation == .silu ? 2 : 1
        default: 1
        }
    }
}
