/// Causal attention of one layer over a pass: fused query/key/value product, rotation, cache, softmax, output product.
///
/// Scores of a prompt are made in blocks of query rows, each against the keys up to its last row only, so the masked
/// half of the square is mostly not computed; both products of a block run on BLAS.
final class Attention {
    /// Query rows of one block: large enough for BLAS, small enough that little above the diagonal is computed.
    static let blockRows = 128

    private let config: ModelConfig
    private let rotary: RotaryTable?
    private let projected = Matrix()
    private let scores = Matrix()
    private let mixed = Matrix()
    private let shares = Matrix()

    init(_ config: ModelConfig) {
        self.config = config
        if case .rotary(let embedding) = config.positions {
            rotary = RotaryTable(embedding)
        } else {
            rotary = nil
        }
    }

    /// Prepares the rotations of a pass.
    func begin(_ segments: [Transformer.Segment]) {
        guard let rotary else { return }
        rotary.begin()
        for segment in segments {
            rotary.append(segment.cache.length..<segment.cache.length + segment.tokens.count)
        }
    }

    /// - Parameters:
    ///   - input: `[rows, width]`
    ///   - output: `[rows, width]`, overwritten
    func apply(
        _ layer: LayerWeights, _ number: Int, segments: [Transformer.Segment], input: Matrix, output: Matrix,
        probe: ForwardProbe?
    ) throws(ModelFileError) {
        let rows = input.rows
        try project(layer, input: input)
        mixed.reshape(rows, config.heads * config.headWidth)
        let keyWidth = config.keyValueHeads * config.headWidth
        var row = 0
        for segment in segments {
            let count = segment.tokens.count
            let past = segment.cache.length
            let (keys, values) = segment.cache.rows(layer: number, count: past + count)
            for token in 0..<count {
                let source = projected.row(row + token) + config.heads * config.headWidth
                (keys + (past + token) * keyWidth).update(from: source, count: keyWidth)
                (values + (past + token) * keyWidth).update(from: source + keyWidth, count: keyWidth)
            }
            var start = 0
            while start < count {
                let block = start..<min(start + Self.blockRows, count)
                attend(
                    block, firstRow: row, past: past, keys: keys, values: values, window: config.windows[number],
                    layer: number, probe: probe)
                start = block.upperBound
            }
            row += count
        }
        try layer.output.apply(
            mixed.pointer, ldx: mixed.columns, rows: rows, into: output.pointer, ldy: output.columns)
    }

    private func project(_ layer: LayerWeights, input: Matrix) throws(ModelFileError) {
        let rows = input.rows
        projected.reshape(rows, config.queryKeyValueWidth)
        var column = 0
        for part in layer.queryKeyValue {
            try part.apply(
                input.pointer, ldx: input.columns, rows: rows, into: projected.pointer + column,
                ldy: projected.columns)
            column += part.outputs
        }
        let width = config.headWidth
        for row in 0..<rows {
            let queries = projected.row(row)
            let keys = queries + config.heads * width
            try layer.queryNorm?.apply(queries, into: queries, rows: config.heads, width: width)
            try layer.keyNorm?.apply(keys, into: keys, rows: config.keyValueHeads, width: width)
            rotary?.rotate(queries, heads: config.heads + config.keyValueHeads, token: row)
        }
    }

    /// Attention of the query rows `block` of one segment, whose rows begin at `firstRow` of the pass.
    private func attend(
        _ block: Range<Int>, firstRow: Int, past: Int, keys: UnsafePointer<Float>, values: UnsafePointer<Float>,
        window: Int?, layer: Int, probe: ForwardProbe?
    ) {
        let width = config.headWidth
        let keyWidth = config.keyValueHeads * width
        let group = config.heads / config.keyValueHeads
        let scale = 1 / Float(width).squareRoot()
        func firstKey(_ token: Int) -> Int { max(0, past + token + 1 - (window ?? Int.max / 2)) }
        let first = firstKey(block.lowerBound)
        let count = past + block.upperBound - first
        // One token's query heads of a group lie side by side like rows of a matrix: one product for all of them.
        let headsAtOnce = block.count == 1 ? group : 1
        scores.reshape(block.count * headsAtOnce, count)
        let queryStride = block.count == 1 ? width : projected.columns
        let outputStride = block.count == 1 ? width : mixed.columns
        // The division by the softmax's sum is done on the mixed values, which are fewer than the keys.
        shares.reshape(1, scores.rows)
        let shares = shares.pointer
        for head in stride(from: 0, to: config.heads, by: headsAtOnce) {
            let column = head / group * width
            BLAS.multiply(
                projected.row(firstRow + block.lowerBound) + head * width, lda: queryStride,
                keys + first * keyWidth + column, ldb: keyWidth, transposed: true, into: scores.pointer, ldc: count,
                m: scores.rows, n: count, k: width, alpha: scale)
            for index in 0..<scores.rows {
                let token = block.lowerBound + index / headsAtOnce
                let row = scores.row(index)
                let skipped = firstKey(token) - first
                let seen = past + token + 1 - first
                for key in 0..<skipped { row[key] = 0 }
                let sum = Vector.exponentials(row + skipped, count: seen - skipped)
                for key in seen..<count { row[key] = 0 }
                shares[index] = 1 / sum
                if let probe, probe.records.contains(.attention) {
                    Vector.scale(row + skipped, by: 1 / sum, count: seen - skipped)
                    shares[index] = 1
                    probe.observe(layer: layer, row: firstRow + token, weights: row + skipped, count: seen - skipped)
                }
            }
            let target = mixed.row(firstRow + block.lowerBound) + head * width
            BLAS.multiply(
                scores.pointer, lda: count, values + first * keyWidth + column, ldb: keyWidth, transposed: false,
                into: target, ldc: outputStride, m: scores.rows, n: width, k: count)
            for index in 0..<scores.rows {
                Vector.scale(target + index * outputStride, by: shares[index], count: width)
            }
        }
    }
}
