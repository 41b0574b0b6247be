/// A multiset of burst indices: open addressing, linear probing, removal by shifting back.
///
/// Holds the bursts that wait in a channel, so that a read of a buffered write is forwarded and equal requests merge.
struct BurstTable: Sendable {
    private var keys: [Int]
    private var counts: [Int32]
    private var mask: Int
    private(set) var size = 0

    private static let empty = -1

    init(capacity: Int) {
        var slots = 16
        while slots < capacity * 2 { slots *= 2 }
        keys = [Int](repeating: Self.empty, count: slots)
        counts = [Int32](repeating: 0, count: slots)
        mask = slots - 1
    }

    /// How often `burst` is in the table.
    func count(of burst: Int) -> Int {
        if size == 0 { return 0 }
        var slot = home(burst)
        while keys[slot] != Self.empty {
            if keys[slot] == burst { return Int(counts[slot]) }
            slot = (slot + 1) & mask
        }
        return 0
    }

    /// Adds one of `burst` and returns how many there are now.
    mutating func insert(_ burst: Int) -> Int {
        if (size + 1) * 2 > keys.count { grow() }
        var slot = home(burst)
        while keys[slot] != Self.empty {
            if keys[slot] == burst {
                counts[slot] += 1
                return Int(counts[slot])
            }
            slot = (slot + 1) & mask
        }
        keys[slot] = burst
        counts[slot] = 1
        size += 1
        return 1
    }

    /// Removes `burst` altogether and returns how many there were.
    mutating func removeAll(_ burst: Int) -> Int {
        var slot = home(burst)
        while keys[slot] != burst {
            if keys[slot] == Self.empty { return 0 }
            slot = (slot + 1) & mask
        }
        let removed = Int(counts[slot])
        size -= 1
        var hole = slot
        var next = (hole + 1) & mask
        while keys[next] != Self.empty {
            let wanted = home(keys[next])
            if (next &- wanted) & mask >= (next &- hole) & mask {
                keys[hole] = keys[next]
                counts[hole] = counts[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        keys[hole] = Self.empty
        return removed
    }

    /// Fibonacci hashing (Knuth, TAOCP 3, 6.4): neither neighbouring nor strided bursts lie side by side. Neighbours must
    /// not, because a removal goes through all keys up to the next empty slot.
    private func home(_ burst: Int) -> Int {
        let scattered = UInt(bitPattern: burst) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: scattered >> 32) & mask
    }

    private mutating func grow() {
        var larger = BurstTable(capacity: keys.count)
        for slot in keys.indices where keys[slot] != Self.empty {
            var target = larger.home(keys[slot])
            while larger.keys[target] != Self.empty { target = (target + 1) & larger.mask }
            larger.keys[target] = keys[slot]
            larger.counts[target] = counts[slot]
        }
        larger.size = size
        self = larger
    }
}
