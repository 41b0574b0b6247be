import Hardware
import Quantities
import SimCore
import Workload

/// Products of activations with weights on the systolic arrays.
extension StepLowering {
    mutating func lowerProduct(_ next: Operator, after before: [Int]) -> Int {
        let index = record(next.kind, .systolic, macs: next.macs, expert: next.expert)
        let shape = TileGrid(next, arrays: machine.npu.arrays)
        var blocks: [Program.Block] = []
        var operations: [Program.TileOperation] = []
        let keepsInput = staysOnChip(next)
        switch machine.npu.arrays.stationary {
        case .weights: weightStationary(shape, keepsInput, index, &blocks, &operations)
        case .activations: activationStationary(shape, keepsInput, index, &blocks, &operations)
        }
        // Every tile is read from and every partial result written to the scratchpad once per pass.
        scratchpadUse(Int((next.weightBytes + next.inputBytes + next.outputBytes).count), under: index)
        let mayPrefetch = keepsInput
        let product = program.addProduct(
            blocks: blocks, operations: operations, mayPrefetch: mayPrefetch, operatorIndex: index, after: before)
        guard !keepsInput, machine.execution.activations == .throughDRAM else { return product }
        let output = count(layout.activations(Int(next.outputBytes.count)), isWrite: true, under: index)
        return program.addTransfer([output], isWrite: true, operatorIndex: index, after: [product])
    }

    /// Weight tiles stay, the batch streams. The arrays take neighbouring output columns, so that a group of arrays
    /// walks down the depth together and only their output columns are being summed.
    private mutating func weightStationary(
        _ shape: TileGrid, _ keepsInput: Bool, _ index: Int, _ blocks: inout [Program.Block],
        _ operations: inout [Program.TileOperation]
    ) {
        // A batch whose inputs exceed their half of the scratchpad goes through in slices; each slice reads the
        // weights again.
        let room = max(shape.rows, machine.npu.scratchpadBytes / 2 / max(1, shape.k * MemoryLayout.elementBytes))
        let slices = keepsInput ? 1 : (shape.m + room - 1) / room
        for slice in 0..<slices {
            let stream = shape.m / slices + (slice < shape.m % slices ? 1 : 0)
            var inputs = [Int32](repeating: -1, count: shape.depthTiles)
            for first in stride(from: 0, to: shape.widthTiles, by: shape.arrays) {
                for depth in 0..<shape.depthTiles {
                    if first == 0 && !keepsInput {
                        let bytes = stream * shape.depth(depth) * MemoryLayout.elementBytes
                        inputs[depth] = Int32(blocks.count)
                        blocks.append(block(layout.activations(bytes), bytes, index))
                    }
                    for width in first..<min(first + shape.arrays, shape.widthTiles) {
                        let weights = Int32(blocks.count)
                        blocks.append(weightBlock(shape, depth: depth, width: width, index))
                        operations.append(
                            Program.TileOperation(
                                blockA: weights, blockB: inputs[depth], array: Int16(width - first), loadsTile: true,
                                stream: Int32(stream)))
                    }
                }
            }
        }
        weightOffset += shape.weightBytes
    }

    /// Activation tiles stay in all arrays, the weights stream through, split over the arrays (published NeuPIMs).
    private mutating func activationStationary(
        _ shape: TileGrid, _ keepsInput: Bool, _ index: Int, _ blocks: inout [Program.Block],
        _ operations: inout [Program.TileOperation]
    ) {
        var weights = [Int32](repeating: -1, count: shape.depthTiles * shape.widthTiles)
        let stream = Int32((shape.columns + shape.arrays - 1) / shape.arrays)
        for first in stride(from: 0, to: shape.m, by: shape.columns) {
            let batch = min(shape.columns, shape.m - first)
            for depth in 0..<shape.depthTiles {
                var input: Int32 = -1
                for width in 0..<shape.widthTiles {
                    let slot = depth * shape.widthTiles + width
                    if first == 0 {
                        weights[slot] = Int32(blocks.count)
                        blocks.append(weightBlock(shape, depth: depth, width: width, index))
                    }
                    if width == 0 && !keepsInput {
                        let bytes = batch * shape.depth(depth) * MemoryLayout.elementBytes
                        input = Int32(blocks.count)
                        blocks.append(block(layout.activations(bytes), bytes, index))
                    }
                    operations.append(
                        Program.TileOperation(
                            blockA: weights[slot], blockB: input, array: 0, loadsTile: width == 0, stream: stream))
                }
            }
        }
        weightOffset += shape.weightBytes
    }

    private mutating func weightBlock(_ shape: TileGrid, depth: Int, width: Int, _ index: Int) -> Program.Block {
        let bytes = shape.depth(depth) * shape.width(width) * MemoryLayout.elementBytes
        let offset = weightOffset + shape.tileOffset(depth: depth, width: width)
        let place =
            layer.map { layout.weights(layer: $0, offset: offset, bytes: bytes) }
            ?? layout.embedding(offset: offset, bytes: bytes)
        return block(place, bytes, index, isWeights: true)
    }

    mutating func block(
        _ transfer: Program.Transfer, _ bytes: Int, _ index: Int, isWeights: Bool = false
    ) -> Program.Block {
        Program.Block(transfer: count(transfer, isWrite: false, under: index), bytes: bytes, isWeights: isWeights)
    }
}

/// A product [m, k] x [k, n] cut into stationary tiles of the array's size.
struct TileGrid {
    let m: Int
    let k: Int
    let n: Int
    let rows: Int
    let columns: Int
    let arrays: Int

    init(_ product: Operator, arrays: SystolicArrays) {
        m = product.m
        k = product.k
        n = product.n
        rows = arrays.rows
        columns = arrays.columns
        self.arrays = arrays.count
    }

    var depthTiles: Int { (k + rows - 1) / rows }
    var widthTiles: Int { (n + columns - 1) / columns }
    func depth(_ tile: Int) -> Int { min(rows, k - tile * rows) }
    func width(_ tile: Int) -> Int { min(columns, n - tile * columns) }
    var weightBytes: Int { k * n * MemoryLayout.elementBytes }

    /// Weights are stored tile after tile, down the depth of one column of tiles after the other.
    func tileOffset(depth: Int, width: Int) -> Int {
        (width * columns * k + depth * rows * self.width(width)) * MemoryLayout.elementBytes
    }
}
