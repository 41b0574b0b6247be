/// Words that cross between the array and its scratchpads.
public struct ScratchpadAccesses: Hashable, Sendable {
    public let inputReads: Int
    public let weightReads: Int
    public let outputWrites: Int
    /// Sums of an earlier row fold, read back to be added to. SCALE-Sim charges none.
    public let partialSumReads: Int

    public init(inputReads: Int, weightReads: Int, outputWrites: Int, partialSumReads: Int) {
        self.inputReads = inputReads
        self.weightReads = weightReads
        self.outputWrites = outputWrites
        self.partialSumReads = partialSumReads
    }
}

/// Scratchpad accesses of the folds, in words.
///
/// The streamed operands are read once per fold that needs them, the stationary one once; a dataflow that sums over
/// row folds (rows carry `k`) writes each output once per row fold:
///
/// | | input reads | weight reads | output writes | partial sums read back |
/// |---|---|---|---|---|
/// | ws | m k Fc | k n | m n Fr | m n (Fr - 1) |
/// | os | m k Fc | k n Fr | m n | 0 |
/// | is | m k | k n Fc | m n Fr | m n (Fr - 1) |
///
/// with Fr row folds and Fc column folds. Source for the first three columns: SCALE-Sim v3.0.0
/// `systolic_compute_*.py`, except its output-stationary writes (see `scaleSimOutputSurplus`). The fourth is ours: an
/// accumulator in the scratchpad has to be read to be added to.
extension SystolicFolds {
    /// - Parameter denseInner: `k` before the weights were compressed; the shape's own when absent. Inputs stay dense,
    ///   and an array that holds compressed weights reads all of them to select from.
    public func scratchpadAccesses(denseInner: Int? = nil) -> ScratchpadAccesses {
        let (m, n, k) = (shape.m, shape.n, shape.k)
        let denseInner = denseInner ?? k
        switch dataflow {
        case .weightStationary:
            return ScratchpadAccesses(
                inputReads: m * denseInner * columnFolds, weightReads: k * n, outputWrites: m * n * rowFolds,
                partialSumReads: m * n * (rowFolds - 1))
        case .outputStationary:
            return ScratchpadAccesses(
                inputReads: m * denseInner * columnFolds, weightReads: k * n * rowFolds, outputWrites: m * n,
                partialSumReads: 0)
        case .inputStationary:
            return ScratchpadAccesses(
                inputReads: m * denseInner, weightReads: k * n * columnFolds, outputWrites: m * n * rowFolds,
                partialSumReads: m * n * (rowFolds - 1))
        }
    }

    /// What SCALE-Sim adds to the output writes of an output-stationary product: R + C per fold, because
    /// `systolic_compute_os.py` adds the two edges of the fold's matrix to the counter after having counted its words.
    public var scaleSimOutputSurplus: Int {
        dataflow == .outputStationary ? folds * (array.rows + array.columns) : 0
    }
}
