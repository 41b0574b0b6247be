/// Trained linear maps for leaving a model early: h' = h + A h before the final norm and head.
///
/// A safetensors file with one `exit.N.weight` `[width, width]` per layer count N after which one may leave.
public final class ExitHeads {
    private let weights: [Int: WeightTensor]
    private let output = Matrix()

    /// - Parameter path: a safetensors file.
    public init(file path: String, config: ModelConfig) throws(ModelFileError) {
        let store = try WeightStore(file: path)
        var weights: [Int: WeightTensor] = [:]
        for layer in 0..<config.layers where store.contains("exit.\(layer + 1).weight") {
            weights[layer] = try store.tensor("exit.\(layer + 1).weight", shape: [config.width, config.width])
        }
        self.weights = weights
    }

    /// - Parameter layer: the last layer run, from 0.
    func has(layer: Int) -> Bool { weights[layer] != nil }

    /// h + A h over the rows `block` of `hidden`; valid until the next call.
    func apply(layer: Int, _ hidden: Matrix, _ block: Range<Int>) throws(ModelFileError) -> Matrix {
        let width = hidden.columns
        output.reshape(block.count, width)
        output.pointer.update(from: hidden.row(block.lowerBound), count: output.count)
        BLAS.multiply(
            hidden.row(block.lowerBound), lda: width, try weights[layer]!.pointer(), ldb: width, transposed: true,
            into: output.pointer, ldc: width, m: block.count, n: width, k: width, beta: 1)
        return output
    }
}
