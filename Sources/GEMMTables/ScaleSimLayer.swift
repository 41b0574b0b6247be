import SimCore

/// Everything SCALE-Sim v3.0.0 reports about one layer in CALC mode, in its words and with its quirks.
///
/// Quirks kept, each checked against its own output:
/// * total cycles is the 0-based index of the last cycle, one less than the count (its issue #125);
/// * output-stationary writes count R + C more per fold (`SystolicFolds.scaleSimOutputSurplus`);
/// * compute utilisation of ws and is counts the columns twice (`SystolicFolds.scaleSimComputeUtilization`);
/// * overall utilisation divides by that cycle index and counts the dense products of a sparse layer;
/// * partial sums are never read back, and drain to memory once per row fold.
///
/// Matched exactly for GEMM layers: cycles, scratchpad accesses with first and last cycle, memory accesses with first
/// and last cycle. Not matched: a convolution's input column (overlapping windows ask again for words; here they count
/// as the words any window touches, streamed once per column fold if they do not fit, and the edge of a last partial
/// window is not cut), USER mode's stalls, row-wise sparsity's accesses (they depend on a random draw).
struct ScaleSimLayer {
    struct Stream: Hashable {
        let start: Int
        let stop: Int
        let words: Int
    }

    let folds: SystolicFolds
    let totalCycles: Int
    let denseMACs: Int
    let sramInputs: Stream
    let sramWeights: Stream
    let sramOutputs: Stream
    let dramInputs: Stream
    let dramWeights: Stream
    let dramOutputs: Stream

    var cyclesWithPrefetch: Int { dramOutputs.stop - min(dramInputs.start, dramWeights.start) }
    var overallUtilization: Double { Double(denseMACs) / (Double(totalCycles) * Double(folds.array.elements)) }

    /// - Parameter sparsity: what the layer is compressed by; dense when the configuration does not support it.
    init(_ layer: TopologyLayer, sparsity: StructuredSparsity, config: ScaleSimConfig) {
        let shape = sparsity.compressed(layer.gemm)
        folds = SystolicFolds(shape, dataflow: config.dataflow, array: config.array, rules: .scaleSim)
        totalCycles = folds.computeCycles - 1
        denseMACs = layer.gemm.macs
        let accesses = folds.scratchpadAccesses(denseInner: shape.k * sparsity.block / sparsity.kept)
        let cycles = ScaleSimSchedule(folds: folds)
        sramInputs = cycles.stream(.inputs, words: accesses.inputReads)
        sramWeights = cycles.stream(.weights, words: accesses.weightReads)
        sramOutputs = cycles.stream(.outputs, words: accesses.outputWrites + folds.scaleSimOutputSurplus)
        func read(_ operand: GEMMOperand, _ kilobytes: Int, words: Int?) -> Stream {
            let estimate = ScaleSimReadEstimate(
                visits: cycles.visits(operand, distinctWords: words), scratchpadWords: 1024 * kilobytes)
            return Stream(start: estimate.startCycle, stop: estimate.stopCycle, words: estimate.words)
        }
        dramInputs = read(.inputs, config.inputKilobytes, words: layer.convolution?.touchedInputWords)
        dramWeights = read(.weights, config.weightKilobytes, words: nil)
        var buffer = ScaleSimWriteBuffer(
            lineWords: config.array.columns, scratchpadWords: 1024 * config.outputKilobytes)
        cycles.forEachOutputLine { buffer.accept($1, at: $0) }
        buffer.finish(at: totalCycles)
        dramOutputs = Stream(start: buffer.startCycle, stop: buffer.stopCycle, words: buffer.words)
    }
}
