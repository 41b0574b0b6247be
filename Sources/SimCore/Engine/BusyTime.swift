/// Time in which at least one of a group of units works, from intervals in any order.
struct BusyTime: Sendable {
    private var intervals: [(start: Int, end: Int)] = []
    private var settled = 0
    private var settledUntil = Int.min
    /// The settled cycles over time.
    private(set) var profile = ActivityProfile()

    mutating func add(_ start: Int, _ end: Int) {
        guard end > start else { return }
        if let last = intervals.last, start >= last.start, start <= last.end {
            intervals[intervals.count - 1].end = max(last.end, end)
        } else {
            intervals.append((start, end))
        }
    }

    /// Cycles covered by all intervals so far; no later interval may begin before the end of these.
    mutating func settle() -> Int {
        intervals.sort { $0.start < $1.start }
        for interval in intervals {
            let start = max(interval.start, settledUntil)
            if interval.end > start {
                settled += interval.end - start
                profile.add(from: start, until: interval.end)
                settledUntil = interval.end
            }
        }
        intervals.removeAll(keepingCapacity: true)
        return settled
    }

    /// Cycles pass in which nothing works and which later intervals do not count; all before have been settled.
    mutating func skip(_ cycles: Int) { profile.skip(cycles) }
}
