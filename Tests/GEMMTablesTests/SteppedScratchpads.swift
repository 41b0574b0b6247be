import GEMMTables
import SimCore

/// SCALE-Sim's demand for words, cycle by cycle, and its scratchpads, word by word: the slow reference for the
/// memory columns of its reports.
struct SteppedScratchpads {
    /// Words asked for in each cycle, in the order of the array's lanes; outputs are the words written.
    private(set) var inputs: [[Int]] = []
    private(set) var weights: [[Int]] = []
    private(set) var outputs: [[Int]] = []

    init(_ shape: GEMMShape, _ dataflow: Dataflow, _ array: SystolicArrayShape) {
        let mapping = dataflow.mapping
        let (R, C, T) = (array.rows, array.columns, shape[mapping.time])
        let period = mapping.preloads ? 2 * R + C + T - 2 : R + C + T - 2
        for column in stride(from: 0, to: shape[mapping.columns], by: C) {
            for row in stride(from: 0, to: shape[mapping.rows], by: R) {
                for cycle in 0..<period {
                    var along: [Int] = []
                    var across: [Int] = []
                    var leaving: [Int] = []
                    for lane in 0..<R where row + lane < shape[mapping.rows] {
                        let t = cycle - lane - (mapping.preloads ? R : 0)
                        guard (0..<T).contains(t) else { continue }
                        switch dataflow {
                        case .weightStationary: along.append(t * shape.k + row + lane)
                        case .inputStationary: along.append((row + lane) * shape.n + t)
                        case .outputStationary: along.append((row + lane) * shape.k + t)
                        }
                    }
                    for lane in 0..<C where column + lane < shape[mapping.columns] {
                        if mapping.preloads {
                            let line = R - 1 - cycle
                            if line >= 0, row + line < shape[mapping.rows] {
                                across.append((row + line) * shape[mapping.columns] + column + lane)
                            }
                            let t = cycle - (2 * R - 1) - lane
                            if (0..<T).contains(t) { leaving.append(t) }
                        } else {
                            let t = cycle - lane
                            if (0..<T).contains(t) { across.append(t * shape.n + column + lane) }
                            let line = R - 1 - (cycle - (T - 1) - lane)
                            if (0..<R).contains(line), row + line < shape.m { leaving.append(line) }
                        }
                    }
                    let streamIsInputs = dataflow != .inputStationary
                    inputs.append(streamIsInputs ? along : across)
                    weights.append(streamIsInputs ? across : along)
                    outputs.append(leaving)
                }
            }
        }
    }

    /// Reads, first and last cycle of a read scratchpad in estimate mode.
    static func reads(_ demand: [[Int]], kilobytes: Int) -> [Int] {
        let setSize = 1024 * kilobytes / 100
        var window: Set<Int> = []
        var count = 0
        var first = 0
        var lastFull: Int?
        if let index = demand.firstIndex(where: { !$0.isEmpty }) { first = index }
        for (cycle, words) in demand.enumerated() {
            for word in words where window.insert(word).inserted {
                count += 1
                if window.count == 50 * setSize {
                    window.removeAll()
                    lastFull = cycle
                }
            }
        }
        if let lastFull { return [first - (50 * setSize + 9) / 10, lastFull + 1, count] }
        let sets = (count + setSize - 1) / setSize
        return [-(sets * setSize + 9) / 10, -1, count]
    }

    /// Writes, first and last cycle of the write scratchpad.
    static func writes(_ demand: [[Int]], kilobytes: Int, lineWords: Int) -> [Int] {
        let capacity = 1024 * kilobytes
        let half = capacity / 2
        var free = capacity
        var lines: [Int] = []
        var line = 0
        var drained = 0
        var busyUntil = 0
        var written = 0
        var spans: [(Int, Int)] = []
        func drain(_ cycle: Int) {
            let end = min(drained + (half + lineWords - 1) / lineWords, lines.count)
            let words = (end - drained - 1) * lineWords + lines[end - 1]
            written += words
            free += words
            spans.append((cycle, cycle + end - drained - 1))
            drained = end
        }
        for (cycle, words) in demand.enumerated() {
            var now = cycle
            for _ in words {
                free -= 1
                line += 1
                if line == lineWords {
                    lines.append(line)
                    line = 0
                }
                if now >= busyUntil, free < capacity - half {
                    if line > 0 { lines.append(line) }
                    line = 0
                    drain(now)
                    busyUntil = spans[spans.count - 1].1
                    now = busyUntil
                }
            }
        }
        if line > 0 { lines.append(line) }
        var cycle = demand.count - 1
        while drained < lines.count {
            drain(cycle)
            cycle = spans[spans.count - 1].1 + 1
        }
        return [spans.map(\.0).min()!, spans.map(\.1).max()!, written]
    }
}
