/// What narrow widths cost each expert of a model, measured on its weights.
///
/// Each output channel of each matrix is rounded to the nearest of 2^bits evenly spaced levels around zero (half a step
/// and its odd multiples). The step is the best of eight, from all of the channel's range to three tenths of it, with
/// what lies beyond clipped; at one bit it is exact, sign times mean magnitude (Rastegari et al., XNOR-Net, 2016). The
/// error is the squared distance of all weights of the expert from the rounded ones, over their squared norm. Leaves out
/// activations, groups within a channel, and what GPTQ or HQQ regain.
public struct ExpertErrors: Sendable {
    public struct Row: Hashable, Sendable {
        /// Among the layers with experts, from 0.
        public let layer: Int
        public let expert: Int
        public let bits: Int
        /// 0 for exact, 1 for weights that are gone.
        public let error: Double
    }

    /// By layer, expert and width.
    public let rows: [Row]

    /// - Parameters:
    ///   - folder: a model folder with weights.
    ///   - widths: bits of 1 to 16.
    ///   - progress: called with the layers done and those in all.
    /// - Throws: what is wrong with the folder; a model without experts.
    public init(
        folder: String, widths: [Int] = [1, 2, 3, 4, 8], progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws(ModelFileError) {
        precondition(widths.allSatisfy { (1...16).contains($0) }, "widths of 1 to 16 bits")
        let layers = try Transformer(folder: folder).layers
        var rows: [Row] = []
        var layer = 0
        for (index, weights) in layers.enumerated() {
            guard case .sparse(_, let experts, _, _) = weights.feedForward else { continue }
            for (expert, matrices) in experts.enumerated() {
                var errors = [Double](repeating: 0, count: widths.count)
                var norm = 0.0
                for matrix in [matrices.gate, matrices.up, matrices.down].compactMap({ $0 }) {
                    norm += try matrix.addErrors(widths, to: &errors)
                }
                for (bits, error) in zip(widths, errors) {
                    rows.append(Row(layer: layer, expert: expert, bits: bits, error: norm > 0 ? error / norm : 0))
                }
            }
            layer += 1
            progress(index + 1, layers.count)
        }
        guard layer > 0 else {
            throw ModelFileError(.unsupported, file: folder, "the model has no experts whose widths could be chosen")
        }
        self.rows = rows
    }
}

extension Linear {
    /// Adds the squared errors of rounding to each of the widths; the squared norm of the matrix.
    fileprivate func addErrors(_ widths: [Int], to errors: inout [Double]) throws(ModelFileError) -> Double {
        let values = try weight.floats()
        let (step, start) = isTransposed ? (1, inputs) : (outputs, 1)
        var norm = 0.0
        for output in 0..<outputs {
            let places = stride(from: output * start, to: output * start + inputs * step, by: step)
            var (largest, sum, square) = (0.0, 0.0, 0.0)
            for place in places {
                let value = Double(values[place])
                largest = max(largest, value.magnitude)
                sum += value.magnitude
                square += value * value
            }
            norm += square
            guard largest > 0 else { continue }
            for (index, bits) in widths.enumerated() {
                if bits == 1 {
                    // The sum of (|w| - mean)^2.
                    errors[index] += max(0, square - sum * sum / Double(inputs))
                    continue
                }
                let half = Double(1 << (bits - 1))
                var least = Double.infinity
                for tenths in 3...10 {
                    let step = largest / half * Double(tenths) / 10
                    var error = 0.0
                    for place in places {
                        let magnitude = Double(values[place].magnitude)
                        let difference = magnitude - (min((magnitude / step).rounded(.down), half - 1) + 0.5) * step
                        error += difference * difference
                    }
                    least = min(least, error)
                }
                errors[index] += least
            }
        }
        return norm
    }
}
