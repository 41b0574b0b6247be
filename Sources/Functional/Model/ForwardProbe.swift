/// Watches a pass and keeps, per layer and token, what the operator trace and its statistics need.
///
/// Everything is held for one pass only: read it after `forward` returns and before the next.
public final class ForwardProbe {
    /// What is kept beside the routes of experts, which always are.
    public struct Records: OptionSet, Sendable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }
        /// The next sparse layer's gate applied early: on this block's feed-forward input, and on its output.
        public static let guesses = Records(rawValue: 1)
        /// Cosines between a block's input, its middle and its output.
        public static let similarity = Records(rawValue: 2)
        /// How attention is spread over keys.
        public static let attention = Records(rawValue: 4)
        /// What leaving after each layer would have said.
        public static let exits = Records(rawValue: 8)
        public static let all: Records = [.guesses, .similarity, .attention, .exits]
    }

    /// Spread of one token's attention in one layer, the mean over heads.
    public struct AttentionSpread: Sendable, Equatable {
        /// Mass in the heaviest 5, 10 and 20 % of keys (rounded up to whole keys).
        public var heaviest: (Float, Float, Float) = (0, 0, 0)
        /// Mass on the first token.
        public var first: Float = 0
        /// Mass on the last 32 keys, the token itself included.
        public var recent: Float = 0
        /// exp of the entropy: how many equally heavy keys would spread alike.
        public var effectiveKeys: Float = 0

        public static func == (left: Self, right: Self) -> Bool {
            left.heaviest == right.heaviest && left.first == right.first && left.recent == right.recent
                && left.effectiveKeys == right.effectiveKeys
        }
    }

    /// What was seen in one layer; each array holds the pass's rows in order, and is empty if not recorded.
    public struct Layer: Sendable {
        /// `[rows, topK]`, heaviest first, and the weights that scaled the experts' outputs.
        public var experts: [Int32] = []
        public var weights: [Float] = []
        /// `[rows, width of the guess]`: the next sparse layer's experts by its own gate, best first.
        public var guessesFromInput: [Int32] = []
        public var guessesFromOutput: [Int32] = []
        /// Cosine of the residual stream across attention, across the feed-forward block, across both.
        public var cosines: [(attention: Float, feedForward: Float, block: Float)] = []
        public var attention: [AttentionSpread] = []
        /// Token chosen by the final norm and head after this layer, and Σ min(P, Q) with the full model's P.
        public var exits: [(token: Int32, acceptance: Float)] = []
        /// The same through the layer's exit head, if there is one.
        public var headExits: [(token: Int32, acceptance: Float)] = []
    }

    public let records: Records
    /// Experts kept per guess: the token's k and two more.
    public let guessWidth: Int
    public private(set) var layers: [Layer]
    private let heads: Int
    private let topK: Int
    private let exitHeads: ExitHeads?
    private var rows = 0
    private let before = Matrix()
    private let middle = Matrix()
    private let scratch = Matrix()
    private var outputs: [Matrix] = []
    private var sorted: [Float] = []

    public init(_ config: ModelConfig, records: Records = [], exitHeads: ExitHeads? = nil) {
        self.records = records
        self.exitHeads = exitHeads
        heads = config.heads
        topK = config.experts?.topK ?? 0
        guessWidth = config.experts.map { min($0.topK + 2, $0.count) } ?? 0
        layers = Array(repeating: Layer(), count: config.layers)
        if records.contains(.exits) { outputs = (0..<config.layers).map { _ in Matrix() } }
    }

    func begin(rows: Int) {
        self.rows = rows
        layers = Array(repeating: Layer(), count: layers.count)
        if records.contains(.attention) {
            for layer in layers.indices {
                layers[layer].attention = Array(repeating: AttentionSpread(), count: rows)
            }
        }
    }

    func blockBegins(layer: Int, _ stream: Matrix) {
        if records.contains(.similarity) { copy(stream, to: before) }
    }

    func attentionDone(layer: Int, _ stream: Matrix, model: Transformer) throws(ModelFileError) {
        if records.contains(.similarity) { copy(stream, to: middle) }
        if records.contains(.guesses) {
            layers[layer].guessesFromInput = try guesses(after: layer, stream, model: model)
        }
    }

    func blockDone(layer: Int, _ stream: Matrix, model: Transformer) throws(ModelFileError) {
        if records.contains(.guesses) {
            layers[layer].guessesFromOutput = try guesses(after: layer, stream, model: model)
        }
        if records.contains(.exits) { copy(stream, to: outputs[layer]) }
        guard records.contains(.similarity) else { return }
        for row in 0..<rows {
            let (x, h, y) = (before.row(row), middle.row(row), stream.row(row))
            layers[layer].cosines.append(
                (cosine(x, h, stream.columns), cosine(h, y, stream.columns), cosine(x, y, stream.columns)))
        }
    }

    func routed(layer: Int, _ router: Router) {
        layers[layer].experts = router.experts
        layers[layer].weights = router.weights
    }

    /// Takes one head's attention weights of one token; they sum to 1.
    func observe(layer: Int, row: Int, weights: UnsafePointer<Float>, count: Int) {
        guard records.contains(.attention) else { return }
        sorted.removeAll(keepingCapacity: true)
        var entropy: Float = 0
        var recent: Float = 0
        for key in 0..<count {
            let weight = weights[key]
            sorted.append(weight)
            entropy -= weight * Vector.log(max(weight, 1e-12))
            if count - key <= 32 { recent += weight }
        }
        sorted.sort(by: >)
        func mass(_ percent: Int) -> Float { sorted[..<((count * percent + 99) / 100)].reduce(0, +) }
        let share = 1 / Float(heads)
        layers[layer].attention[row].heaviest.0 += mass(5) * share
        layers[layer].attention[row].heaviest.1 += mass(10) * share
        layers[layer].attention[row].heaviest.2 += mass(20) * share
        layers[layer].attention[row].first += weights[0] * share
        layers[layer].attention[row].recent += recent * share
        layers[layer].attention[row].effectiveKeys += Vector.exp(entropy) * share
    }

    /// Exits need the full model's distribution, so they wait for the end of the pass.
    func finish(_ model: Transformer) throws(ModelFileError) {
        guard records.contains(.exits), let last = outputs.last else { return }
        var row = 0
        while row < rows {
            let block = row..<min(row + 64, rows)
            let full = Matrix()
            copy(try distribution(last, block, model), to: full)
            for layer in outputs.indices {
                let exit = try distribution(outputs[layer], block, model)
                layers[layer].exits += agreement(exit, full)
                if let exitHeads, exitHeads.has(layer: layer) {
                    let corrected = try exitHeads.apply(layer: layer, outputs[layer], block)
                    let exit = try distribution(corrected, 0..<block.count, model)
                    layers[layer].headExits += agreement(exit, full)
                }
            }
            row = block.upperBound
        }
    }

    private func distribution(_ hidden: Matrix, _ block: Range<Int>, _ model: Transformer) throws(ModelFileError)
        -> Matrix
    {
        scratch.reshape(block.count, hidden.columns)
        scratch.pointer.update(from: hidden.row(block.lowerBound), count: scratch.count)
        let logits = try model.logits(of: scratch)
        for row in 0..<logits.rows { Vector.softmax(logits.row(row), count: logits.columns) }
        return logits
    }

    private func agreement(_ exit: Matrix, _ full: Matrix) -> [(token: Int32, acceptance: Float)] {
        (0..<exit.rows).map { row in
            let (q, p) = (exit.row(row), full.row(row))
            var shared: Float = 0
            for token in 0..<exit.columns { shared += min(p[token], q[token]) }
            return (Int32(Vector.argmax(q, count: exit.columns)), shared)
        }
    }

    private func guesses(after layer: Int, _ stream: Matrix, model: Transformer) throws(ModelFileError) -> [Int32] {
        guard layer + 1 < model.layers.count,
            case .sparse(let router, _, _, _) = model.layers[layer + 1].feedForward
        else { return [] }
        let width = stream.columns
        scratch.reshape(rows, width)
        try model.layers[layer + 1].feedForwardNorm.apply(
            stream.pointer, into: scratch.pointer, rows: rows, width: width)
        let logits = Matrix()
        logits.reshape(rows, router.outputs)
        try router.apply(scratch.pointer, ldx: width, rows: rows, into: logits.pointer, ldy: router.outputs)
        var result: [Int32] = []
        for row in 0..<rows {
            Router.appendLargest(guessWidth, of: logits.row(row), count: router.outputs, to: &result)
        }
        return result
    }

    private func copy(_ source: Matrix, to target: Matrix) {
        target.reshape(source.rows, source.columns)
        target.pointer.update(from: source.pointer, count: source.count)
    }

    private func cosine(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Float {
        let product = Vector.dot(a, a, count: count) * Vector.dot(b, b, count: count)
        return Vector.dot(a, b, count: count) / max(product.squareRoot(), 1e-8)
    }
}
