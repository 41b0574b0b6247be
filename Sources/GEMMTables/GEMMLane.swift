import SimCore

/// Arrays that work together through equal products, one product after another.
struct GEMMLane: Hashable, Sendable {
    /// The lane's part of one product.
    let folds: SystolicFolds
    /// Arrays that share it.
    let arrays: Int
    let repetitions: Int

    /// The arrays' parts; all start together, the slowest ends the product.
    private var slowest: SystolicFolds {
        folds.shares(over: arrays).max { $0.computeCycles < $1.computeCycles }!
    }

    var computeCycles: Int { slowest.computeCycles(repetitions: repetitions) }
    var streamingCycles: Int { repetitions * slowest.streamingCycles }
}

extension GEMMEvaluation {
    /// How a layer's products are dealt to cores and arrays: the fastest with ideal memory of
    ///
    /// 1. each product cut over the cores, and each part over the core's arrays, at fold borders;
    /// 2. whole products dealt to the cores, each cut over its core's arrays;
    /// 3. whole products dealt to single arrays (heads and experts, whose products are small).
    ///
    /// Of equally fast ones the first. Cores and arrays without work have no lane.
    func lanes(of folds: SystolicFolds, repetitions: Int) -> [GEMMLane] {
        var best = folds.shares(over: cores).map { GEMMLane(folds: $0, arrays: arrays, repetitions: repetitions) }
        func slowest(_ lanes: [GEMMLane]) -> Int { lanes.reduce(0) { max($0, $1.computeCycles) } }
        guard repetitions > 1, cores * arrays > 1 else { return best }
        for (units, each) in [(cores, arrays), (cores * arrays, 1)] where units > 1 {
            let used = min(units, repetitions)
            let dealt = (0..<used).map { unit in
                GEMMLane(folds: folds, arrays: each, repetitions: (repetitions + used - 1 - unit) / used)
            }
            if slowest(dealt) < slowest(best) { best = dealt }
        }
        return best
    }
}
