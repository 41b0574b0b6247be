import Testing

@testable import Functional

@Suite struct ModelConfigTests {
    static func refusal(_ text: String) -> String? {
        do {
            _ = try ModelConfig(json: Array(text.utf8), file: "config.json")
            return nil
        } catch { return error.description }
    }

    static let llama =
        #"{"model_type":"llama","max_position_embeddings":64,"hidden_size":32,"num_hidden_layers":2,"num_attention_heads":4,"#

    @Test func bothSpellingsOfRotaryParametersMeanTheSame() throws {
        let rest = #""vocab_size":9,"intermediate_size":8,"#
        let old = try ModelConfig(
            json: Array(
                (Self.llama + rest + #""rope_theta":5e5,"rope_scaling":{"type":"linear","factor":4}}"#).utf8), file: "c"
        )
        let new = try ModelConfig(
            json: Array(
                (Self.llama + rest
                    + #""rope_parameters":{"rope_theta":5e5,"rope_type":"linear","factor":4}}"#).utf8), file: "c")
        #expect(old == new)
        #expect(old.positions == .rotary(.init(base: 5e5, scaling: .linear(factor: 4), headWidth: 8)))
    }

    @Test(arguments: [
        ("{}", "1:1: error: the key 'model_type' is missing"),
        (llama + #""vocab_size":9}"#, "1:1: error: the key 'intermediate_size' is missing"),
        (
            llama + #""vocab_size":1e30,"intermediate_size":8}"#,
            "1:128: error: 'vocab_size': expected an integer, found 1e+30"
        ),
        (
            llama + #""vocab_size":99999999999,"intermediate_size":8}"#,
            "1:128: error: 'vocab_size': 99999999999 is outside 1...67108864"
        ),
        (
            llama + #""vocab_size":9,"intermediate_size":8,"num_key_value_heads":3}"#,
            "1:174: error: 'num_key_value_heads': 3 does not divide the 4 query heads"
        ),
        (
            llama + #""vocab_size":9,"intermediate_size":8,"hidden_act":"swiglu2"}"#,
            "1:165: error: 'hidden_act': the activation 'swiglu2' is not computed"
        ),
    ])
    func aWrongKeyIsNamedWithItsPlace(text: String, message: String) {
        #expect(Self.refusal(text) == "config.json:" + message)
    }

    @Test func anUnknownFamilyListsTheKnownOnes() {
        #expect(
            Self.refusal(#"{"model_type":"bert"}"#)
                == "config.json:1:15: error: 'model_type': 'bert' is not one of llama, mistral, qwen2, qwen3, mixtral, "
                + "qwen2_moe, qwen3_moe, gpt2, opt")
    }

    @Test func mistralHasAWindowUnlessItsConfigSaysNone() throws {
        func windows(_ key: String) throws -> [Int?] {
            let text =
                #"{"model_type":"mistral","max_position_embeddings":64,"hidden_size":32,"num_hidden_layers":2,"#
                + #""num_attention_heads":4,"num_key_value_heads":2,"vocab_size":9,"intermediate_size":8\#(key)}"#
            return try ModelConfig(json: Array(text.utf8), file: "c").windows
        }
        #expect(try windows("") == [4096, 4096])
        #expect(try windows(#","sliding_window":null"#) == [nil, nil])
        #expect(try windows(#","sliding_window":7"#) == [7, 7])
    }

    @Test func llama3ScalingKeepsShortWavelengthsAndStretchesLongOnes() {
        let plain = RotaryEmbedding(base: 500_000, scaling: .none, headWidth: 128).frequencies(length: 1)
        let scaled = RotaryEmbedding(
            base: 500_000, scaling: .llama3(factor: 8, low: 1, high: 4, original: 8192), headWidth: 128
        ).frequencies(length: 1)
        // Plane 0 turns once in 6.3 positions, below 8192/4; plane 63 once in over 2 million, above 8192/1.
        #expect(scaled[0] == plain[0])
        #expect(scaled[63] == plain[63] / 8)
    }
}
