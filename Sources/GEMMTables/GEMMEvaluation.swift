import SimCore

/// What a topology is to be run on, with ideal memory: every operand is on chip when it is asked for.
public struct GEMMEvaluation: Hashable, Sendable {
    public var array: SystolicArrayShape
    public var dataflow: Dataflow
    /// Equal arrays that share each product by column folds (`SystolicFolds.shares`).
    public var arrays = 1
    public var fill = FoldFill.serial
    public var edges = EdgeFolds.full
    public var drain = OutputDrain.columnBus
    public var format = NumberFormat.fp16
    /// Energy of arithmetic; scratchpads are at 22 nm and registers at 40 nm whatever it is (`StorageEnergy`).
    public var node = ProcessNode.nm16
    /// Size of one bank of the scratchpads, for their energy.
    public var scratchpadBankKilobytes = 32
    /// Wire between a bank and the array, for its energy.
    public var wireMillimetres = 0.0

    public init(array: SystolicArrayShape, dataflow: Dataflow) {
        self.array = array
        self.dataflow = dataflow
    }

    var rules: FoldRules { FoldRules(fill: fill, edges: edges, drain: drain, rate: format.rate) }
}

/// Why a product takes the time it takes.
public enum GEMMBound: String, Sendable {
    /// Streaming operands through the array is at least half of the time.
    case compute
    /// Waiting for memory is. Not with ideal memory.
    case memory
    /// Filling, skewing and draining the array is.
    case fill
}

/// On-chip energy in picojoules; memory beyond the scratchpads is priced by its own model.
public struct GEMMEnergy: Hashable, Sendable {
    public let arithmetic: Double
    public let registers: Double
    public let scratchpads: Double
    public let wires: Double

    public var total: Double { arithmetic + registers + scratchpads + wires }
}

/// What one repetition of a layer takes.
public struct GEMMLayerResult: Hashable, Sendable {
    public let layer: TopologyLayer
    public let format: NumberFormat
    public let folds: SystolicFolds
    public let computeCycles: Int
    public let stallCycles: Int
    public let mappingUtilization: Double
    public let computeUtilization: Double
    public let scratchpadReadBytes: Int
    public let scratchpadWriteBytes: Int
    public let memoryReadBytes: Int
    public let memoryWriteBytes: Int
    public let energy: GEMMEnergy
    public let boundBy: GEMMBound

    public var totalCycles: Int { computeCycles + stallCycles }
}

extension GEMMEvaluation {
    /// Runs every layer. Results are in the order of the layers, one each, for one repetition.
    ///
    /// - Throws: a mistake for every layer with N:M sparsity unless the dataflow is weight-stationary: a compressed `k`
    ///   lies along the rows only where weights stay (the reference simulates no other).
    public func results(of topology: Topology, file: String) throws(TableMistakes) -> [GEMMLayerResult] {
        let refused = topology.layers.filter { $0.sparsity?.isDense == false && dataflow != .weightStationary }
        guard refused.isEmpty else {
            let message = "N:M sparsity needs the weight-stationary dataflow (ws), not \(dataflow.rawValue)"
            throw TableMistakes(refused.map { TableMistake(file: file, line: $0.line, column: 1, message: message) })
        }
        return topology.layers.map(result)
    }

    /// One layer.
    ///
    /// Bytes: inputs and weights cross the scratchpad in their own widths, sums in the accumulator's; a compressed
    /// weight carries ceil(log2 block) bits that say where it stood. With ideal memory and scratchpads as large as they
    /// need to be, memory traffic is each operand once: inputs and weights read, outputs written.
    func result(_ layer: TopologyLayer) -> GEMMLayerResult {
        let sparsity = layer.sparsity ?? .dense
        let shape = sparsity.compressed(layer.gemm)
        let folds = SystolicFolds(shape, dataflow: dataflow, array: array, rules: rules)
        let accesses = folds.scratchpadAccesses(denseInner: layer.gemm.k)
        let bits = format.bits
        let weightBits = bits.weight + (sparsity.isDense ? 0 : bitsToTell(sparsity.block))
        let reads =
            NumberFormat.bytes(accesses.inputReads, bits: bits.activation)
            + NumberFormat.bytes(accesses.weightReads, bits: weightBits)
            + NumberFormat.bytes(accesses.partialSumReads, bits: bits.sum)
        let writes = NumberFormat.bytes(accesses.outputWrites, bits: bits.sum)
        let slowest = folds.shares(over: arrays).max { $0.computeCycles < $1.computeCycles }!
        let cycles = slowest.computeCycles
        return GEMMLayerResult(
            layer: layer, format: format, folds: folds, computeCycles: cycles, stallCycles: 0,
            mappingUtilization: folds.mappingUtilization,
            computeUtilization: folds.computeUtilization(cycles: cycles) / Double(arrays), scratchpadReadBytes: reads,
            scratchpadWriteBytes: writes,
            memoryReadBytes: NumberFormat.bytes(
                layer.convolution?.touchedInputWords ?? layer.gemm.inputWords, bits: bits.activation)
                + NumberFormat.bytes(shape.weightWords, bits: weightBits),
            memoryWriteBytes: NumberFormat.bytes(shape.outputWords, bits: bits.activation),
            energy: energy(macs: shape.macs, readBytes: reads, writtenBytes: writes),
            boundBy: 2 * slowest.streamingCycles >= cycles ? .compute : .fill)
    }

    /// A multiply-accumulate writes the registers of what moves past it: two of the three operands, and the sum also
    /// where it stays.
    private func energy(macs: Int, readBytes: Int, writtenBytes: Int) -> GEMMEnergy {
        let bits = format.bits
        let registerBits =
            switch dataflow {
            case .weightStationary: bits.activation + bits.sum
            case .inputStationary: bits.weight + bits.sum
            case .outputStationary: bits.weight + bits.activation + bits.sum
            }
        let bank = StorageEnergy.scratchpad(kilobytes: scratchpadBankKilobytes)
        return GEMMEnergy(
            arithmetic: Double(macs) * MACEnergy.row(format, node).picojoules,
            registers: Double(macs) * Double(registerBits) * StorageEnergy.registerBit.picojoules,
            scratchpads: Double(readBytes) * bank.read + Double(writtenBytes) * bank.write,
            wires: Double(readBytes + writtenBytes) * wireMillimetres * StorageEnergy.wireByteMillimetre.picojoules)
    }

    private func bitsToTell(_ count: Int) -> Int { Int.bitWidth - (count - 1).leadingZeroBitCount }
}
