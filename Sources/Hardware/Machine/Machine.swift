import Quantities

/// A machine as the simulator sees it: an NPU chip, its memory with or without PIM units, links, energies.
///
/// Every value is checked and in the unit of its clock domain; nothing here depends on how it was written in a file.
public struct Machine: Sendable {
    public var name: String
    public var npu: NPU
    public var memory: MemorySystem
    public var link: Link
    public var execution: Execution
    public var energy: EnergyChoice

    public init(
        name: String, npu: NPU, memory: MemorySystem, link: Link, execution: Execution, energy: EnergyChoice
    ) {
        self.name = name
        self.npu = npu
        self.memory = memory
        self.link = link
        self.execution = execution
        self.energy = energy
    }
}

/// The compute chip: systolic arrays, vector units, scratchpad, and the way from its DMA engine to the memory.
public struct NPU: Sendable {
    public var clock: Hertz
    public var arrays: SystolicArrays
    public var vector: VectorUnits
    /// On-chip memory for operands, results and the weights under way.
    public var scratchpadBytes: Int
    /// NPU cycles from the DMA engine's request to its arrival at a channel's port.
    public var requestLatency: Int
    /// NPU cycles from a channel's answer to the unit that waits for it.
    public var responseLatency: Int
    /// NPU cycles between the end of an operator and the first request of one that waited for it.
    public var operatorStartLatency: Int

    public init(
        clock: Hertz, arrays: SystolicArrays, vector: VectorUnits, scratchpadBytes: Int, requestLatency: Int,
        responseLatency: Int, operatorStartLatency: Int
    ) {
        self.clock = clock
        self.arrays = arrays
        self.vector = vector
        self.scratchpadBytes = scratchpadBytes
        self.requestLatency = requestLatency
        self.responseLatency = responseLatency
        self.operatorStartLatency = operatorStartLatency
    }

    /// Peak multiply-accumulates per cycle of all systolic arrays.
    public var macsPerCycle: Int { arrays.count * arrays.rows * arrays.columns }
}

/// The systolic arrays of a chip, all alike.
public struct SystolicArrays: Sendable, Equatable {
    public var count: Int
    public var rows: Int
    public var columns: Int
    /// Which operand of a GEMM stays in the array while the other streams through.
    public var stationary: StationaryOperand
    /// Whether the next stationary tile shifts in under the current one.
    public var fill: ArrayFill

    public init(count: Int, rows: Int, columns: Int, stationary: StationaryOperand, fill: ArrayFill) {
        self.count = count
        self.rows = rows
        self.columns = columns
        self.stationary = stationary
        self.fill = fill
    }
}

/// The operand that stays in the systolic array.
public enum StationaryOperand: String, Sendable, CaseIterable {
    /// Weight tiles stay, the batch streams; the arrays work on different weight tiles.
    case weights
    /// Activation tiles stay in all arrays, the weights stream, split evenly over the arrays (published NeuPIMs).
    case activations
}

/// How one stationary tile follows another in a systolic array.
public enum ArrayFill: String, Sendable, CaseIterable {
    /// Load, stream and drain one tile after the other (SCALE-Sim).
    case serial
    /// The next tile shifts in while the current one is used; the pipeline is never drained between tiles (ONNXim).
    case overlapped
}

/// The vector units of a chip: `lanes` elements per cycle each, with a latency per elementary operation.
public struct VectorUnits: Sendable, Equatable {
    public var units: Int
    public var lanes: Int
    /// Cycles that one elementary operation takes for a vector of `lanes` elements.
    public var latency: VectorLatencies
    /// `false`: operations never wait for a unit, and norms, activations and additions take no time (published NeuPIMs).
    public var isFinite: Bool

    public init(units: Int, lanes: Int, latency: VectorLatencies, isFinite: Bool) {
        self.units = units
        self.lanes = lanes
        self.latency = latency
        self.isFinite = isFinite
    }
}

/// Cycles per vector of `lanes` elements of the elementary operations that norms, softmax and activations consist of.
public struct VectorLatencies: Sendable, Equatable {
    public var add: Int
    public var multiply: Int
    public var exponential: Int
    public var gelu: Int
    public var silu: Int
    public var reduceStep: Int
    public var scalarRoot: Int

    public init(
        add: Int, multiply: Int, exponential: Int, gelu: Int, silu: Int, reduceStep: Int, scalarRoot: Int
    ) {
        self.add = add
        self.multiply = multiply
        self.exponential = exponential
        self.gelu = gelu
        self.silu = silu
        self.reduceStep = reduceStep
        self.scalarRoot = scalarRoot
    }
}
