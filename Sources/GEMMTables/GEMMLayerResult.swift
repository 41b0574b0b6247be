import SimCore

/// Why a product takes the time it takes: the largest of three shares of it.
public enum GEMMBound: String, Sendable {
    /// Operands stream through the array.
    case compute
    /// The array waits for memory. Not with ideal memory.
    case memory
    /// The array fills, skews and drains.
    case fill
}

/// Energy in picojoules.
public struct GEMMEnergy: Hashable, Sendable {
    public var arithmetic = 0.0
    public var registers = 0.0
    public var scratchpads = 0.0
    public var wires = 0.0
    /// DRAM by the machine's table; 0 with ideal memory.
    public var memory = 0.0

    public var total: Double { arithmetic + registers + scratchpads + wires + memory }
}

/// What a layer takes, all of its repetitions together.
///
/// `computeCycles` are those of the tiles one after another with every operand in place, `stalls` those in which the
/// arrays wait beyond that; both are of the lane that ends last.
public struct GEMMLayerResult: Sendable {
    public let layer: TopologyLayer
    public let format: NumberFormat
    public let dataflow: Dataflow
    public let folds: Int
    public let mappingUtilization: Double
    /// Cycles in which the busiest array streams operands.
    let streamingCycles: Int
    let macs: Double
    let macsPerCycle: Double

    public internal(set) var computeCycles = 0
    public internal(set) var stalls = GEMMStalls()
    public internal(set) var scratchpadReadBytes = 0
    public internal(set) var scratchpadWriteBytes = 0
    public internal(set) var memoryReadBytes = 0
    public internal(set) var memoryWriteBytes = 0
    public internal(set) var energy = GEMMEnergy()
    /// How it was cut and what the memory did; nil with ideal memory.
    public internal(set) var execution: GEMMExecution?

    init(
        layer: TopologyLayer, format: NumberFormat, dataflow: Dataflow, folds: Int, mappingUtilization: Double,
        streamingCycles: Int, macs: Double, macsPerCycle: Double
    ) {
        self.layer = layer
        self.format = format
        self.dataflow = dataflow
        self.folds = folds
        self.mappingUtilization = mappingUtilization
        self.streamingCycles = streamingCycles
        self.macs = macs
        self.macsPerCycle = macsPerCycle
    }

    public var stallCycles: Int { stalls.total }
    public var totalCycles: Int { computeCycles + stallCycles }

    /// Multiply-accumulates done over those possible in the cycles taken, at the rate of the format.
    public var computeUtilization: Double { macs / (Double(totalCycles) * macsPerCycle) }

    public var boundBy: GEMMBound {
        let filling = computeCycles - min(streamingCycles, computeCycles)
        if stallCycles > max(streamingCycles, filling) { return .memory }
        return streamingCycles >= filling ? .compute : .fill
    }
}

/// Cycles in which the arrays wait for memory, by what they wait for; each cycle counts once.
public struct GEMMStalls: Hashable, Sendable {
    /// Inputs or weights of the next tile have not come.
    public var inputs = 0
    public var weights = 0
    /// Partial sums have not come back.
    public var sums = 0
    /// The space for outputs is not free: earlier ones are still being written.
    public var outputs = 0
    /// After the last product: its outputs are being written.
    public var drain = 0

    public var total: Int { inputs + weights + sums + outputs + drain }

    static func += (left: inout GEMMStalls, right: GEMMStalls) {
        left.inputs += right.inputs
        left.weights += right.weights
        left.sums += right.sums
        left.outputs += right.outputs
        left.drain += right.drain
    }
}
