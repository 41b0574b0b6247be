import SimCore

/// A lane's part of a product cut into tiles: blocks, bytes and array cycles in closed form.
///
/// A tile needs a block of the inputs `[m, k]`, one of the weights `[k, n]` and the sums `[m, n]`. The scratchpad holds
/// two blocks of each, one in use and one under way (one where the lane never needs another), sums in the accumulator's
/// width. A block that the next tile needs again stays; any other is fetched again. Sums that a later tile adds to
/// after others came between go to memory and back in the accumulator's width.
struct TiledProduct: Hashable {
    let lane: GEMMLane
    let product: GEMMProduct
    let tiling: GEMMTiling

    private var shape: GEMMShape { lane.folds.shape }

    func trips(_ axis: GEMMAxis) -> Int { ceilingDivision(shape[axis], tiling[axis]) }

    /// Tiles of one repetition.
    var tiles: Int { trips(.m) * trips(.n) * trips(.k) }

    /// Size of tile `index` along an axis.
    func size(_ axis: GEMMAxis, _ index: Int) -> Int {
        min(tiling[axis], shape[axis] - index * tiling[axis])
    }

    // MARK: Bytes

    func inputBytes(m: Int, k: Int) -> Int {
        // Of a convolution's windows, which overlap, a block brings its share of the distinct words.
        let full = Int128(product.shape.m) * Int128(product.shape.k) * 8
        let bits = Int128(m) * Int128(k) * Int128(product.inputWords) * Int128(product.bits.activation)
        return max(1, Int((bits + full - 1) / full))
    }

    func weightBytes(k: Int, n: Int) -> Int { NumberFormat.bytes(k * n, bits: product.weightBits) }
    func sumBytes(m: Int, n: Int) -> Int { NumberFormat.bytes(m * n, bits: product.bits.sum) }
    func outputBytes(m: Int, n: Int) -> Int { NumberFormat.bytes(m * n, bits: product.bits.activation) }

    /// Blocks of an operand that the scratchpad has room for.
    func slots(_ operand: GEMMOperand) -> Int {
        lane.repetitions == 1 && operand.axes.allSatisfy { trips($0) == 1 } ? 1 : 2
    }

    var scratchpadBytes: Int {
        let (m, n, k) = (size(.m, 0), size(.n, 0), size(.k, 0))
        return slots(.inputs) * inputBytes(m: m, k: k) + slots(.weights) * weightBytes(k: k, n: n)
            + slots(.outputs) * sumBytes(m: m, n: n)
    }

    /// How often one repetition goes through the whole of an operand: the trips of the loops that do not name the
    /// operand's blocks and have one inside that does.
    func passes(_ operand: GEMMOperand) -> Int {
        var passes = 1
        var pending = 1
        for axis in tiling.order.axes {
            if !operand.axes.contains(axis) {
                pending *= trips(axis)
            } else if trips(axis) > 1 {
                passes *= pending
                pending = 1
            }
        }
        return passes
    }

    /// Bytes of one repetition from and to memory, before bursts are filled up.
    var readBytes: Int {
        let sums = (passes(.outputs) - 1) * sumBytes(m: shape.m, n: shape.n)
        return passes(.inputs) * inputBytes(m: shape.m, k: shape.k)
            + passes(.weights) * weightBytes(k: shape.k, n: shape.n) + sums
    }

    var writtenBytes: Int {
        (passes(.outputs) - 1) * sumBytes(m: shape.m, n: shape.n) + outputBytes(m: shape.m, n: shape.n)
    }

    // MARK: The arrays

    /// The folds of a tile on the array that takes longest.
    func folds(m: Int, n: Int, k: Int) -> SystolicFolds {
        let whole = SystolicFolds(
            GEMMShape(m: m, n: n, k: k), dataflow: lane.folds.dataflow, array: lane.folds.array,
            rules: lane.folds.rules)
        guard lane.arrays > 1 else { return whole }
        return whole.shares(over: lane.arrays).max { $0.computeCycles < $1.computeCycles }!
    }

    /// Every kind of tile with its number in one repetition: inner ones and the last along each axis.
    var kinds: [(m: Int, n: Int, k: Int, count: Int)] {
        func sizes(_ axis: GEMMAxis) -> [(size: Int, count: Int)] {
            let last = size(axis, trips(axis) - 1)
            let full = last == tiling[axis] ? trips(axis) : trips(axis) - 1
            return (full > 0 ? [(tiling[axis], full)] : []) + (full < trips(axis) ? [(last, 1)] : [])
        }
        return sizes(.m).flatMap { m in
            sizes(.n).flatMap { n in
                sizes(.k).map { k in (m.size, n.size, k.size, m.count * n.count * k.count) }
            }
        }
    }

    /// Cycles of one repetition's tiles with every operand in place, without what comes before the first and after the
    /// last of them.
    var arrayCycles: Int {
        kinds.reduce(0) { sum, kind in
            let folds = folds(m: kind.m, n: kind.n, k: kind.k)
            guard folds.rules.fill == .overlapped else { return sum + kind.count * folds.computeCycles }
            return sum + kind.count * (folds.overlap.lead + folds.overlap.follow)
        }
    }

    /// Words between arrays and scratchpad for one repetition; sums that stay on chip are read to be added to.
    var accesses: ScratchpadAccesses {
        var (inputs, weights, outputs, sums) = (0, 0, 0, 0)
        for kind in kinds {
            let folds = SystolicFolds(
                GEMMShape(m: kind.m, n: kind.n, k: kind.k), dataflow: lane.folds.dataflow, array: lane.folds.array,
                rules: lane.folds.rules)
            let dense = max(1, kind.k * product.denseInner / product.shape.k)
            let tile = folds.scratchpadAccesses(denseInner: dense)
            inputs += kind.count * tile.inputReads
            weights += kind.count * tile.weightReads
            outputs += kind.count * tile.outputWrites
            sums += kind.count * tile.partialSumReads
        }
        sums += (trips(.k) - 1) * shape.m * shape.n
        return ScratchpadAccesses(
            inputReads: inputs, weightReads: weights, outputWrites: outputs, partialSumReads: sums)
    }
}
