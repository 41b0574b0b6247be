import Quantities

/// A compute unit that is not modelled in detail: a sourced peak and memory bandwidth, each with a stated efficiency.
///
/// An operation takes the longer of its arithmetic at `peak · efficiency` and its bytes at the memory's
/// `bandwidth · efficiency`. Each transformer layer costs `layerLatency` on top, for the launch of its kernels and the
/// framework; it leaves out everything else. Reports label it as a roofline unit.
public struct RooflineUnit: Hashable, Sendable {
    public var name: String
    public var peak: OperationsPerSecond
    /// Share of the peak that dense products reach, in 0 ... 1.
    public var efficiency: Double
    public var layerLatency: Picoseconds
    /// Stored bytes of narrow weights that it widens before use in a second; nil where the kernels read them directly.
    public var dequantization: BytesPerSecond?
    /// Power while it computes, beyond the machine's idle power.
    public var activePower: Milliwatts?
    /// On-chip memory that keeps the weights of a kernel that runs again and again, as benchmarks of kernels do; in a
    /// model, the other layers' weights pass through it in between.
    public var cache: Cache?

    /// An on-chip memory.
    public struct Cache: Hashable, Sendable {
        public var capacity: Bytes
        public var bandwidth: BytesPerSecond

        public init(capacity: Bytes, bandwidth: BytesPerSecond) {
            self.capacity = capacity
            self.bandwidth = bandwidth
        }
    }

    public init(
        name: String, peak: OperationsPerSecond, efficiency: Double, layerLatency: Picoseconds = .zero,
        dequantization: BytesPerSecond? = nil, activePower: Milliwatts? = nil, cache: Cache? = nil
    ) {
        self.name = name
        self.peak = peak
        self.efficiency = efficiency
        self.layerLatency = layerLatency
        self.dequantization = dequantization
        self.activePower = activePower
        self.cache = cache
    }
}

/// The memory that the compute unit reads its weights from.
public struct WorkingMemory: Hashable, Sendable {
    public var capacity: Bytes
    public var bandwidth: BytesPerSecond
    /// Share of the bandwidth that streaming weights reaches, in 0 ... 1.
    public var efficiency: Double
    public var energy: PicojoulesPerBit?

    public init(capacity: Bytes, bandwidth: BytesPerSecond, efficiency: Double, energy: PicojoulesPerBit? = nil) {
        self.capacity = capacity
        self.bandwidth = bandwidth
        self.efficiency = efficiency
        self.energy = energy
    }
}

/// A device that runs a mixture of experts whose experts live on a slower tier.
public struct OffloadMachine: Hashable, Sendable {
    public var name: String
    public var compute: RooflineUnit
    public var memory: WorkingMemory
    /// Where the experts are kept: flash, a disk, or another memory behind a link.
    public var storage: StorageDevice
    /// Power at all times.
    public var idlePower: Milliwatts?

    public init(
        name: String, compute: RooflineUnit, memory: WorkingMemory, storage: StorageDevice,
        idlePower: Milliwatts? = nil
    ) {
        self.name = name
        self.compute = compute
        self.memory = memory
        self.storage = storage
        self.idlePower = idlePower
    }

    /// Seconds of one kernel over the weights of `experts` experts of `bytes` each, with `operations` in all.
    ///
    /// - Parameter isRepeated: whether the same kernel ran just before, so that a cache that holds all its weights does.
    public func kernelTime(experts: Int, bytes: Int, operations: Double, isRepeated: Bool) -> Double {
        let latency = compute.layerLatency.approximateNanoseconds * 1e-9
        let moved = experts * bytes
        if isRepeated, let cache = compute.cache, moved <= cache.capacity.count {
            let arithmetic = operations / (Double(compute.peak.count) * compute.efficiency)
            return latency + max(arithmetic, Double(moved) / Double(cache.bandwidth.count))
        }
        return latency + Double(time(operations: operations, bytes: Double(moved))) * 1e-12
    }

    /// The time in whole picoseconds of `operations` over `bytes` of memory, without latencies.
    func time(operations: Double, bytes: Double) -> Int {
        let arithmetic = operations / (Double(compute.peak.count) * compute.efficiency)
        let movement = bytes / (Double(memory.bandwidth.count) * memory.efficiency)
        return Int((max(arithmetic, movement) * 1e12).rounded(.up))
    }
}
