import Hardware
import Workload

/// What steps compute: products and vector elements by kind of operator. It is known whatever their time is.
struct KnownWork {
    struct Kind: Hashable {
        var kind: OperatorKind
        var unit: OperatorResult.Unit
    }

    /// Multiply-accumulates of products, elements of other operators.
    private(set) var amounts: [Kind: Int] = [:]

    /// Adds so many layers of a step, and the head if it is run too; the embedding computes nothing.
    mutating func add(_ step: SimulationStep, machine: Machine, shard: ModelShard, layers: Int, head: Bool) {
        let usesPIM = machine.memory.pim != nil && machine.execution.attention == .pim
        for part in 0..<step.subBatches {
            let shares = step.shares.filter { $0.subBatch == part }
            // Prompts have their attention on the arrays, decoding where the machine does it.
            for isPrompt in [false, true] {
                let entries = shares.filter { ($0.newTokens > 1) == isPrompt }.map {
                    BatchEntry(request: $0.request, newTokens: $0.newTokens, context: $0.context)
                }
                guard layers > 0, !entries.isEmpty else { continue }
                var list = OperatorList(shard: shard, batch: entries, bits: .half)
                list.appendLayer(0, expertTokens: step.expertTokens(layer: 0))
                add(list.operators, isPrompt || !usesPIM ? .systolic : .pim, layers)
            }
            let outputs = shares.filter { $0.outputs > 0 }
            guard head, !outputs.isEmpty else { continue }
            let entries = outputs.map { BatchEntry(request: $0.request, newTokens: $0.newTokens, context: $0.context) }
            var list = OperatorList(shard: shard, batch: entries, bits: .half)
            list.appendHead()
            add(list.operators, .systolic, 1)
        }
    }

    private mutating func add(_ operators: [Operator], _ attention: OperatorResult.Unit, _ times: Int) {
        for next in operators {
            let unit: OperatorResult.Unit
            switch next.kind.work {
            case .matrix: unit = .systolic
            case .attention: unit = attention
            case .collective: unit = .link
            case .vector, .lookup: unit = .vector
            }
            let isProduct = next.kind.work == .matrix || next.kind.work == .attention
            amounts[Kind(kind: next.kind, unit: unit), default: 0] +=
                times * (isProduct ? next.macs : next.elements)
        }
    }
}
