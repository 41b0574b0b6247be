import Glibc

/// How well a model predicts a text: bits per byte over consecutive windows.
///
/// The text's tokens are cut into windows of `window` predicted tokens: window i reads tokens i·N to i·N + N and
/// predicts all but the first of them, so windows share one token and no context, and no start token is added. A
/// shorter last window counts. Bits are −Σ log2 P; bytes are those of the predicted tokens.
public struct Perplexity: Sendable, Equatable {
    /// −Σ log2 of the probabilities of the predicted tokens.
    public var bits: Double
    public var predictedTokens: Int
    /// Bytes that the predicted tokens stand for.
    public var predictedBytes: Int
    public var windows: Int

    public var bitsPerByte: Double { bits / Double(predictedBytes) }
    public var bitsPerToken: Double { bits / Double(predictedTokens) }
    /// 2 to the bits per token.
    public var perplexity: Double { exp2(bitsPerToken) }

    /// Measures a model on tokens.
    /// - Parameters:
    ///   - window: predicted tokens per window, at least 1.
    ///   - progress: called after each window with its number and the number of windows.
    public static func measure(
        _ model: Transformer, tokens: [Int], tokenizer: any Tokenizer, window: Int = 512,
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws(ModelFileError) -> Perplexity {
        precondition(window >= 1, "a window predicts at least one token")
        var result = Perplexity(bits: 0, predictedTokens: 0, predictedBytes: 0, windows: 0)
        let count = (max(tokens.count, 1) - 1 + window - 1) / window
        for start in stride(from: 0, to: max(tokens.count - 1, 0), by: window) {
            let end = min(start + window, tokens.count - 1)
            let segment = Transformer.Segment(
                cache: KeyValueCache(model.config), tokens: Array(tokens[start..<end]), outputs: .all)
            var bits = 0.0
            try model.forward([segment]) { _, index, logits in
                bits -= log2Probability(of: tokens[start + index + 1], logits)
            }
            result.bits += bits
            result.predictedTokens += end - start
            result.predictedBytes += tokens[start + 1...end].reduce(0) { $0 + tokenizer.bytes(of: $1).count }
            result.windows += 1
            progress(result.windows, count)
        }
        return result
    }

    /// Measures a model folder on a file, at most its first `limit` bytes.
    public static func measure(
        folder: String, file: String, window: Int = 512, limit: Int? = nil,
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws(ModelFileError) -> Perplexity {
        let model = try Transformer(folder: folder)
        let tokenizer = try modelTokenizer(folder: folder, config: model.config)
        let text = try MappedFile.contents(of: file, limit: 1 << 31)
        let tokens = try tokenizer.encode(Array(text.prefix(limit ?? text.count)), addingSpecialTokens: false)
        guard tokens.count >= 2 else { throw ModelFileError(file: file, "the text has fewer than two tokens") }
        return try measure(model, tokens: tokens, tokenizer: tokenizer, window: window, progress: progress)
    }

    /// Through the largest logit, in double precision; overwrites the logits.
    private static func log2Probability(of token: Int, _ logits: UnsafeMutableBufferPointer<Float>) -> Double {
        let row = logits.baseAddress!
        let chosen = row[token]
        let top = row[Vector.argmax(row, count: logits.count)]
        Vector.softmax(row, count: logits.count)
        // P = e^(chosen − top) × P(top), and P(top) is the largest of the softmax.
        let topProbability = row[Vector.argmax(row, count: logits.count)]
        return (Double(chosen - top)) * M_LOG2E + log2(Double(topProbability))
    }
}
