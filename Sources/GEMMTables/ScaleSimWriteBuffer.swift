import SimCore

/// What SCALE-Sim's output scratchpad writes to memory in CALC mode.
///
/// The buffer (v3.0.0 `memory/write_buffer.py`) collects words into lines of C words. When it holds more than half its
/// size and the last drain is over, it closes the line it is at, however short, and drains half a buffer of lines, one
/// a cycle; what is left drains after the last cycle. A line closed early in the middle of the trace is counted as a
/// full one: the "up to C - 1 words of padding" in its counts. Partial sums drain like outputs, once per row fold.
/// Reproduced exactly: writes, first and last cycle.
struct ScaleSimWriteBuffer {
    private(set) var words = 0
    private(set) var startCycle = Int.max
    private(set) var stopCycle = Int.min

    private let lineWords: Int
    private let half: Int
    private let capacity: Int
    private var free: Int
    private var partial = 0
    /// Words in each closed line that is not drained yet, oldest first.
    private var lines: [Int] = []
    private var drainEnd = 0

    init(lineWords: Int, scratchpadWords: Int) {
        self.lineWords = lineWords
        capacity = scratchpadWords
        half = scratchpadWords - ceilingDivision(scratchpadWords, 2)
        free = scratchpadWords
    }

    /// `count` words arrive in `cycle`.
    mutating func accept(_ count: Int, at cycle: Int) {
        var now = cycle
        var left = count
        while left > 0 {
            // Up to the word that makes the buffer more than half full, or all of them while a drain is under way.
            let untilFull = max(1, free - (capacity - half) + 1)
            let taken = now < drainEnd ? left : min(left, untilFull)
            store(taken)
            left -= taken
            if now >= drainEnd, free < capacity - half {
                closeLine()
                drain(from: now)
                now = drainEnd
            }
        }
    }

    /// Everything left goes out after `cycle`.
    mutating func finish(at cycle: Int) {
        closeLine()
        var cycle = cycle
        while !lines.isEmpty {
            drain(from: cycle)
            cycle = drainEnd + 1
        }
    }

    private mutating func store(_ count: Int) {
        free -= count
        partial += count
        while partial >= lineWords {
            lines.append(lineWords)
            partial -= lineWords
        }
    }

    private mutating func closeLine() {
        if partial > 0 { lines.append(partial) }
        partial = 0
    }

    private mutating func drain(from cycle: Int) {
        let count = min(ceilingDivision(half, lineWords), lines.count)
        let data = (count - 1) * lineWords + lines[count - 1]
        words += data
        free += data
        lines.removeFirst(count)
        drainEnd = cycle + count - 1
        startCycle = min(startCycle, cycle)
        stopCycle = max(stopCycle, drainEnd)
    }
}
