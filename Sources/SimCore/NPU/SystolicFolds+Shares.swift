/// One product on several equal arrays.
extension SystolicFolds {
    /// The product cut into one part for each array that has work, as even as whole folds allow.
    ///
    /// Arrays get neighbouring column folds with all their row folds, so that sums over row folds stay on one array.
    /// Output-stationary folds sum nothing across folds: there the cut is along rows instead when that is faster. The
    /// parts' scratchpad accesses add up to the whole product's. Left out: sharing the time dimension (a stationary
    /// tile on two arrays) and the network between arrays.
    ///
    /// - Parameter arrays: at least 1; every array has the shape `array`.
    public func shares(over arrays: Int) -> [SystolicFolds] {
        precondition(arrays > 0, "a core has at least one array")
        guard arrays > 1 else { return [self] }
        let byColumns = shares(over: arrays, along: dataflow.mapping.columns, folds: columnFolds, edge: array.columns)
        guard dataflow == .outputStationary else { return byColumns }
        let byRows = shares(over: arrays, along: dataflow.mapping.rows, folds: rowFolds, edge: array.rows)
        func slowest(_ shares: [SystolicFolds]) -> Int { shares.reduce(0) { max($0, $1.computeCycles) } }
        return slowest(byRows) < slowest(byColumns) ? byRows : byColumns
    }

    /// Cuts an axis that no format packs (`m` or `n`) at fold borders.
    private func shares(over arrays: Int, along axis: GEMMAxis, folds: Int, edge: Int) -> [SystolicFolds] {
        var shares: [SystolicFolds] = []
        for index in 0..<min(arrays, folds) {
            let first = folds * index / min(arrays, folds)
            let end = folds * (index + 1) / min(arrays, folds)
            let size = min(end * edge, shape[axis]) - first * edge
            let part = GEMMShape(
                m: axis == .m ? size : shape.m, n: axis == .n ? size : shape.n, k: shape.k)
            shares.append(SystolicFolds(part, dataflow: dataflow, array: array, rules: rules))
        }
        return shares
    }
}
