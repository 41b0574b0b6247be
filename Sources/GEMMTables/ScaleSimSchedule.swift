import SimCore

/// When the serial folds of SCALE-Sim ask for each word: the closed form of its demand matrices.
///
/// In a fold that starts in cycle s, with r used rows and c used columns of an R by C array:
/// * a stationary operand comes in lines of c words in cycles s + R - r to s + R - 1, bottom row first;
/// * an operand that streams along rows comes from s + R (s when nothing is stationary), row i after i cycles;
///   along columns (output-stationary weights) from s, column j after j cycles;
/// * sums leave column j in cycle s + 2R - 1 + t + j, or for output-stationary folds in s + T - 1 + (R - r) + i + j.
///   (The last puts the first sums of a fold before they are finished; it is the reference's rule, not physics.)
///
/// Requests for reads are reported one cycle late (hit latency 1), writes are not.
struct ScaleSimSchedule {
    let folds: SystolicFolds
    private let period: Int

    static let hitLatency = 1

    init(folds: SystolicFolds) {
        self.folds = folds
        period = folds.serialFoldCycles(rows: folds.array.rows, columns: folds.array.columns)
    }

    /// First and last cycle of an operand's scratchpad requests, as reported.
    func stream(_ operand: GEMMOperand, words: Int) -> ScaleSimLayer.Stream {
        if operand == .outputs {
            let first = outputLines(row: 0, column: 0)
            let last = outputLines(row: folds.rowFolds - 1, column: folds.columnFolds - 1)
            return ScaleSimLayer.Stream(
                start: first.start, stop: last.start + last.lanes + last.steps - 2, words: words)
        }
        let first = visit(operand, row: 0, column: 0)
        let last = visit(operand, row: folds.rowFolds - 1, column: folds.columnFolds - 1)
        let stop = last.start + last.steps - 1 + (last.isSkewed ? last.lanes - 1 : 0)
        return ScaleSimLayer.Stream(
            start: first.start + ScaleSimSchedule.hitLatency, stop: stop + ScaleSimSchedule.hitLatency, words: words)
    }

    /// All folds' requests for an operand, columns outermost.
    ///
    /// - Parameter distinctWords: of a convolution's inputs, the words behind all requests of one column fold; they are
    ///   dealt evenly to the row folds.
    func visits(_ operand: GEMMOperand, distinctWords: Int?) -> [ScaleSimReadEstimate.Visit] {
        var visits: [ScaleSimReadEstimate.Visit] = []
        visits.reserveCapacity(folds.folds)
        for column in 0..<folds.columnFolds {
            for row in 0..<folds.rowFolds {
                let visit = visit(operand, row: row, column: column)
                guard let distinctWords else {
                    visits.append(visit)
                    continue
                }
                let pieces = operand == folds.dataflow.mapping.stationary ? folds.folds : folds.rowFolds
                let share = distinctWords * (visit.part + 1) / pieces - distinctWords * visit.part / pieces
                if share > 0 {
                    visits.append(
                        ScaleSimReadEstimate.Visit(
                            part: visit.part, start: visit.start, lanes: 1, steps: share, isSkewed: false))
                }
            }
        }
        return visits
    }

    /// Calls `body` with each cycle in which sums leave and how many, in order.
    func forEachOutputLine(_ body: (_ cycle: Int, _ words: Int) -> Void) {
        for column in 0..<folds.columnFolds {
            for row in 0..<folds.rowFolds {
                let lines = outputLines(row: row, column: column)
                for step in 0..<(lines.lanes + lines.steps - 1) {
                    let words = min(lines.lanes - 1, step) - max(0, step - lines.steps + 1) + 1
                    body(lines.start + step, words)
                }
            }
        }
    }

    private func visit(_ operand: GEMMOperand, row: Int, column: Int) -> ScaleSimReadEstimate.Visit {
        let mapping = folds.dataflow.mapping
        let fold = column * folds.rowFolds + row
        let start = fold * period
        let rows = folds.usedRows(ofRowFold: row)
        let columns = folds.usedColumns(ofColumnFold: column)
        if operand == mapping.stationary {
            return ScaleSimReadEstimate.Visit(
                part: fold, start: start + folds.array.rows - rows, lanes: columns, steps: rows, isSkewed: false)
        }
        if !mapping.preloads && operand == .weights {
            return ScaleSimReadEstimate.Visit(
                part: column, start: start, lanes: columns, steps: folds.timeExtent, isSkewed: true)
        }
        return ScaleSimReadEstimate.Visit(
            part: row, start: start + (mapping.preloads ? folds.array.rows : 0), lanes: rows, steps: folds.timeExtent,
            isSkewed: true)
    }

    private func outputLines(row: Int, column: Int) -> (start: Int, lanes: Int, steps: Int) {
        let start = (column * folds.rowFolds + row) * period
        let rows = folds.usedRows(ofRowFold: row)
        let columns = folds.usedColumns(ofColumnFold: column)
        if folds.dataflow.mapping.preloads {
            return (start + 2 * folds.array.rows - 1, columns, folds.timeExtent)
        }
        return (start + folds.timeExtent - 1 + folds.array.rows - rows, columns, rows)
    }
}
