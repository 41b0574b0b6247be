import Quantities

/// How long the parts of a step take on a roofline unit, and what they move and cost in energy.
struct StepCosts {
    let model: ExpertModel
    let machine: OffloadMachine
    /// Bits of each weight that is not a routed expert's, and of an expert's once it is widened.
    let residentBits: Double
    private let layerLatency: Int

    init(model: ExpertModel, machine: OffloadMachine, residentBits: Double) {
        self.model = model
        self.machine = machine
        self.residentBits = residentBits
        layerLatency = Int(machine.compute.layerLatency.value.roundedUp)
    }

    /// A part of the computation.
    struct Work {
        /// Picoseconds in all, those of widening weights among them.
        var time: Int
        var dequantization = 0
        /// Bytes read from and written to the working memory.
        var memoryBytes: Int
    }

    /// What runs before the experts of a mixture layer.
    ///
    /// - Parameters:
    ///   - context: the tokens that the attention of each layer looks at, summed over the step's tokens.
    ///   - cached: tokens whose keys and values a layer reads: a prompt's tokens share them, those of different requests
    ///     do not.
    func segment(_ layer: Int, tokens: Int, context: Int, cached: Int) -> Work {
        work(model.segmentParameters[layer], model.segmentLayers[layer], tokens, context, cached)
    }

    /// What runs behind the last experts; the output head for `outputs` tokens only.
    func tail(tokens: Int, outputs: Int, context: Int, cached: Int) -> Work {
        let head = model.shape.vocabulary * model.shape.hiddenSize
        var part = work(model.tailParameters - head, model.tailLayers, tokens, context, cached)
        guard outputs > 0 else { return part }
        let last = work(head, 0, outputs, 0, 0)
        part.time += last.time
        part.memoryBytes += last.memoryBytes
        return part
    }

    /// One expert for `tokens` tokens, stored at `bits` a weight.
    func expert(tokens: Int, bits: Double) -> Work {
        let stored = model.expertBytes(bitsPerWeight: bits)
        let operations = 2 * Double(model.expertParameters) * Double(tokens)
        guard bits < residentBits, let rate = machine.compute.dequantization else {
            return Work(time: machine.time(operations: operations, bytes: Double(stored)), memoryBytes: stored)
        }
        let wide = model.expertBytes(bitsPerWeight: residentBits)
        let widening = Int((Double(stored) / Double(rate.count) * 1e12).rounded(.up))
        return Work(
            time: widening + machine.time(operations: operations, bytes: Double(wide)), dequantization: widening,
            memoryBytes: stored + 2 * wide)
    }

    private func work(_ weights: Int, _ layers: Int, _ tokens: Int, _ context: Int, _ cached: Int) -> Work {
        guard weights > 0 || layers > 0 else { return Work(time: 0, memoryBytes: 0) }
        let shape = model.shape
        let attention = 4 * Double(shape.heads * shape.headSize) * Double(context * layers)
        let cache = Double(cached * layers * shape.cacheElementsPerTokenAndLayer) * 2
        let bytes = Double(weights) * residentBits / 8 + cache
        let time = machine.time(operations: 2 * Double(weights) * Double(tokens) + attention, bytes: bytes)
        return Work(time: time + layers * layerLatency, memoryBytes: Int(bytes))
    }
}
