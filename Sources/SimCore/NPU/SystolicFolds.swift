/// A matrix product cut into folds that fit a systolic array.
///
/// The row dimension Sr (see `Dataflow.mapping`) is cut into `rowFolds` = ceil(Sr / R) pieces, the column dimension Sc
/// into `columnFolds` = ceil(Sc / C); time T is never cut. Folds run with the column fold outermost, row fold
/// innermost. Only the last row fold and the last column fold can be partial, so all folds are of at most four kinds
/// and every sum over folds has a closed form.
///
/// Models: the array alone, every operand present when it is asked for. Leaves out: memory, scratchpad ports and banks.
///
/// Sources: SCALE-Sim v3.0.0 (commit 1d62b68), `scalesim/compute/systolic_compute_{ws,os,is}.py`;
/// ONNXim (commit a1e8629), `src/SystolicWS.cc`.
public struct SystolicFolds: Hashable, Sendable {
    public let shape: GEMMShape
    public let dataflow: Dataflow
    public let array: SystolicArrayShape
    public let rules: FoldRules

    /// Elements of the row, column and time dimension after packing by `FoldRules.rate`.
    public let rowExtent: Int
    public let columnExtent: Int
    public let timeExtent: Int

    /// - Parameter shape: sizes in words; for sparse weights the compressed shape (`StructuredSparsity.compressed`).
    public init(
        _ shape: GEMMShape, dataflow: Dataflow, array: SystolicArrayShape, rules: FoldRules = .scaleSim
    ) {
        self.shape = shape
        self.dataflow = dataflow
        self.array = array
        self.rules = rules
        let mapping = dataflow.mapping
        func packed(_ axis: GEMMAxis) -> Int {
            axis == .k ? ceilingDivision(shape.k, rules.rate.innerPerCycle) : shape[axis]
        }
        rowExtent = packed(mapping.rows)
        columnExtent = packed(mapping.columns)
        timeExtent = packed(mapping.time) * rules.rate.cyclesPerMAC
    }

    public var rowFolds: Int { ceilingDivision(rowExtent, array.rows) }
    public var columnFolds: Int { ceilingDivision(columnExtent, array.columns) }
    public var folds: Int { rowFolds * columnFolds }

    /// Rows used by row fold `index`, and columns used by column fold `index`.
    public func usedRows(ofRowFold index: Int) -> Int { min(array.rows, rowExtent - index * array.rows) }
    public func usedColumns(ofColumnFold index: Int) -> Int { min(array.columns, columnExtent - index * array.columns) }

    public var lastUsedRows: Int { usedRows(ofRowFold: rowFolds - 1) }
    public var lastUsedColumns: Int { usedColumns(ofColumnFold: columnFolds - 1) }

    /// A number of folds that use the same rows and columns.
    public struct Kind: Hashable, Sendable {
        public let rows: Int
        public let columns: Int
        public let count: Int
    }

    /// The kinds of fold that occur: inner, last row, last column, corner. Counts add up to `folds`.
    public var kinds: [Kind] {
        let rowKinds = [(array.rows, rowFolds - 1), (lastUsedRows, 1)]
        let columnKinds = [(array.columns, columnFolds - 1), (lastUsedColumns, 1)]
        return columnKinds.flatMap { columns, columnCount in
            rowKinds.map { rows, rowCount in Kind(rows: rows, columns: columns, count: rowCount * columnCount) }
        }.filter { $0.count > 0 }
    }
}

/// Smallest integer that is not below `dividend / divisor`, for non-negative dividends.
@inlinable
public func ceilingDivision(_ dividend: Int, _ divisor: Int) -> Int {
    (dividend + divisor - 1) / divisor
}
