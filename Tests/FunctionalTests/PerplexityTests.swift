import Testing

@testable import Functional

@Suite struct PerplexityTests {
    /// transformers 5.23 computes 1.55638968 over the first window of 512 (513 bytes) in F32.
    @Test func bitsPerByteOfTheShippedModelMatchTransformers() throws {
        let result = try Perplexity.measure(
            folder: Fixtures.tinymoe, file: Fixtures.tinymoe + "/heldout.bin", limit: 513)
        #expect(result.windows == 1)
        #expect(result.predictedBytes == 512)
        #expect(abs(result.bitsPerByte - 1.556_389_68) < 1e-5)
    }

    @Test func aShortLastWindowCounts() throws {
        let model = try Transformer(folder: Fixtures.tinymoe)
        let tokens = Array("It is a truth".utf8).map(Int.init)
        let result = try Perplexity.measure(model, tokens: tokens, tokenizer: ByteTokenizer(), window: 5)
        #expect(result.windows == 3)
        #expect(result.predictedTokens == 12)
    }
}
