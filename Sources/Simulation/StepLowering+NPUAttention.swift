import Hardware
import Quantities
import SimCore
import Workload

/// Decode attention on the systolic arrays: the caches are read like weights, each by its own request only.
extension StepLowering {
    /// One product for the logits and one for the weighted sum of each request. The sum of a request comes after the
    /// logits of the next in the queue of the arrays, so that its softmax runs beside them.
    mutating func lowerNPUAttention(_ logit: Int, _ softmax: Int, _ attend: Int, after before: [Int]) -> Int {
        var waiting: (entry: Entry, scores: [Int])?
        for entry in entries {
            let product = cacheProduct(entry, isValue: false, logit, after: before)
            let cycles = cost.cycles(.softmax, model: shard.model, elements: entry.context)
            let scores = (0..<shard.heads).map { _ in
                program.add(.vector(cycles: cycles), operatorIndex: softmax, after: [product])
            }
            if let last = waiting {
                requestEnds.append(cacheProduct(last.entry, isValue: true, attend, after: last.scores))
            }
            waiting = (entry, scores)
        }
        if let last = waiting {
            requestEnds.append(cacheProduct(last.entry, isValue: true, attend, after: last.scores))
        }
        return program.add(.join, operatorIndex: attend, after: requestEnds)
    }

    /// The product of a request's queries (or weights) with its cached keys (or values): a tile is up to `rows` of the
    /// depth by `columns` of the width of one head, the query heads that share it stream through.
    private mutating func cacheProduct(_ entry: Entry, isValue: Bool, _ index: Int, after before: [Int]) -> Int {
        let arrays = machine.npu.arrays
        let group = shard.heads / shard.kvHeads
        let head = shard.model.headSize
        let (depth, width) = isValue ? (entry.context, head) : (head, entry.context)
        var blocks: [Program.Block] = []
        var operations: [Program.TileOperation] = []
        for kvHead in 0..<shard.kvHeads {
            for firstColumn in stride(from: 0, to: width, by: arrays.columns) {
                for firstRow in stride(from: 0, to: depth, by: arrays.rows) {
                    let (columns, rows) = (min(arrays.columns, width - firstColumn), min(arrays.rows, depth - firstRow))
                    let bytes = columns * rows * MemoryLayout.elementBytes
                    // A head's tokens lie together in the page, tile after tile.
                    let (token, across) = isValue ? (firstRow, firstColumn * rows) : (firstColumn, firstRow * columns)
                    let before = (kvHead * layout.pageTokens + token % layout.pageTokens) * head + across
                    let place = layout.spreadCache(
                        request: entry.index, layer: layer ?? 0, isValue: isValue, token: token,
                        offset: before * MemoryLayout.elementBytes, bytes: bytes)
                    operations.append(
                        Program.TileOperation(
                            blockA: Int32(blocks.count), blockB: -1, array: Int16(blocks.count % arrays.count),
                            loadsTile: true, stream: Int32(group)))
                    blocks.append(block(place, bytes, index))
                }
            }
        }
        return program.addProduct(
            blocks: blocks, operations: operations, mayPrefetch: true, operatorIndex: index, after: before)
    }
}
