import SimCore

/// What SCALE-Sim's bandwidth estimate (CALC mode) says an operand reads from memory.
///
/// The estimate (v3.0.0 `memory/read_buffer_estimate_bw.py`) never stalls. It splits a scratchpad of S words into sets
/// of floor(S / 100) and keeps 50 of them, a window of W words, in which a word is a hit. New words fill the window;
/// when it is full it is forgotten as a whole and starts again empty, and what was in it counts as one prefetch. The
/// first prefetch is placed before the first request at 10 words per cycle (whole sets of words, whatever they hold),
/// each later one in the time in which the window before it filled.
///
/// So only the order in which a fold asks for words it has not asked for matters, and the replay here walks over folds
/// and pieces of folds, never over words. Reproduced exactly: reads, first and last cycle.
struct ScaleSimReadEstimate: Hashable {
    let words: Int
    let startCycle: Int
    let stopCycle: Int

    /// One fold's words of one operand.
    struct Visit {
        /// Which words: visits with the same number ask for the same words in the same order.
        let part: Int
        /// Cycle of the first word.
        let start: Int
        /// Words a full cycle asks for.
        let lanes: Int
        /// Words each lane asks for, one a cycle.
        let steps: Int
        /// Lane i starts i cycles late.
        let isSkewed: Bool

        /// The cycle in which word `index` of the visit is asked for.
        func cycle(ofWord index: Int) -> Int {
            guard isSkewed else { return start + index / lanes }
            // The cycles ask for 1, 2, ... min(lanes, steps) words, then that many, then fewer and fewer down to 1.
            let widest = min(lanes, steps)
            let ramp = widest * (widest - 1) / 2
            let plateau = (lanes + steps - 1 - 2 * (widest - 1)) * widest
            if index >= ramp, index < ramp + plateau { return start + (widest - 1) + (index - ramp) / widest }
            let rising = index < ramp
            let fromEnd = rising ? index : lanes * steps - 1 - index
            var step = 0
            var before = 0
            while fromEnd >= before + step + 1 {
                before += step + 1
                step += 1
            }
            return rising ? start + step : start + lanes + steps - 2 - step
        }
    }

    /// - Parameters:
    ///   - visits: in the order of the folds; not empty.
    ///   - scratchpadWords: at least 100.
    init(visits: [Visit], scratchpadWords: Int) {
        let set = scratchpadWords / 100
        let window = 50 * set
        var kept: [Int: [Range<Int>]] = [:]
        var filled = 0
        var total = 0
        var lastFull: Int?
        for visit in visits {
            let words = visit.lanes * visit.steps
            var next = 0
            while next < words {
                let ranges = kept[visit.part] ?? []
                if let hit = ranges.first(where: { $0.contains(next) }) {
                    next = hit.upperBound
                    continue
                }
                let ahead = ranges.map(\.lowerBound).filter { $0 > next }.min() ?? words
                let taken = min(ahead - next, window - filled)
                ScaleSimReadEstimate.append(next..<(next + taken), to: &kept[visit.part, default: []])
                next += taken
                filled += taken
                total += taken
                if filled == window {
                    lastFull = visit.cycle(ofWord: next - 1)
                    kept.removeAll(keepingCapacity: true)
                    filled = 0
                }
            }
        }
        words = total
        if let lastFull {
            startCycle = visits[0].start - ceilingDivision(window, ScaleSimReadEstimate.prefetchWordsPerCycle)
            stopCycle = lastFull + ScaleSimReadEstimate.memoryLatency
        } else {
            let sets = ceilingDivision(total, set) * set
            startCycle = -ceilingDivision(sets, ScaleSimReadEstimate.prefetchWordsPerCycle)
            stopCycle = -1
        }
    }

    /// Constants of the estimate.
    static let prefetchWordsPerCycle = 10
    static let memoryLatency = 1

    private static func append(_ range: Range<Int>, to ranges: inout [Range<Int>]) {
        if let index = ranges.firstIndex(where: { $0.upperBound == range.lowerBound }) {
            ranges[index] = ranges[index].lowerBound..<range.upperBound
        } else {
            ranges.append(range)
        }
    }
}
