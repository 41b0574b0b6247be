import SimCore

/// A systolic array stepped element by element and cycle by cycle: the slow, obvious reference for the closed forms.
///
/// Every element has registers for what it holds and what it passes on. Nothing here knows a formula: data enters at
/// the left and top edges by its skew, sums leave at the bottom, and a fold ends in the cycle in which the last value
/// has left the array's last column.
struct SteppedArray {
    let rows: Int
    let columns: Int
    private(set) var cycle = 0

    init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
    }

    /// One fold with a stationary operand: `stationary` is `[rows, columns]`, `streamed` is `[t, rows]`.
    ///
    /// Returns the sums `[t, columns]` of `streamed` times `stationary`. Unused rows and columns hold zeros.
    mutating func runStationaryFold(stationary: [[Int]], streamed: [[Int]]) -> [[Int]] {
        var held = grid()
        var passing = grid()
        var sums = grid()
        // Shift in from the top edge, bottom row first.
        for step in 0..<rows {
            for row in stride(from: rows - 1, to: 0, by: -1) { held[row] = held[row - 1] }
            held[0] = stationary[rows - 1 - step]
            cycle += 1
        }
        var left = [[Int?]](repeating: [Int?](repeating: nil, count: columns), count: streamed.count)
        var remaining = streamed.count * columns
        var step = 0
        while remaining > 0 {
            var nextPassing = grid()
            var nextSums = grid()
            for row in 0..<rows {
                for column in 0..<columns {
                    let time = step - row
                    let edge = streamed.indices.contains(time) ? streamed[time][row] : 0
                    let entering = column == 0 ? edge : passing[row][column - 1]
                    let above = row == 0 ? 0 : sums[row - 1][column]
                    nextPassing[row][column] = entering
                    nextSums[row][column] = above + entering * held[row][column]
                }
            }
            (passing, sums) = (nextPassing, nextSums)
            for column in 0..<columns {
                let time = step - (rows - 1) - column
                if streamed.indices.contains(time) {
                    left[time][column] = sums[rows - 1][column]
                    remaining -= 1
                }
            }
            cycle += 1
            step += 1
        }
        return left.map { $0.map { $0! } }
    }

    /// One output-stationary fold: `inputs` is `[rows, t]`, `weights` is `[t, columns]`; returns `[rows, columns]`.
    ///
    /// Also returns the largest number of sums that any column finished in one cycle: a column bus carries one.
    mutating func runOutputFold(inputs: [[Int]], weights: [[Int]], shiftOut: Bool) -> (sums: [[Int]], busiest: Int) {
        let steps = weights.count
        var right = grid()
        var down = grid()
        var sums = grid()
        var seen = grid()
        var unfinished = rows * columns
        var busiest = 0
        var step = 0
        while unfinished > 0 {
            var nextRight = grid()
            var nextDown = grid()
            var finished = [Int](repeating: 0, count: columns)
            for row in 0..<rows {
                for column in 0..<columns {
                    let rowTime = step - row
                    let columnTime = step - column
                    let leftEdge = (0..<steps).contains(rowTime) ? inputs[row][rowTime] : 0
                    let topEdge = (0..<steps).contains(columnTime) ? weights[columnTime][column] : 0
                    nextRight[row][column] = column == 0 ? leftEdge : right[row][column - 1]
                    nextDown[row][column] = row == 0 ? topEdge : down[row - 1][column]
                    sums[row][column] += nextRight[row][column] * nextDown[row][column]
                    if (0..<steps).contains(step - row - column) {
                        seen[row][column] += 1
                        if seen[row][column] == steps { finished[column] += 1 }
                    }
                }
            }
            (right, down) = (nextRight, nextDown)
            unfinished -= finished.reduce(0, +)
            busiest = max(busiest, finished.max() ?? 0)
            cycle += 1
            step += 1
        }
        guard shiftOut else { return (sums, busiest) }
        // The last column starts to shift when its last element is done, that is now; one row leaves a cycle.
        var shifted: [[Int]] = []
        for _ in 0..<rows {
            shifted.insert(sums.removeLast(), at: 0)
            sums.insert([Int](repeating: 0, count: columns), at: 0)
            cycle += 1
        }
        return (shifted, busiest)
    }

    private func grid() -> [[Int]] { [[Int]](repeating: [Int](repeating: 0, count: columns), count: rows) }
}

/// A whole product on the stepped array, fold after fold.
struct SteppedProduct {
    var outputs: [[Int]]
    var cycles = 0
    var busiestColumn = 0

    /// - Parameters: inputs `[m, k]`, weights `[k, n]`.
    init(inputs: [[Int]], weights: [[Int]], dataflow: Dataflow, array: SystolicArrayShape, rules: FoldRules) {
        let (m, k, n) = (inputs.count, weights.count, weights[0].count)
        outputs = [[Int]](repeating: [Int](repeating: 0, count: n), count: m)
        let extents = dataflow.mapping
        let shape = GEMMShape(m: m, n: n, k: k)
        for column in stride(from: 0, to: shape[extents.columns], by: array.columns) {
            for row in stride(from: 0, to: shape[extents.rows], by: array.rows) {
                let usedRows = min(array.rows, shape[extents.rows] - row)
                let usedColumns = min(array.columns, shape[extents.columns] - column)
                let r = rules.edges == .full ? array.rows : usedRows
                let c = rules.edges == .full ? array.columns : usedColumns
                var stepped = SteppedArray(rows: r, columns: c)
                func input(_ i: Int, _ j: Int) -> Int { i < m && j < k ? inputs[i][j] : 0 }
                func weight(_ i: Int, _ j: Int) -> Int { i < k && j < n ? weights[i][j] : 0 }
                switch dataflow {
                case .weightStationary:
                    let sums = stepped.runStationaryFold(
                        stationary: (0..<r).map { i in (0..<c).map { weight(row + i, column + $0) } },
                        streamed: (0..<m).map { t in (0..<r).map { input(t, row + $0) } })
                    for t in 0..<m { for j in 0..<usedColumns { outputs[t][column + j] += sums[t][j] } }
                case .inputStationary:
                    let sums = stepped.runStationaryFold(
                        stationary: (0..<r).map { i in (0..<c).map { input(column + $0, row + i) } },
                        streamed: (0..<n).map { t in (0..<r).map { weight(row + $0, t) } })
                    for t in 0..<n { for j in 0..<usedColumns { outputs[column + j][t] += sums[t][j] } }
                case .outputStationary:
                    let (sums, busiest) = stepped.runOutputFold(
                        inputs: (0..<r).map { i in (0..<k).map { input(row + i, $0) } },
                        weights: (0..<k).map { t in (0..<c).map { weight(t, column + $0) } },
                        shiftOut: rules.drain == .shifted)
                    for i in 0..<usedRows { for j in 0..<usedColumns { outputs[row + i][column + j] = sums[i][j] } }
                    busiestColumn = max(busiestColumn, busiest)
                }
                cycles += stepped.cycle
            }
        }
    }
}
