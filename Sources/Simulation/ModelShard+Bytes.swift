import Quantities
import Workload

extension ModelShard {
    /// Weights of one dense layer of the shard, 16 bits each: every tile is stored as one run of addresses.
    var weightBytesPerLayer: Bytes {
        let batch = [BatchEntry(request: 0, context: 1)]
        let layer = OperatorList.layer(of: self, batch: batch, bits: .half)
        return layer.operators.reduce(.zero) { $0 + $1.weightBytes }
    }

    /// Weights outside of the layers: the embedding table and, unless they are one, the output head.
    var embeddingBytes: Bytes {
        let table = vocabulary * model.hiddenSize * 2
        return Bytes(Int64(model.tiedEmbeddings ? table : 2 * table))
    }
}
