/// Cycles of the folds, with every operand present when it is asked for.
///
/// Derivation of one serial fold with r rows, c columns and T steps in time (first cycle is 0):
///
/// * Weight- and input-stationary: the stationary operand shifts in from the top, one row a cycle: r cycles. Then row i
///   of the streamed operand enters at the left, i cycles late (skew), so element t reaches column j of the last row
///   at r + t + (r - 1) + j and its sum leaves there. The last one (t = T - 1, j = c - 1) leaves in cycle
///   2r + c + T - 3: the fold takes 2r + c + T - 2.
/// * Output-stationary: row i is i cycles late, column j is j cycles late, so element (i, j) is finished in cycle
///   T - 1 + i + j. The last one finishes in r + c + T - 3: the fold takes r + c + T - 2, plus r when finished sums
///   have to shift out below the array (`OutputDrain.shifted`).
///
/// Overlapped folds (a second register holds the next stationary tile): tile after tile starts after
/// max(T, 4, r of the next tile) cycles, because r rows must shift in meanwhile and an issue takes at least 4. The
/// first tile waits 2r - 1 cycles (r for the buffer, r - 1 for the skewed shift) and the last one needs
/// r + c - 2 + max(T, 4) from its start to its last sum. With n tiles of a full array:
/// 2R - 1 + (n - 1) max(T, 4, R) + R + C - 2 + max(T, 4). Source: ONNXim `SystolicWS.cc`.
/// Output-stationary has nothing to preload: streams follow each other as soon as the column buses can carry the
/// r sums of a fold, every max(T, r) cycles. This last rule is ours (ONNXim's output-stationary core is not claimed).
extension SystolicFolds {
    /// The least number of cycles between two issues in overlapped mode (ONNXim).
    public static let minimumIssueInterval = 4

    /// Cycles of one serial fold of `rows` by `columns` used elements, edges charged by `FoldRules.edges`.
    public func serialFoldCycles(rows: Int, columns: Int) -> Int {
        let r = chargedRows(rows)
        let c = chargedColumns(columns)
        let streamed = r + c + timeExtent - 2
        return streamed + (waitsForShift ? r : 0)
    }

    /// Cycles from the first to the last cycle of the product, both counted.
    ///
    /// SCALE-Sim prints one less, the 0-based index of the last cycle (its issue #125).
    public var computeCycles: Int { computeCycles(repetitions: 1) }

    /// Cycles of equal products one after another on the same array; overlapped fill goes on from one to the next.
    public func computeCycles(repetitions: Int) -> Int {
        precondition(repetitions > 0, "a product is done at least once")
        switch rules.fill {
        case .serial:
            let once = kinds.reduce(0) { $0 + $1.count * serialFoldCycles(rows: $1.rows, columns: $1.columns) }
            return repetitions * once
        case .overlapped:
            let pieces = overlap
            return pieces.first + repetitions * pieces.lead + (repetitions - 1) * pieces.follow + pieces.tail
        }
    }

    /// The overlapped product in pieces: `first + lead + tail` cycles alone, and `follow + lead` more for each product
    /// that comes behind it.
    public struct Overlap: Hashable, Sendable {
        /// From nothing in the array to the start of the first fold: 2r - 1, or 0 when outputs stay.
        public let first: Int
        /// From the start of the first fold to the start of the last.
        public let lead: Int
        /// Cycles that the last fold streams: no other fold may start before.
        public let stream: Int
        /// Cycles that the first fold's stationary tile takes to shift in beneath the fold before it.
        public let shift: Int
        /// From the start of the last fold to its last sum.
        public let tail: Int

        /// From the start of the last fold to that of the first one behind it.
        public var follow: Int { max(stream, shift) }
    }

    public var overlap: Overlap {
        let streaming = effectiveStream
        let firstRows = chargedRows(usedRows(ofRowFold: 0))
        let allIntervals = kinds.reduce(0) { $0 + $1.count * overlappedInterval(rows: $1.rows) }
        let isPreloaded = dataflow.mapping.preloads
        let drained = rules.drain == .shifted && !isPreloaded ? chargedRows(lastUsedRows) : 0
        return Overlap(
            first: isPreloaded ? 2 * firstRows - 1 : 0,
            lead: allIntervals - overlappedInterval(rows: usedRows(ofRowFold: 0)), stream: streaming, shift: firstRows,
            tail: chargedRows(lastUsedRows) + chargedColumns(lastUsedColumns) - 2 + streaming + drained)
    }

    /// Cycles in which the streamed operands advance: T per fold. The rest of `computeCycles` is fill, skew and drain.
    public var streamingCycles: Int { folds * timeExtent }

    /// Cycles between the start of a fold of `rows` used rows and the start of the fold before it.
    private func overlappedInterval(rows: Int) -> Int {
        max(effectiveStream, chargedRows(rows))
    }

    private var effectiveStream: Int {
        dataflow.mapping.preloads ? max(timeExtent, SystolicFolds.minimumIssueInterval) : timeExtent
    }

    private var waitsForShift: Bool { dataflow.mapping.preloads || rules.drain == .shifted }

    private func chargedRows(_ used: Int) -> Int { rules.edges == .full ? array.rows : used }
    private func chargedColumns(_ used: Int) -> Int { rules.edges == .full ? array.columns : used }
}
