import Hardware
import Quantities
import Workload

extension Machine {
    /// The part of the scratchpad that is for operand blocks: what the activations of decode steps leave.
    ///
    /// Activations are the hidden state of every token and the inputs and outputs of the operator under way, which stay
    /// on chip as long as they fit into half of the scratchpad; the largest step counts, whatever it is cut into. Steps
    /// with prompts plan their tiles for half of the scratchpad, and so do machines whose activations go through DRAM.
    func operandBytes(_ shard: ModelShard, steps: [SimulationStep]) -> Int {
        let half = npu.scratchpadBytes / 2
        guard execution.activations == .onChip, steps.allSatisfy({ $0.shares.allSatisfy { $0.newTokens == 1 } }),
            let largest = steps.max(by: { $0.tokens < $1.tokens }), largest.tokens > 0
        else { return half }
        let batch = steps.map { step in step.shares.map { $0.context }.reduce(0, +) }
        let longest = steps[batch.indices.max { batch[$0] < batch[$1] }!]
        let needs = [largest, longest].map { activationBytes(shard, step: $0, within: half) }
        return npu.scratchpadBytes - max(needs[0], needs[1])
    }

    private func activationBytes(_ shard: ModelShard, step: SimulationStep, within half: Int) -> Int {
        var list = OperatorList(
            shard: shard,
            batch: step.shares.map { BatchEntry(request: $0.request, newTokens: $0.newTokens, context: $0.context) },
            bits: .half)
        list.appendLayer(0, expertTokens: step.expertTokens(layer: 0))
        var scores = Bytes.zero
        var peak = Bytes.zero
        for next in list.operators {
            let moved = next.inputBytes + next.outputBytes
            if next.kind == .softmax {
                scores = scores + moved
            } else if moved <= Bytes(Int64(half)) {
                peak = max(peak, moved)
            }
        }
        let hidden = step.tokens * shard.model.hiddenSize * MemoryLayout.elementBytes
        return min(half, hidden + Int(max(peak, scores).count))
    }
}
