import Quantities

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// How fast a storage device, or a memory behind a link, gives blocks of data.
///
/// One read of b bytes alone takes `t(b) = latency + growth · (b / 4 KiB)^exponent`: striping inside flash makes the
/// exponent less than 1. With n reads in flight the device gives
///
///     X(b, n) = 1 / √((t(b) / (n^gain · b))² + (1 / cap)²)
///
/// bytes in a second: n^gain reads at once while the cap is far, the cap when it is near. Where no growth is known, a
/// read alone takes `t(b) = latency + b / cap`, and `X = min(n^gain · b / t(b), cap)`. The efficiency, which holds what
/// a file system and a framework lose, multiplies the cap and divides t. Before the first block of each expert the
/// loader works for `overhead`, and the device waits for it: opening, deserialising, setting up copies. Leaves out
/// writes, caches and wear.
public struct StorageDevice: Hashable, Sendable {
    public enum Access: String, CaseIterable, Sendable {
        case sequential, random
    }

    /// The part of a read alone that grows with its size.
    public struct Growth: Hashable, Sendable {
        /// For a block of 4 KiB.
        public var at4KiB: Picoseconds
        public var exponent: Double

        public init(at4KiB: Picoseconds, exponent: Double) {
            self.at4KiB = at4KiB
            self.exponent = exponent
        }
    }

    public var name: String
    public var latency: Picoseconds
    public var growth: Growth?
    public var randomBandwidth: BytesPerSecond
    public var sequentialBandwidth: BytesPerSecond
    /// Whether the blocks of an expert follow one another on the device.
    public var access: Access
    public var efficiency: Double
    /// Reads are split into blocks of this size.
    public var blockSize: Bytes
    /// Blocks in flight at most.
    public var queueDepth: Int
    /// Exponent of the reads in flight.
    public var gain: Double
    public var energy: PicojoulesPerBit?
    /// What the loader does for each expert beside its blocks, one expert after another.
    public var overhead: Picoseconds

    public init(
        name: String, latency: Picoseconds, growth: Growth? = nil, randomBandwidth: BytesPerSecond,
        sequentialBandwidth: BytesPerSecond? = nil, access: Access = .random, efficiency: Double = 1,
        blockSize: Bytes, queueDepth: Int, gain: Double = 1, energy: PicojoulesPerBit? = nil,
        overhead: Picoseconds = .zero
    ) {
        precondition(blockSize.count > 0 && queueDepth > 0, "a read has a block and a place in the queue")
        self.name = name
        self.latency = latency
        self.growth = growth
        self.randomBandwidth = randomBandwidth
        self.sequentialBandwidth = sequentialBandwidth ?? randomBandwidth
        self.access = access
        self.efficiency = efficiency
        self.blockSize = blockSize
        self.queueDepth = queueDepth
        self.gain = gain
        self.energy = energy
        self.overhead = overhead
    }

    /// The most it ever gives, in bytes per second.
    public var cap: Double {
        Double((access == .sequential ? sequentialBandwidth : randomBandwidth).count) * efficiency
    }

    /// Seconds of one read alone.
    public func readTime(bytes: Int) -> Double {
        let floor = latency.approximateNanoseconds * 1e-9
        guard let growth else { return floor + Double(bytes) / cap }
        let part = growth.at4KiB.approximateNanoseconds * 1e-9 * pow(Double(bytes) / 4096, growth.exponent)
        return (floor + part) / efficiency
    }

    /// Bytes per second with `inFlight` reads of `bytes` at all times.
    public func throughput(bytes: Int, inFlight: Int) -> Double {
        let slots = pow(Double(inFlight), gain)
        guard growth != nil else { return min(slots * Double(bytes) / readTime(bytes: bytes), cap) }
        let alone = readTime(bytes: bytes) / (slots * Double(bytes))
        return 1 / (alone * alone + 1 / (cap * cap)).squareRoot()
    }
}
