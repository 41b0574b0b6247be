import Testing

@testable import Functional

/// The forward pass against transformers' logits, and against itself in other divisions of the same work.
@Suite struct ReferenceLogitsTests {
    static let tolerance: Float = 1e-4

    /// Logits of every token of `tokens`, run in pieces of `chunk`.
    static func logits(_ model: Transformer, _ tokens: [Int], chunk: Int) throws -> [Float] {
        let cache = KeyValueCache(model.config)
        var result: [Float] = []
        var start = 0
        while start < tokens.count {
            let piece = Array(tokens[start..<min(start + chunk, tokens.count)])
            try model.forward([.init(cache: cache, tokens: piece, outputs: .all)]) { _, _, logits in
                result += logits
            }
            start += chunk
        }
        return result
    }

    static func greedy(_ model: Transformer, _ prompt: [Int], count: Int) throws -> [Int] {
        let cache = KeyValueCache(model.config)
        var tokens: [Int] = []
        var next = prompt
        while tokens.count < count {
            try model.forward([.init(cache: cache, tokens: next, outputs: .last)]) { _, _, logits in
                next = [Vector.argmax(logits.baseAddress!, count: logits.count)]
            }
            tokens += next
        }
        return tokens
    }

    static func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
        precondition(a.count == b.count, "the same number of logits")
        return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }

    @Test(arguments: Fixtures.families + ["tinymoe"])
    func logitsOfAWholePromptMatchTransformers(name: String) throws {
        let model = try Transformer(folder: Fixtures.modelFolder(name))
        let reference = try Fixtures.Reference(name, vocabulary: model.config.vocabulary)
        let logits = try Self.logits(model, reference.prompt, chunk: reference.prompt.count)
        #expect(Self.largestDifference(logits, reference.logits) <= Self.tolerance)
    }

    @Test(arguments: Fixtures.families + ["tinymoe"])
    func greedyTextMatchesTransformersFor64Tokens(name: String) throws {
        let model = try Transformer(folder: Fixtures.modelFolder(name))
        let reference = try Fixtures.Reference(name, vocabulary: model.config.vocabulary)
        #expect(try Self.greedy(model, reference.prompt, count: 64) == reference.greedy)
    }

    /// Dynamic scaling is left out: beyond its original length a key keeps the rotation of the pass that made it.
    @Test(arguments: Fixtures.families.filter { $0 != "llama-rope-dynamic" } + ["tinymoe"])
    func chunksAndSingleTokensAgreeWithOnePass(name: String) throws {
        let model = try Transformer(folder: Fixtures.modelFolder(name))
        let prompt = try Fixtures.Reference(name, vocabulary: model.config.vocabulary).prompt
        let whole = try Self.logits(model, prompt, chunk: prompt.count)
        for chunk in [1, 5, 16] {
            #expect(Self.largestDifference(whole, try Self.logits(model, prompt, chunk: chunk)) <= Self.tolerance)
        }
    }

    @Test(arguments: ["llama", "mistral-window", "qwen2-moe", "gpt2"])
    func aBatchOfDifferentLengthsGivesEachRequestItsOwnLogits(name: String) throws {
        let model = try Transformer(folder: Fixtures.modelFolder(name))
        let prompt = try Fixtures.Reference(name, vocabulary: model.config.vocabulary).prompt
        let parts = [Array(prompt[0..<7]), Array(prompt[3..<4]), Array(prompt[5..<22])]
        let segments = parts.map { Transformer.Segment(cache: KeyValueCache(model.config), tokens: $0, outputs: .all) }
        var together: [[Float]] = [[], [], []]
        try model.forward(segments) { segment, _, logits in together[segment] += logits }
        for (part, logits) in zip(parts, together) {
            let alone = try Self.logits(model, part, chunk: part.count)
            #expect(Self.largestDifference(alone, logits) <= Self.tolerance)
        }
    }
}
