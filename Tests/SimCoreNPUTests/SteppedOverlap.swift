/// A weight-stationary array with a second weight register in every element, stepped element by element.
///
/// The weights of the next tile enter at the top, one row a cycle, top row first; each travels down to its row and
/// waits there. An element changes to the waiting weight when the first input of the next tile reaches it, so the
/// change follows the skew of the inputs and no cycle is lost. Column j does everything j cycles late.
struct SteppedOverlap {
    private struct Traveller {
        let weight: Int
        let row: Int
    }

    /// Sums `[tile][t][column]`.
    private(set) var sums: [[[Int]]]
    /// From the first weight's entry to the last sum's exit.
    private(set) var cycles = 0

    /// - Parameters: tiles `[tile][row][column]`; streams `[tile][t][row]`; tiles start `interval` cycles apart.
    init(tiles: [[[Int]]], streams: [[[Int]]], interval: Int) {
        let rows = tiles[0].count
        let columns = tiles[0][0].count
        let steps = streams[0].count
        let zeros = [[Int]](repeating: [Int](repeating: 0, count: columns), count: rows)
        var travelling = [[Traveller?]](repeating: [Traveller?](repeating: nil, count: columns), count: rows)
        var waiting = zeros
        var held = zeros
        var passing = zeros
        var partial = zeros
        sums = tiles.map { _ in [[Int]](repeating: [Int](repeating: 0, count: columns), count: steps) }
        var remaining = tiles.count * steps * columns
        while remaining > 0 {
            var nextPassing = zeros
            var nextPartial = zeros
            for row in 0..<rows {
                for column in 0..<columns {
                    // The first tile's first input enters when `rows` weights have entered.
                    let since = cycles - row - column - rows
                    if since >= 0, since % interval == 0, since / interval < tiles.count {
                        held[row][column] = waiting[row][column]
                    }
                    let atEdge = cycles - row - rows
                    var entering = column == 0 ? 0 : passing[row][column - 1]
                    if column == 0, atEdge >= 0, atEdge / interval < tiles.count, atEdge % interval < steps {
                        entering = streams[atEdge / interval][atEdge % interval][row]
                    }
                    nextPassing[row][column] = entering
                    let above = row == 0 ? 0 : partial[row - 1][column]
                    nextPartial[row][column] = above + entering * held[row][column]
                }
            }
            passing = nextPassing
            partial = nextPartial
            for column in 0..<columns {
                let left = cycles - (rows - 1) - column - rows
                if left >= 0, left / interval < tiles.count, left % interval < steps {
                    sums[left / interval][left % interval][column] = partial[rows - 1][column]
                    remaining -= 1
                }
                for row in stride(from: rows - 1, to: 0, by: -1) {
                    travelling[row][column] = travelling[row - 1][column]
                }
                let entry = cycles - column
                let enters = entry >= 0 && entry / interval < tiles.count && entry % interval < rows
                travelling[0][column] =
                    enters
                    ? Traveller(weight: tiles[entry / interval][entry % interval][column], row: entry % interval) : nil
                for row in 0..<rows {
                    if let arrived = travelling[row][column], arrived.row == row {
                        waiting[row][column] = arrived.weight
                    }
                }
            }
            cycles += 1
        }
    }
}
