import Foundation
import Testing

@testable import Functional

/// Reference models made by `Tests/Fixtures/functional/make_fixtures.py`, and the model that ships.
enum Fixtures {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    static let folder = root + "/Tests/Fixtures/functional"
    static let tinymoe = root + "/Traces/models/tinymoe"
    static let families = [
        "llama", "llama-rope-llama3", "llama-rope-linear", "llama-rope-dynamic", "qwen3-rope-yarn", "mistral-window",
        "qwen2", "qwen3",
        "mixtral", "qwen2-moe", "qwen3-moe", "gpt2", "gpt2-gelu", "llama-odd", "gpt2-odd", "opt", "opt-post-norm",
    ]

    static func modelFolder(_ name: String) -> String { name == "tinymoe" ? tinymoe : "\(folder)/\(name)" }

    /// What transformers computed: logits `[prompt, vocabulary]` and the greedy continuation.
    struct Reference {
        var prompt: [Int]
        var greedy: [Int]
        var logits: [Float]

        init(_ name: String, vocabulary: Int) throws {
            let path = "\(Fixtures.folder)/\(name)/reference.json"
            let document = try JSONParser.parse(try MappedFile.contents(of: path, limit: 1 << 20), file: path)
            let root = try JSONObjectReader(document, document.root)
            func integers(_ key: String) throws -> [Int] {
                try #require(try root.array(key)).map { node in
                    guard case .number(let number) = node.value else { throw root.missing(key) }
                    return try #require(number.integer)
                }
            }
            prompt = try integers("prompt")
            greedy = try integers("greedy")
            let store = try WeightStore(file: "\(Fixtures.folder)/\(name)/logits.safetensors")
            logits = try store.tensor("logits", shape: [prompt.count, vocabulary]).array()
        }
    }

    /// A folder of its own for a test's files.
    static func temporaryFolder() throws -> String {
        let path = NSTemporaryDirectory() + "/functional-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }
}
