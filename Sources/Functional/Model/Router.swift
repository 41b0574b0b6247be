/// Chooses each token's experts: softmax over all, the k largest, their weights divided by their sum if the model
/// says so. Of equal weights the lower expert wins.
struct Router {
    /// A token's visit to an expert.
    struct Visit {
        var row: Int
        var weight: Float
    }

    let topK: Int
    private let normalises: Bool
    /// `[rows, topK]`, the heaviest first.
    private(set) var experts: [Int32] = []
    /// `[rows, topK]`, as they scale the experts' outputs.
    private(set) var weights: [Float] = []
    private var visitsByExpert: [[Visit]]

    init(_ config: ModelConfig) {
        topK = config.experts?.topK ?? 0
        normalises = config.experts?.normalisesWeights ?? false
        visitsByExpert = Array(repeating: [], count: config.experts?.count ?? 0)
    }

    /// - Parameter logits: `[rows, experts]`; overwritten with their softmax.
    mutating func route(_ logits: Matrix) {
        experts.removeAll(keepingCapacity: true)
        weights.removeAll(keepingCapacity: true)
        for expert in visitsByExpert.indices { visitsByExpert[expert].removeAll(keepingCapacity: true) }
        for row in 0..<logits.rows {
            let probabilities = logits.row(row)
            Vector.softmax(probabilities, count: logits.columns)
            let start = experts.count
            Self.appendLargest(topK, of: probabilities, count: logits.columns, to: &experts)
            var sum: Float = 1
            if normalises { sum = experts[start...].reduce(0) { $0 + probabilities[Int($1)] } }
            for expert in experts[start...] {
                let weight = probabilities[Int(expert)] / sum
                weights.append(weight)
                visitsByExpert[Int(expert)].append(Visit(row: row, weight: weight))
            }
        }
    }

    func visits(of expert: Int) -> [Visit] { visitsByExpert[expert] }

    /// Appends the indices of the `k` largest of `count` values, the largest first.
    static func appendLargest(
        _ k: Int, of values: UnsafePointer<Float>, count: Int, to result: inout [Int32]
    ) {
        let start = result.count
        for _ in 0..<k {
            var best = -1
            for index in 0..<count
            where (best < 0 || values[index] > values[best]) && !result[start...].contains(Int32(index)) {
                best = index
            }
            result.append(Int32(best))
        }
    }
}
