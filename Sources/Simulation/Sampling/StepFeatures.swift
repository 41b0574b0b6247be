import Hardware
import Workload

/// What a layer's time depends on, as times in NPU cycles: where two steps agree in all of them, their layers take the same
/// time.
///
/// The times need not add up to the layer's, as much of them passes side by side: `SampleTable` learns what each is worth.
/// Weights are read once whatever the step; products count as far as they take longer than that. Attention counts by its
/// busiest channel, whose requests together are measured at command level, and by the sum of requests measured alone. What
/// the busiest channel takes for writing whole bursts of values is told apart: alone most of it is hidden, in a layer less.
struct StepFeatures {
    let machine: Machine
    let shard: ModelShard
    /// Cycles in which the layer's weights come from memory.
    let weightCycles: Double
    /// Cycles in which the weights of the output head do.
    let headCycles: Double
    private let tokenVectorCycles: Double
    private let macsPerToken: Double
    /// Measures the attention of requests of one channel, by themselves on the machine.
    private let measure: ([Attention]) -> Int
    private var measured: [[Attention]: Double] = [:]

    /// A request's new tokens, and its context with them.
    struct Attention: Hashable, Comparable {
        var newTokens: Int
        var context: Int

        static func < (left: Attention, right: Attention) -> Bool {
            (left.context, left.newTokens) < (right.context, right.newTokens)
        }
    }

    init(machine: Machine, shard: ModelShard, measure: @escaping ([Attention]) -> Int) {
        self.measure = measure
        self.machine = machine
        self.shard = shard
        let bytes = Double(shard.weightBytes(layer: 0).count)
        weightCycles = bytes / machine.memory.peakBytesPerSecond * Double(machine.npu.clock.count)
        macsPerToken = bytes / Double(MemoryLayout.elementBytes)
        let headBytes = Double(shard.vocabulary * shard.model.hiddenSize * MemoryLayout.elementBytes)
        headCycles = headBytes / machine.memory.peakBytesPerSecond * Double(machine.npu.clock.count)
        let (model, cost) = (shard.model, VectorCost(vector: machine.npu.vector))
        let rows: [(OperatorKind, Int)] = [
            (.normAttention, model.hiddenSize), (.normFeedForward, model.hiddenSize),
            (.residualAttention, model.hiddenSize), (.residualFeedForward, model.hiddenSize),
            (.rope, model.positions == .rope ? shard.queryWidth + shard.keyWidth : 0), (.activation, shard.ffnSize),
        ]
        let cycles = rows.reduce(0) { $0 + ($1.1 > 0 ? cost.cycles($1.0, model: model, elements: $1.1) : 0) }
        tokenVectorCycles = Double(cycles) / Double(machine.npu.vector.units)
    }

    /// The features of a step's layers, sub-batch after sub-batch, in units of the time that the weights take.
    ///
    /// - Parameter pools: where each request's caches lie.
    mutating func of(_ step: SimulationStep, pools: [Int]) -> [Double] {
        var features: [Double] = []
        for part in 0..<step.subBatches {
            features += of(step.shares.filter { $0.subBatch == part }, pools).map { $0 / weightCycles }
        }
        return features
    }

    /// Estimated decode attention of each channel; of all together where caches are spread.
    mutating func loads(_ step: SimulationStep, pools: [Int]) -> [Double] {
        var loads = [Double](repeating: 0, count: channels)
        for share in step.shares where share.newTokens == 1 {
            loads[channels > 1 ? pools[share.request] : 0] += attentionCycles(1, share.context)
        }
        return loads
    }

    private var channels: Int { machine.memory.pim != nil ? machine.memory.channels : 1 }

