import SimCore

/// One product of a layer in bytes: what it stores and moves in a number format.
struct GEMMProduct: Hashable, Sendable {
    /// The product that the array does: `k` compressed when the weights are sparse.
    let shape: GEMMShape
    /// `k` of the inputs, which stay dense.
    let denseInner: Int
    let bits: NumberFormat.Widths
    /// Bits of a stored weight, with those that say where in its block it stood.
    let weightBits: Int
    /// Input words in memory: fewer than `m k` for a convolution, whose windows overlap.
    let inputWords: Int

    init(_ layer: TopologyLayer, format: NumberFormat) {
        let sparsity = layer.sparsity ?? .dense
        shape = sparsity.compressed(layer.gemm)
        denseInner = layer.gemm.k
        bits = format.bits
        weightBits = bits.weight + (sparsity.isDense ? 0 : Int.bitWidth - (sparsity.block - 1).leadingZeroBitCount)
        inputWords = layer.convolution?.touchedInputWords ?? layer.gemm.inputWords
    }

    var inputBytes: Int { NumberFormat.bytes(inputWords, bits: bits.activation) }
    var weightBytes: Int { NumberFormat.bytes(shape.weightWords, bits: weightBits) }
    var outputBytes: Int { NumberFormat.bytes(shape.outputWords, bits: bits.activation) }

    /// Bytes that the array reads from and writes to the scratchpad.
    func readBytes(_ accesses: ScratchpadAccesses) -> Int {
        NumberFormat.bytes(accesses.inputReads, bits: bits.activation)
            + NumberFormat.bytes(accesses.weightReads, bits: weightBits)
            + NumberFormat.bytes(accesses.partialSumReads, bits: bits.sum)
    }

    func writtenBytes(_ accesses: ScratchpadAccesses) -> Int {
        NumberFormat.bytes(accesses.outputWrites, bits: bits.sum)
    }
}
