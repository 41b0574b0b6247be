import SimCore
import Testing

/// SplitMix64: the same shapes and values on every machine.
struct Shuffle: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite("A systolic array stepped element by element agrees with the closed forms")
struct SteppedArrayTests {
    static func matrix(_ rows: Int, _ columns: Int, _ random: inout Shuffle) -> [[Int]] {
        (0..<rows).map { _ in (0..<columns).map { _ in Int.random(in: -9...9, using: &random) } }
    }

    static func product(_ a: [[Int]], _ b: [[Int]]) -> [[Int]] {
        a.map { row in b[0].indices.map { j in row.indices.reduce(0) { $0 + row[$1] * b[$1][j] } } }
    }

    @Test("product and serial cycles of 40 random shapes", arguments: Dataflow.allCases, [EdgeFolds.full, .used])
    func serialCyclesAndValues(dataflow: Dataflow, edges: EdgeFolds) {
        var random = Shuffle(state: 7)
        for _ in 0..<40 {
            let shape = GEMMShape(
                m: .random(in: 1...13, using: &random), n: .random(in: 1...13, using: &random),
                k: .random(in: 1...13, using: &random))
            let array = SystolicArrayShape(
                rows: .random(in: 1...6, using: &random), columns: .random(in: 1...6, using: &random))
            for drain in dataflow == .outputStationary ? [OutputDrain.columnBus, .shifted] : [.columnBus] {
                let rules = FoldRules(edges: edges, drain: drain)
                let inputs = Self.matrix(shape.m, shape.k, &random)
                let weights = Self.matrix(shape.k, shape.n, &random)
                let stepped = SteppedProduct(
                    inputs: inputs, weights: weights, dataflow: dataflow, array: array, rules: rules)
                let folds = SystolicFolds(shape, dataflow: dataflow, array: array, rules: rules)
                #expect(stepped.outputs == Self.product(inputs, weights), "\(shape) on \(array)")
                #expect(stepped.cycles == folds.computeCycles, "\(shape) on \(array)")
                #expect(stepped.busiestColumn <= 1, "a column bus carries one sum a cycle")
            }
        }
    }

    /// The element needs no more than the closed form's interval: the values come out right at max(M, R). The whole
    /// takes R - 1 cycles less than ONNXim charges, which lets the first tile's last weight arrive before the first
    /// input enters; the skew of the inputs would hide that.
    @Test("overlapped tiles every max(M, R) cycles: values right, R - 1 below the closed form")
    func overlappedCyclesAndValues() {
        var random = Shuffle(state: 19)
        for _ in 0..<60 {
            let rows = Int.random(in: 4...7, using: &random)
            let columns = Int.random(in: 1...7, using: &random)
            let steps = Int.random(in: 4...12, using: &random)
            let count = Int.random(in: 1...5, using: &random)
            let tiles = (0..<count).map { _ in Self.matrix(rows, columns, &random) }
            let streams = (0..<count).map { _ in Self.matrix(steps, rows, &random) }
            let stepped = SteppedOverlap(tiles: tiles, streams: streams, interval: max(steps, rows))
            #expect(stepped.sums == zip(streams, tiles).map(Self.product))
            let folds = SystolicFolds(
                GEMMShape(m: steps, n: columns, k: rows * count), dataflow: .weightStationary,
                array: SystolicArrayShape(rows: rows, columns: columns), rules: .onnxim)
            #expect(stepped.cycles == folds.computeCycles - (rows - 1))
        }
    }
}
