/// A linear map: y = x Wᵀ + b, or y = x W + b where the file stores W `[inputs, outputs]` (GPT-2's `Conv1D`).
final class Linear {
    let inputs: Int
    let outputs: Int
    let weight: WeightTensor
    private let bias: WeightTensor?
    let isTransposed: Bool

    /// - Parameter outputsFirst: the stored shape is `[outputs, inputs]`.
    init(
        _ store: WeightStore, _ name: String, inputs: Int, outputs: Int, bias: Bool, outputsFirst: Bool = true
    ) throws(ModelFileError) {
        self.inputs = inputs
        self.outputs = outputs
        isTransposed = outputsFirst
        weight = try store.tensor(name + ".weight", shape: outputsFirst ? [outputs, inputs] : [inputs, outputs])
        self.bias = bias ? try store.tensor(name + ".bias", shape: [outputs]) : nil
    }

    /// The output matrix of a model with tied embeddings: the embedding itself, `[outputs, inputs]`.
    init(tied embedding: WeightTensor) {
        outputs = embedding.shape[0]
        inputs = embedding.shape[1]
        weight = embedding
        bias = nil
        isTransposed = true
    }

    /// Bytes of weight and bias as stored.
    var bytes: Int { weight.tensor.range.count + (bias?.tensor.range.count ?? 0) }

    /// - Parameters:
    ///   - x: `[rows, inputs]`, `ldx` elements from row to row.
    ///   - y: `[rows, outputs]`, `ldy` elements from row to row.
    func apply(
        _ x: UnsafePointer<Float>, ldx: Int, rows: Int, into y: UnsafeMutablePointer<Float>, ldy: Int
    ) throws(ModelFileError) {
        let w = try weight.pointer()
        if let bias {
            let b = try bias.pointer()
            for row in 0..<rows { (y + row * ldy).update(from: b, count: outputs) }
        }
        BLAS.multiply(
            x, lda: ldx, w, ldb: isTransposed ? inputs : outputs, transposed: isTransposed, into: y, ldc: ldy,
            m: rows, n: outputs, k: inputs, beta: bias == nil ? 0 : 1)
    }
}

/// A norm with its weights.
struct Norm {
    private let kind: ModelConfig.Norm
    private let weight: WeightTensor?
    private let bias: WeightTensor?

    init(_ store: WeightStore, _ name: String, width: Int, kind: ModelConfig.Norm) throws(ModelFileError) {
        self.kind = kind
        switch kind {
        case .rms:
            weight = try store.tensor(name + ".weight", shape: [width])
            bias = nil
        case .layer(_, let affine):
            weight = affine ? try store.tensor(name + ".weight", shape: [width]) : nil
            bias = affine ? try store.tensor(name + ".bias", shape: [width]) : nil
        }
    }

    /// Normalises `rows` rows of `width`; `x` and `y` may be the same.
    func apply(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, rows: Int, width: Int
    ) throws(ModelFileError) {
        let w = try weight?.pointer()
        let b = try bias?.pointer()
        for row in 0..<rows {
            switch kind {
            case .rms(let epsilon):
                Vector.rmsNorm(x + row * width, weight: w!, epsilon: epsilon, into: y + row * width, count: width)
            case .layer(let epsilon, _):
                Vector.layerNorm(
                    x + row * width, weight: w, bias: b, epsilon: epsilon, into: y + row * width, count: width)
            }
        }
    }
}
