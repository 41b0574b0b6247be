/// Counts of a replay; times in picoseconds.
public struct OffloadTotals: Hashable, Sendable {
    /// Experts found in the cache, and not found there.
    public internal(set) var hits = 0
    public internal(set) var misses = 0
    /// Experts asked for ahead, and those of them that were needed where they were expected.
    public internal(set) var prefetches = 0
    public internal(set) var prefetchesUsed = 0
    /// Missing experts left out because their gate weight is small.
    public internal(set) var skipped = 0
    public internal(set) var demandBytes = 0
    /// Bytes that prefetching moved, or asked for and still expects at the end.
    public internal(set) var prefetchBytes = 0
    var prefetchBytesUsed = 0
    /// Bytes moved for guesses that were wrong.
    public internal(set) var wastedBytes = 0
    /// Bytes that went through the storage device.
    public internal(set) var storageBytes = 0
    /// Bytes read from and written to the working memory by the unit.
    public internal(set) var memoryBytes = 0
    public internal(set) var time = 0
    /// Time of the unit's work, widening weights included.
    public internal(set) var compute = 0
    public internal(set) var dequantization = 0
    /// Time in which the unit waits for experts.
    public internal(set) var exposedIO = 0
    /// Time in which the device has something to do.
    public internal(set) var ioBusy = 0
    /// Experts in memory at most, with those on their way.
    public internal(set) var peakExpertBytes = 0

    /// Time in which the device works behind the unit's back.
    public var hiddenIO: Int { max(0, ioBusy - exposedIO) }

    /// Of one mixture layer.
    public struct Layer: Hashable, Sendable {
        public internal(set) var hits = 0
        public internal(set) var misses = 0
        /// Missing experts that had been prefetched, in part at least.
        public internal(set) var prefetched = 0
        /// Missing experts left out because their gate weight is small.
        public internal(set) var skipped = 0
        public internal(set) var demandBytes = 0
        public internal(set) var exposedIO = 0
    }

    /// Of one step.
    public struct Step: Hashable, Sendable {
        public let isPrefill: Bool
        public let tokens: Int
        public let yieldsToken: Bool
        /// Position of its first token in the routes.
        let firstToken: Int
        public let start: Int
        public let end: Int
        public let hits: Int
        public let misses: Int
        public let exposedIO: Int
    }
}
