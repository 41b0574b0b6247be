import Testing

@testable import Functional

@Suite struct JSONParserTests {
    static func refusal(_ text: String) -> String? { refusal(Array(text.utf8)) }

    static func refusal(_ bytes: [UInt8]) -> String? {
        do {
            _ = try JSONParser.parse(bytes, file: "f.json")
            return nil
        } catch { return error.description }
    }

    @Test(arguments: [
        #"{"a": [1, -2.5e3, true, false, null, "x\u00e9\ud83d\udc4d\n"]}"#, " 0 ", "[]", "{}", #""é""#,
    ])
    func whatTheGrammarAllowsIsRead(text: String) { #expect(Self.refusal(text) == nil) }

    @Test(arguments: [
        ("", "1:1: error: the text ends where a value was expected"),
        ("[1,]", "1:4: error: expected a JSON value, found byte 0x5D"),
        ("[1 2]", "1:4: error: expected ',' or ']' in an array"),
        ("{\"a\":1,\n \"a\":2}", "2:2: error: duplicate key 'a'"),
        ("01", "1:1: error: a number has a leading zero"),
        ("1e999", "1:1: error: the number 1e999 is beyond the range of a 64-bit float"),
        ("-", "1:2: error: expected a digit"),
        ("NaN", "1:1: error: expected a JSON value, found byte 0x4E"),
        (#""\ud800""#, "1:2: error: a lone surrogate escape"),
        (#""\u12g4""#, "1:2: error: an escape \\u needs four hexadecimal digits"),
        (#""abc"#, "1:1: error: a string that never ends"),
        ("\"a\u{1}\"", "1:3: error: a control character inside a string"),
        ("{} x", "1:4: error: text after the end of the JSON value"),
        ("{1:2}", "1:2: error: expected a key in double quotes"),
    ])
    func whatTheGrammarRefusesIsNamedWithItsPlace(text: String, message: String) {
        #expect(Self.refusal(text) == "f.json:" + message)
    }

    @Test func deepNestingIsRefusedBeforeTheStackEnds() {
        let text = String(repeating: "[", count: 1_000_000)
        #expect(Self.refusal(text) == "f.json:1:65: error: nesting deeper than 64")
        let objects = String(repeating: "{\"a\":", count: 100_000)
        #expect(Self.refusal(objects) == "f.json:1:321: error: nesting deeper than 64")
    }

    @Test func aVeryLongNumberIsRefused() {
        #expect(
            Self.refusal(String(repeating: "9", count: 100_000))
                == "f.json:1:1: error: a number of 100000 characters; at most 64 are read")
    }

    @Test func illFormedUTF8IsRefused() {
        #expect(Self.refusal([0x22, 0xC3, 0x28, 0x22]) == "f.json:1:1: error: a string is not valid UTF-8")
    }

    @Test func keysThatOnlyLookAlikeAreTwoKeys() throws {
        let document = try JSONParser.parse(Array("{\"\u{e9}\":1,\"e\u{301}\":2}".utf8), file: "f.json")
        #expect(try JSONObjectReader(document, document.root).all.count == 2)
    }
}
