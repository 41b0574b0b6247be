import Hardware
import SimCore

/// What a topology is run on.
///
/// Models: equal cores, each with equal systolic arrays and a scratchpad of its own, all on one memory. Without
/// `memory` every operand is on chip when it is asked for. Leaves out: ports and banks of the scratchpads, the network
/// between cores, and element-wise work between products.
public struct GEMMEvaluation: Sendable {
    public var array: SystolicArrayShape
    public var dataflow: Dataflow
    /// Equal arrays of a core.
    public var arrays = 1
    public var cores = 1
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
    /// The machine whose memory, clocks and way to the memory count; nil: ideal memory.
    public var memory: Machine?
    /// Scratchpad of one core, for tiling under real memory.
    public var scratchpadBytes = 1 << 20
    public var tiling = TilingChoice.time

    public init(array: SystolicArrayShape, dataflow: Dataflow) {
        self.array = array
        self.dataflow = dataflow
    }

    var rules: FoldRules { FoldRules(fill: fill, edges: edges, drain: drain, rate: format.rate) }

    /// Multiply-accumulates of all arrays in a cycle.
    var macsPerCycle: Double { Double(cores * arrays * array.elements) * format.rate.multiplier }
}

extension GEMMEvaluation {
    /// Runs every layer, one after another. Results are in the order of the layers, one each.
    ///
    /// - Parameter progress: called with the layers done.
    /// - Throws: a mistake for every layer with N:M sparsity unless the dataflow is weight-stationary: a compressed `k`
    ///   lies along the rows only where weights stay (the reference simulates no other); under real memory, a mistake
    ///   for every layer that cannot be tiled or does not fit the memory.
    public func results(
        of topology: Topology, file: String, progress: ((Int) -> Void)? = nil
    ) throws(TableMistakes) -> [GEMMLayerResult] {
        let refused = topology.layers.filter { $0.sparsity?.isDense == false && dataflow != .weightStationary }
        guard refused.isEmpty else {
            let message = "N:M sparsity needs the weight-stationary dataflow (ws), not \(dataflow.rawValue)"
            throw TableMistakes(refused.map { TableMistake(file: file, line: $0.line, column: 1, message: message) })
        }
        guard let machine = memory else { return topology.layers.map(ideal) }
        return try real(topology, on: machine, file: file, progress: progress)
    }

    /// One layer with ideal memory.
    ///
    /// Bytes: inputs and weights cross the scratchpad in their own widths, sums in the accumulator's; a compressed
    /// weight carries ceil(log2 block) bits that say where it stood. Memory traffic is each operand once: inputs and
    /// weights read, outputs written.
    func ideal(_ layer: TopologyLayer) -> GEMMLayerResult {
        let product = GEMMProduct(layer, format: format)
        let folds = SystolicFolds(product.shape, dataflow: dataflow, array: array, rules: rules)
        let cycles = lanes(of: folds, repetitions: layer.repetitions).map(\.computeCycles).max()!
        let accesses = folds.scratchpadAccesses(denseInner: layer.gemm.k)
        var result = emptyResult(layer, product, folds)
        result.computeCycles = cycles
        result.scratchpadReadBytes = layer.repetitions * product.readBytes(accesses)
        result.scratchpadWriteBytes = layer.repetitions * product.writtenBytes(accesses)
        result.memoryReadBytes = layer.repetitions * (product.inputBytes + product.weightBytes)
        result.memoryWriteBytes = layer.repetitions * product.outputBytes
        result.energy = energy(
            macs: layer.repetitions * product.shape.macs, readBytes: result.scratchpadReadBytes,
            writtenBytes: result.scratchpadWriteBytes)
        return result
    }

    func emptyResult(_ layer: TopologyLayer, _ product: GEMMProduct, _ folds: SystolicFolds) -> GEMMLayerResult {
        let macs = Double(layer.repetitions) * Double(product.shape.macs)
        let busy = lanes(of: folds, repetitions: layer.repetitions).map(\.streamingCycles).max()!
        return GEMMLayerResult(
            layer: layer, format: format, dataflow: dataflow, folds: layer.repetitions * folds.folds,
            mappingUtilization: folds.mappingUtilization, streamingCycles: busy, macs: macs,
            macsPerCycle: macsPerCycle)
    }

    /// A multiply-accumulate writes the registers of what moves past it: two of the three operands, and the sum also
    /// where it stays.
    func energy(macs: Int, readBytes: Int, writtenBytes: Int) -> GEMMEnergy {
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
}
