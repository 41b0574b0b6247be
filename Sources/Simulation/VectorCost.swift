import Hardware
import Workload

/// Cycles that one vector unit takes for one row of an operator.
///
/// A row of n elements is ceil(n / lanes) vectors; a reduction adds tree(n) = ceil(n/lanes) + tree(ceil(n/lanes))
/// steps, tree(n <= lanes) = 1. Norms, softmax and GELU are composed of elementary operations as in ONNXim and NeuPIMs
/// (`get_vector_compute_cycles`); RMS norm leaves out the mean, RoPE is two products and a sum an element, SiLU times
/// gate one more product. Special-function throughput is a parameter of the machine.
struct VectorCost: Sendable {
    let vector: VectorUnits

    /// - Parameter n: elements of the row that are read.
    func cycles(_ kind: OperatorKind, model: ModelShape, elements n: Int) -> Int {
        let cost = vector.latency
        let counted = vector.isFinite ? n : (kind == .softmax ? 2 * n : 0)
        let vectors = (counted + vector.lanes - 1) / vector.lanes
        let tree = reduction(counted) * cost.reduceStep
        switch kind {
        case .normAttention, .normFeedForward, .normFinal:
            if model.norm == .rmsnorm {
                return tree + cost.multiply + cost.scalarRoot + vectors * 3 * cost.multiply
            }
            return 2 * tree + 2 * cost.multiply + cost.scalarRoot + vectors * (2 * cost.add + 3 * cost.multiply)
        case .softmax:
            return 2 * tree + vectors * (cost.add + cost.exponential + cost.multiply)
        case .rope:
            return vectors * (2 * cost.multiply + cost.add)
        case .activation, .expertActivation:
            switch model.activation {
            case .gelu: return vectors * cost.gelu
            case .silu: return vectors * (cost.silu + cost.multiply)
            case .relu: return vectors * cost.add
            }
        default:
            return vectors * cost.add
        }
    }

    private func reduction(_ n: Int) -> Int {
        if n <= vector.lanes { return 1 }
        let partial = (n + vector.lanes - 1) / vector.lanes
        return partial + reduction(partial)
    }
}
