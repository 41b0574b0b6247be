import Foundation
import Testing

@testable import Functional

/// Damaged files never crash and never take memory they do not justify: a fixed number of trials from a fixed seed.
@Suite struct FuzzTests {
    struct Random: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    /// One to four edits: bytes changed, cut out, doubled, or replaced by a token that parsers dislike.
    static func damage(_ bytes: [UInt8], _ random: inout Random, within limit: Int) -> [UInt8] {
        var result = bytes
        let splices = ["[[[[", "{\"", "1e999", "-0", "\\ud800", "9223372036854775807", "null", "]}", "\u{0}", "\"\":"]
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let bound = min(limit, result.count)
            guard bound > 0 else { return result }
            let place = Int.random(in: 0..<bound, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: result[place] = UInt8.random(in: 0...255, using: &random)
            case 1: result[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: result.removeSubrange(place..<min(result.count, place + Int.random(in: 1...40, using: &random)))
            case 3: result.insert(contentsOf: result[place..<min(bound, place + 30)], at: place)
            default: result.insert(contentsOf: splices.randomElement(using: &random)!.utf8, at: place)
            }
        }
        return result
    }

    @Test func damagedSafetensorsAreReadOrRefused() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let sound = try MappedFile.contents(of: Fixtures.folder + "/opt-post-norm/model.safetensors", limit: 1 << 20)
        let headerEnd = 8 + Int(sound[0]) + Int(sound[1]) << 8
        let config = try ModelConfig(file: Fixtures.folder + "/opt-post-norm/config.json")
        var random = Random(state: 6)
        var refused = 0
        for trial in 0..<800 {
            let damaged = Self.damage(sound, &random, within: trial % 3 == 0 ? sound.count : headerEnd)
            let path = try SafetensorsBuilder.write(damaged, in: folder)
            do {
                let model = try Transformer(config: config, store: try WeightStore(file: path), folder: folder)
                try model.forward([.init(cache: KeyValueCache(config), tokens: [5, 7], outputs: .last)]) { _, _, _ in }
            } catch {
                #expect(error.file == path)
                refused += 1
            }
        }
        #expect(refused > 400)
    }

    @Test func damagedConfigsAreReadOrRefused() throws {
        var random = Random(state: 7)
        for name in ["qwen2-moe", "llama-rope-llama3", "gpt2", "opt"] {
            let sound = try MappedFile.contents(of: "\(Fixtures.folder)/\(name)/config.json", limit: 1 << 20)
            for _ in 0..<800 {
                let damaged = Self.damage(sound, &random, within: sound.count)
                do { _ = try ModelConfig(json: damaged, file: "f") } catch { #expect(error.file == "f") }
            }
        }
    }

    @Test func damagedTokenizersAreReadOrRefused() throws {
        var random = Random(state: 8)
        for name in ["llama3", "gpt2"] {
            let sound = try MappedFile.contents(of: "\(Fixtures.folder)/tokenizers/\(name).json", limit: 1 << 20)
            for _ in 0..<400 {
                let damaged = Self.damage(sound, &random, within: sound.count)
                do {
                    let tokenizer = try BytePairTokenizer(json: damaged, file: "f")
                    _ = tokenizer.decode(try tokenizer.encode("It's a fuzz\r\n\n test 123 é"))
                } catch { #expect(error.file == "f") }
            }
        }
    }
}
