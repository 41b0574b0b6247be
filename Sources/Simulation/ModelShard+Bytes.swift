import Quantities
import Workload

extension ModelShard {
    /// Weights of one layer of the shard (from 0), 16 bits each, those of all experts: every tile is stored as one run of
    /// addresses.
    func weightBytes(layer: Int) -> Bytes {
        // As many tokens as experts, so that each expert can have some.
        let experts = model.isMixture(layer: layer) ? model.experts : nil
        let batch = (0..<(experts?.count ?? 1)).map { BatchEntry(request: $0, context: 1) }
        var list = OperatorList(shard: self, batch: batch, bits: .half)
        list.appendLayer(
            layer, expertTokens: experts.map { Array(repeating: $0.topK, count: $0.count) } ?? [])
        return list.operators.reduce(.zero) { $0 + $1.weightBytes }
    }

    /// Weights outside of the layers: the embedding table and, unless they are one, the output head.
    var embeddingBytes: Bytes {
        let table = vocabulary * model.hiddenSize * 2
        return Bytes(Int64(model.tiedEmbeddings ? table : 2 * table))
    }
}
