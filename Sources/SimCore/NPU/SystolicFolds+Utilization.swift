/// How well the folds use the array, as fractions between 0 and 1.
extension SystolicFolds {
    /// Mean over folds of used elements over all elements (SCALE-Sim's mapping efficiency).
    ///
    /// The used elements of all folds together are Sr * Sc, each element of the stationary plane exactly once.
    public var mappingUtilization: Double {
        Double(rowExtent) * Double(columnExtent) / (Double(folds) * Double(array.elements))
    }

    /// Multiply-accumulates done over those possible in the cycles taken, at the rate of the format.
    ///
    /// - Parameter cycles: all cycles of the product, stalls included.
    public func computeUtilization(cycles: Int) -> Double {
        Double(shape.macs) / (Double(cycles) * Double(array.elements) * rules.rate.multiplier)
    }

    /// SCALE-Sim's "Compute Util": mean over folds of used elements times T over all elements times the fold's cycles.
    ///
    /// It takes the height of a matrix that already holds the skew of the columns and adds the columns again, so a
    /// weight- or input-stationary fold counts 2R + 2C + T - 3 cycles instead of 2R + C + T - 2. Output-stationary
    /// folds count R + C + T - 2. Kept for comparison; use `computeUtilization(cycles:)`.
    public var scaleSimComputeUtilization: Double {
        let counted =
            dataflow.mapping.preloads
            ? 2 * array.rows + 2 * array.columns + timeExtent - 3 : array.rows + array.columns + timeExtent - 2
        return Double(rowExtent) * Double(columnExtent) * Double(timeExtent)
            / (Double(folds) * Double(array.elements) * Double(counted))
    }
}
