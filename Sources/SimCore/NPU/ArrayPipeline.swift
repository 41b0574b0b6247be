import Hardware

/// When tile operations run on the systolic arrays.
///
/// Overlapped fill (ONNXim, `src/SystolicWS.cc`, a1e8629): the next stationary tile shifts in under the current one, so
/// an operation that loads a tile follows its predecessor by max(stream of the predecessor, rows), one that reuses the
/// tile by the predecessor's stream; an idle array first takes 2·rows - 1 to bring a tile in. Serial fill (SCALE-Sim):
/// rows to load, then stream and skew, one tile after the other. An operation ends rows + columns - 2 + stream cycles
/// after its start.
struct ArrayPipeline: Sendable {
    private let arrays: SystolicArrays
    private var lastStart: [Int]
    private var lastStream: [Int]
    private var lastEnd: [Int]

    /// Rows that an operand is streamed over at the least: the array's input queue (ONNXim).
    private static let shortestStream = 4
    private static let never = Int.min / 2

    init(_ arrays: SystolicArrays) {
        self.arrays = arrays
        lastStart = [Int](repeating: Self.never, count: arrays.count)
        lastStream = lastStart
        lastEnd = lastStart
    }

    /// Places an operation whose operands are there at `cycle`; returns its start and its end.
    mutating func place(array: Int, loadsTile: Bool, stream: Int, at cycle: Int) -> (start: Int, end: Int) {
        let streamed = max(stream, Self.shortestStream)
        var start = cycle
        switch arrays.fill {
        case .overlapped:
            if lastEnd[array] > cycle {
                let gap = loadsTile ? max(arrays.rows, lastStream[array]) : lastStream[array]
                start = max(cycle, lastStart[array] + gap)
            } else if loadsTile {
                start += 2 * arrays.rows - 1
            }
        case .serial:
            start = max(cycle, lastEnd[array]) + (loadsTile ? arrays.rows : 0)
        }
        let end = start + arrays.rows + arrays.columns - 2 + streamed
        lastStart[array] = start
        lastStream[array] = streamed
        lastEnd[array] = end
        return (start, end)
    }
}
