/// Merges byte pairs: again and again the adjacent pair with the lowest rank, the leftmost of equals.
///
/// A linked list of symbols and a heap of candidate pairs: O(n log n) for a piece of n bytes, also for a hostile one.
/// Source: Sennrich et al., "Neural Machine Translation of Rare Words with Subword Units", arXiv:1508.07909.
struct BytePairMerger: Sendable {
    struct Merge: Sendable {
        var rank: Int32
        var result: Int32
    }

    /// By left token << 32 | right token.
    var merges: [UInt64: Merge] = [:]

    static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    private struct Candidate {
        var rank: Int32
        var left: Int32
        /// The two tokens when it was queued; a candidate whose tokens have changed since is stale.
        var pair: UInt64

        static func < (a: Self, b: Self) -> Bool { (a.rank, a.left) < (b.rank, b.left) }
    }

    /// Merges `symbols` in place.
    func merge(_ symbols: inout [Int32]) {
        let count = symbols.count
        guard count > 1 else { return }
        var next = (1...count).map { Int32($0) }
        var previous = (-1..<count - 1).map { Int32($0) }
        var heap: [Candidate] = []
        func push(_ left: Int, _ heap: inout [Candidate]) {
            let right = Int(next[left])
            guard right < count else { return }
            let pair = Self.key(symbols[left], symbols[right])
            guard let merge = merges[pair] else { return }
            heap.append(Candidate(rank: merge.rank, left: Int32(left), pair: pair))
            Self.siftUp(&heap)
        }
        for left in 0..<count - 1 { push(left, &heap) }
        while let best = Self.popLeast(&heap) {
            let left = Int(best.left)
            let right = Int(next[left])
            guard symbols[left] >= 0, right < count, Self.key(symbols[left], symbols[right]) == best.pair else {
                continue
            }
            symbols[left] = merges[best.pair]!.result
            symbols[right] = -1
            next[left] = next[right]
            if Int(next[right]) < count { previous[Int(next[right])] = Int32(left) }
            push(left, &heap)
            if previous[left] >= 0 { push(Int(previous[left]), &heap) }
        }
        symbols.removeAll { $0 < 0 }
    }

    private static func siftUp(_ heap: inout [Candidate]) {
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child] < heap[parent] else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private static func popLeast(_ heap: inout [Candidate]) -> Candidate? {
        guard let least = heap.first else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child] < heap[smallest] {
                smallest = child
            }
            if smallest == parent { return least }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
