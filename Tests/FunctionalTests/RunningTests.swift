import Testing
import Workload

@testable import Functional

@Suite struct RunningTests {
    @Test func sha256MatchesTheStandardsExamples() {
        func hash(_ text: String) -> String { Array(text.utf8).withUnsafeBytes(SHA256.hex) }
        // FIPS 180-4 examples, and the empty message.
        #expect(hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(hash("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    }

    @Test func theShippedModelWritesWordsOfItsLanguage() throws {
        var run = try TraceRun(folder: Fixtures.tinymoe)
        run.hashesWeights = false
        run.options.sampler = Sampler(temperature: 0.7, seed: 1)
        let request = try run.request(id: 0, text: "It is a truth universally acknowledged, that", newTokens: 160)
        let tokens = try run.run([request], into: TraceWriter(header: run.header))
        let text = String(decoding: run.tokenizer.decode(tokens[0]), as: UTF8.self)
        func words(_ text: String) -> [Substring] { text.lowercased().split { !$0.isLetter } }
        let path = Fixtures.tinymoe + "/heldout.bin"
        let known = Set(words(String(decoding: try MappedFile.contents(of: path, limit: 1 << 20), as: UTF8.self)))
        // The first may be the rest of a word and the last cut off.
        let made = words(text).dropFirst().dropLast()
        #expect(made.count > 15)
        #expect(made.filter(known.contains).count * 10 >= made.count * 9)
    }

    /// Reuse, recall by the gate and exit agreement over 2 windows, near the facts measured over 48.
    @Test func statisticsOfTheShippedModelAgreeWithItsFacts() throws {
        let bytes = try MappedFile.contents(of: Fixtures.tinymoe + "/heldout.bin", limit: 1 << 20)
        var run = try TraceRun(folder: Fixtures.tinymoe)
        run.hashesWeights = false
        run.records = [.guesses, .similarity]
        let requests = [0, 200_000].enumerated().map { id, start in
            Generator.Request(id: id, prompt: bytes[start..<start + 256].map(Int.init), newTokens: 1)
        }
        var statistics = TraceStatistics(run.header)
        _ = try run.run(requests, plan: run.header.plan) { (pass) throws(TraceFileError) in statistics.add(pass) }
        func isNear(_ statistic: String, _ variant: String, _ facts: [Double], by tolerance: Double) {
            let values = statistics.values(statistic, variant: variant)
            #expect(values.count == facts.count, "\(statistic)")
            for (value, fact) in zip(values, facts) { #expect(abs(value - fact) < tolerance, "\(statistic)") }
        }
        isNear("expert_reuse_next_token", "", [0.312, 0.223, 0.236, 0.284, 0.261, 0.281], by: 0.05)
        isNear("next_layer_recall_gate", "input, 2 experts", [0.689, 0.791, 0.806, 0.826, 0.826], by: 0.05)
        isNear("next_layer_recall_gate", "output, 2 experts", [0.819, 0.857, 0.856, 0.897, 0.895], by: 0.05)
        isNear("lru_hit_rate", "4 experts", [0.502, 0.414, 0.416, 0.457, 0.445, 0.44], by: 0.05)
        isNear("cosine_block", "", [0.297, 0.861, 0.887, 0.898, 0.905, 0.81], by: 0.03)
    }

    @Test func aModelIsFoundByFolderOrByName() throws {
        let collection = Fixtures.root + "/Traces/models"
        #expect(try ModelFolder.find("tinymoe", in: [collection]) == Fixtures.tinymoe)
        #expect(try ModelFolder.find(Fixtures.tinymoe, in: []) == Fixtures.tinymoe)
        let error = #expect(throws: ModelFileError.self) { try ModelFolder.find("tinymo", in: [collection]) }
        #expect(
            error?.description
                == "tinymo: error: there is no config.json in it, and no model of that name; known are tinymoe")
    }

    @Test func aPromptFileNamesTheLineOfItsMistake() throws {
        func read(_ text: String) throws -> PromptFile { try PromptFile(lines: Array(text.utf8), file: "p.jsonl") }
        let file = try read("{\"prompt\": \"a\"}\n\n{\"prompt\": \"b\", \"max_new_tokens\": 3}\n")
        #expect(file.prompts == [.init(text: "a", newTokens: nil), .init(text: "b", newTokens: 3)])
        for (text, message) in [
            ("{\"prompt\": \"a\"}\n{\"prompt\": 3}", "p.jsonl:2:12: error: 'prompt': expected a string, found 3"),
            ("\n{\"text\": \"a\"}", "p.jsonl:2:1: error: the key 'prompt' is missing"),
            ("{\"prompt\": \"a\",}", "p.jsonl:1:16: error: expected a key in double quotes"),
            ("\n \n", "p.jsonl: error: there is no prompt in the file"),
        ] {
            let error = #expect(throws: ModelFileError.self) { try read(text) }
            #expect(error?.description == message)
        }
    }

    @Test func samplingFollowsTheProbabilities() {
        let sampler = Sampler(temperature: 1, seed: 3)
        var counts = [0, 0, 0]
        for position in 0..<3000 {
            // Probabilities 1/6, 2/6, 3/6.
            var logits: [Float] = [0, 0.693_147_2, 1.098_612_3]
            logits.withUnsafeMutableBufferPointer { counts[sampler.choose($0, request: 0, position: position)] += 1 }
        }
        for (count, expected) in zip(counts, [500, 1000, 1500]) { #expect(abs(count - expected) < 80) }
    }
}