    private mutating func of(_ shares: [SimulationStep.Share], _ pools: [Int]) -> [Double] {
        var decode = [Double](repeating: 0, count: channels)
        var moved = decode
        var (softmax, promptMACs) = (0.0, 0.0)
        for share in shares {
            let pool = channels > 1 ? pools[share.request] : 0
            if share.newTokens == 1 {
                decode[pool] += attentionCycles(1, share.context)
                softmax += Double(share.context)
            } else {
                let pairs = Double(share.newTokens) * (Double(share.context) - Double(share.newTokens - 1) / 2)
                promptMACs += 2 * pairs * Double(shard.queryWidth)
                softmax += pairs
                moved[pool] += attentionCycles(share.newTokens, share.context)
            }
        }
        let tokens = shares.reduce(0) { $0 + $1.newTokens }
        let vector = machine.npu.vector
        let dense = macsPerToken * Double(tokens) / Double(machine.npu.macsPerCycle)
        let network = 2 * Double(linkCycles(tokens))
        let busiest = busiest(shares, pools, decode)
        return [
            max(0, dense - weightCycles) + Double(tokens) * tokenVectorCycles + network,
            busiest.attention,
            busiest.appends,
            decode.reduce(0, +) / Double(channels),
            softmax * Double(shard.heads) * 4 / Double(vector.lanes * vector.units),
            promptMACs / Double(machine.npu.macsPerCycle),
            moved.max() ?? 0,
            zip(decode, moved).map(+).max() ?? 0,
        ]
    }

    /// The features of embedding and head, in units of the time that the head's weights take.
    func ofHead(_ step: SimulationStep) -> [Double] {
        let row = Double(shard.model.hiddenSize * MemoryLayout.elementBytes)
        let bytes = row / machine.memory.peakBytesPerSecond * Double(machine.npu.clock.count)
        let macs = headCycles * machine.memory.peakBytesPerSecond / Double(machine.npu.clock.count) / 2
        let dense = macs * Double(step.outputs) / Double(machine.npu.macsPerCycle)
        return [
            Double(step.tokens) * bytes, Double(step.outputs) * (bytes + tokenVectorCycles),
            max(0, dense - headCycles),
        ].map { $0 / headCycles }
    }

    /// Attention of the decoding requests of the busiest channel together: while one waits for its softmax, others go on.
    /// Beside it what it takes longer for the bursts of values that requests complete and write.
    private mutating func busiest(
        _ shares: [SimulationStep.Share], _ pools: [Int], _ loads: [Double]
    ) -> (attention: Double, appends: Double) {
        guard usesPIM, let most = loads.max(), most > 0, let channel = loads.firstIndex(of: most) else {
            return (loads.max() ?? 0, 0)
        }
        let contexts = shares.filter { $0.newTokens == 1 && pools[$0.request] == channel }.map(\.context)
        func cycles(_ contexts: [Int]) -> Double {
            attentionCycles(contexts.map { Attention(newTokens: 1, context: $0) })
        }
        let attention = cycles(contexts.map { $0 % valuesPerBurst == 0 ? $0 - 1 : $0 })
        return (attention, cycles(contexts) - attention)
    }

    /// Tokens whose values make up a burst.
    private var valuesPerBurst: Int { machine.memory.organization.burstBytes / MemoryLayout.elementBytes }

    private var usesPIM: Bool { machine.memory.pim != nil && machine.execution.attention == .pim }

    /// Attention of one request in its channel; where caches are spread, the time in which they come from memory.
    private mutating func attentionCycles(_ newTokens: Int, _ context: Int) -> Double {
        usesPIM ? attentionCycles([Attention(newTokens: newTokens, context: context)]) : cacheCycles(context)
    }

    /// Attention of requests of one channel.
    ///
    /// Decoding in the banks goes by rows of all banks' tokens, so contexts are taken up to the next whole row; but only
    /// those that complete a burst of values write it to its rows.
    private mutating func attentionCycles(_ requests: [Attention]) -> Double {
        let banks = machine.memory.organization.banks
        let key = requests.map { request in
            guard request.newTokens == 1, request.context % valuesPerBurst != 0 else { return request }
            let row = (request.context + banks - 1) / banks * banks
            return Attention(newTokens: 1, context: max(1, row % valuesPerBurst == 0 ? row - 1 : row))
        }.sorted()
        if let known = measured[key] { return known }
        let cycles = Double(measure(key))
        measured[key] = cycles
        return cycles
    }

    private func linkCycles(_ tokens: Int) -> Double {
        let bytes = tokens * shard.model.hiddenSize * MemoryLayout.elementBytes
        return machine.link.allReduceSeconds(bytes: bytes, chips: shard.ways) * Double(machine.npu.clock.count)
    }

    /// Keys and values of so many tokens over the buses that they lie on.
    private func cacheCycles(_ tokens: Int) -> Double {
        let bytes = Double(2 * tokens * shard.keyWidth * MemoryLayout.elementBytes)
        return bytes / machine.memory.peakBytesPerSecond * Double(machine.npu.clock.count)
    }
}
