import Testing

@testable import Functional

@Suite struct TokenizerTests {
    struct Case {
        var text: String
        var tokens: [Int]
        var decoded: String
    }

    static func cases(_ name: String) throws -> [Case] {
        let path = Fixtures.folder + "/tokenizers/cases.json"
        let document = try JSONParser.parse(try MappedFile.contents(of: path, limit: 1 << 20), file: path)
        let root = try JSONObjectReader(document, document.root)
        return try #require(try root.array(name)).map { node in
            let reader = try JSONObjectReader(document, node)
            let tokens = try #require(try reader.array("tokens")).map { node in
                guard case .number(let number) = node.value else { throw reader.missing("tokens") }
                return try #require(number.integer)
            }
            return Case(
                text: try #require(try reader.string("text")), tokens: tokens,
                decoded: try #require(try reader.string("decoded")))
        }
    }

    @Test(arguments: ["gpt2", "gpt2-prefix", "llama3", "qwen2"])
    func encodesAndDecodesAsTheReferenceLibrary(name: String) throws {
        let tokenizer = try BytePairTokenizer(file: "\(Fixtures.folder)/tokenizers/\(name).json")
        for item in try Self.cases(name) {
            let tokens = try tokenizer.encode(item.text)
            #expect(tokens == item.tokens, "\(name): \(item.text.debugDescription)")
            let decoded = String(decoding: tokenizer.decode(item.tokens), as: UTF8.self)
            #expect(decoded.utf8.elementsEqual(item.decoded.utf8), "\(name): \(item.text.debugDescription)")
        }
    }

    @Test func mergingALongRunTakesNoSquareTime() throws {
        let tokenizer = try BytePairTokenizer(file: Fixtures.folder + "/tokenizers/gpt2.json")
        let text = [UInt8](repeating: UInt8(ascii: "e"), count: 60_000)
        #expect(tokenizer.decode(try tokenizer.encode(text, addingSpecialTokens: false)) == text)
    }

    @Test func bytesAreTheirOwnTokens() throws {
        let tokenizer = ByteTokenizer(beginToken: 0)
        #expect(tokenizer.encode([0xFF, 0x41], addingSpecialTokens: true) == [0, 0xFF, 0x41])
        #expect(tokenizer.decode([0xFF, 0x41, 300]) == [0xFF, 0x41])
    }

    @Test func anUnknownExpressionIsRefusedByName() throws {
        let json = #"""
            {"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []},
             "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(a+)+$"}, "behavior": "Isolated"}}
            """#
        let error = #expect(throws: ModelFileError.self) {
            try BytePairTokenizer(json: Array(json.utf8), file: "t.json")
        }
        #expect(
            error?.description
                == "t.json:2:48: error: 'pre_tokenizer.pattern': this expression is not one that is read")
    }

    @Test func aMergeOfUnknownTokensNamesItsPlace() throws {
        let json = #"{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a b"]}}"#
        let error = #expect(throws: ModelFileError.self) {
            try BytePairTokenizer(json: Array(json.utf8), file: "t.json")
        }
        #expect(
            error?.description
                == "t.json:1:57: error: 'model.merges[0]': a token of the merge is not in the vocabulary")
    }
}
