import Quantities

/// How operators are laid out and ordered on a machine. Each choice is a property of the system, not of the workload.
public struct Execution: Sendable, Equatable {
    /// Where tensors lie in memory.
    public var addresses: AddressSource
    /// What goes through DRAM besides weights and caches.
    public var activations: ActivationPlacement
    /// When an operator may start.
    public var order: OperatorOrder
    /// Which unit computes decode attention.
    public var attention: AttentionUnit
    /// What becomes of weights that one sub-batch has used; a machine that does not say reads them again.
    public var weights: WeightReuse

    public init(
        addresses: AddressSource, activations: ActivationPlacement, order: OperatorOrder, attention: AttentionUnit,
        weights: WeightReuse
    ) {
        self.addresses = addresses
        self.activations = activations
        self.order = order
        self.attention = attention
        self.weights = weights
    }
}

/// Where tensors lie in memory.
public enum AddressSource: String, Sendable, CaseIterable {
    /// Weights, activations and caches are allocated; each has its own rows.
    case allocated
    /// All traffic is one stream of consecutive addresses, whatever it belongs to (published simulator).
    case linearStream = "linear-stream"
}

/// What goes through DRAM between operators.
public enum ActivationPlacement: String, Sendable, CaseIterable {
    /// Inputs and outputs stay in the scratchpad as long as they fit into half of it.
    case onChip = "on-chip"
    /// Every operator reads its inputs from DRAM and writes its outputs there.
    case throughDRAM = "through-dram"
    /// As `throughDRAM`, but GEMMs and short attention results are not written (published simulator).
    case publishedSimulator = "published-simulator"
}

/// When an operator may start.
public enum OperatorOrder: String, Sendable, CaseIterable {
    /// When the one before it has ended.
    case serial
    /// When its inputs are there and its unit is free; weights are fetched ahead as far as the scratchpad allows.
    case dependencies
}

/// What becomes of weights that one sub-batch has used. A batch that is not cut reads them once either way.
public enum WeightReuse: String, Sendable, CaseIterable {
    /// They stay in the scratchpad for the other sub-batches as far as there is room.
    case keptForSubBatches = "kept-for-sub-batches"
    /// Each sub-batch reads them from memory.
    case readAgain = "read-again"
}

/// Which unit computes decode attention.
public enum AttentionUnit: String, Sendable, CaseIterable {
    case pim
    case npu
}

/// The link between the chips of a tensor-parallel group.
public struct Link: Sendable, Equatable {
    /// Bytes per second in each direction; `nil`: communication takes no time.
    public var bytesPerSecond: Double?
    /// Seconds per message step.
    public var latencySeconds: Double
    public var allReduce: AllReduceAlgorithm

    public init(bytesPerSecond: Double?, latencySeconds: Double, allReduce: AllReduceAlgorithm) {
        self.bytesPerSecond = bytesPerSecond
        self.latencySeconds = latencySeconds
        self.allReduce = allReduce
    }

    /// Bytes that one chip sends in an all-reduce of `bytes` over `chips`.
    public func bytesSent(forAllReduceOf bytes: Int, chips: Int) -> Int {
        guard chips > 1 else { return 0 }
        return allReduce == .ring ? 2 * (chips - 1) * bytes / chips : (chips - 1) * bytes
    }

    /// Time of an all-reduce of `bytes` over `chips`: ring, 2(n-1) steps of bytes/n each (Patarasu and Yuan 2009,
    /// JPDC 69(2)); direct, one exchange of everything with every other chip.
    public func allReduceSeconds(bytes: Int, chips: Int) -> Double {
        guard chips > 1, let rate = bytesPerSecond else { return 0 }
        let n = Double(chips)
        switch allReduce {
        case .ring: return 2 * (n - 1) * (latencySeconds + Double(bytes) / n / rate)
        case .direct: return latencySeconds + (n - 1) * Double(bytes) / rate
        }
    }
}

/// How the chips of a group add up their partial results.
public enum AllReduceAlgorithm: String, Sendable, CaseIterable {
    case ring
    case direct
}

/// The energy tables that a run is priced with, by name, and the power that flows whatever happens.
public struct EnergyChoice: Sendable, Equatable {
    /// `dramsim3-hbm2-idd`, `fgdram-2017` or `attacc-2024`.
    public var memoryTable: String
    /// `horowitz-45nm` or `jouppi-7nm`.
    public var logicTable: String
    /// Watts of the chip outside of what the tables count.
    public var staticWatts: Double

    public init(memoryTable: String, logicTable: String, staticWatts: Double) {
        self.memoryTable = memoryTable
        self.logicTable = logicTable
        self.staticWatts = staticWatts
    }
}
