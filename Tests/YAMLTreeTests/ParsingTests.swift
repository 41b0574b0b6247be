import Testing
import YAMLTree

/// The message for a text that must not parse; the file is called `m.yaml`.
func parseError(_ text: String, limits: YAMLLimits = YAMLLimits()) -> String {
    parseError(bytes: Array(text.utf8), limits: limits)
}

func parseError(bytes: [UInt8], limits: YAMLLimits = YAMLLimits()) -> String {
    do {
        _ = try Node.parse(SourceFile(name: "m.yaml", bytes: bytes), limits: limits)
        return "accepted"
    } catch {
        return error.description
    }
}

@Suite struct ParsingTests {
    @Test func marksCountLinesAndColumnsFromOne() throws {
        let root = try Node.parse(SourceFile(name: "m.yaml", text: "# c\na: 1\npim:\n  bänk:  [x, 'y z']\n"))
        guard case .mapping(let entries, _) = root, case .mapping(let inner, _) = entries[1].value else {
            Issue.record("not a mapping")
            return
        }
        #expect(entries[0].keyMark == Mark(file: "m.yaml", line: 2, column: 1))
        #expect(entries[0].value.mark == Mark(file: "m.yaml", line: 2, column: 4))
        #expect(inner[0].key == "bänk")
        guard case .list(let items, let mark) = inner[0].value else {
            Issue.record("not a list")
            return
        }
        #expect(mark == Mark(file: "m.yaml", line: 4, column: 10))
        #expect(items[1] == .scalar(text: "y z", isPlain: false, mark: Mark(file: "m.yaml", line: 4, column: 14)))
    }

    @Test func aliasesExpandToTheirAnchor() throws {
        let root = try Node.parse(SourceFile(name: "m.yaml", text: "a: &x {n: 1}\nb: *x\n"))
        #expect(root["a"] == root["b"])
        #expect(root["b"]?["n"] != nil)
    }

    @Test func byteOrderMarkIsSkipped() throws {
        let root = try Node.parse(SourceFile(name: "m.yaml", bytes: [0xEF, 0xBB, 0xBF] + Array("a: 1".utf8)))
        #expect(root["a"]?.mark == Mark(file: "m.yaml", line: 1, column: 4))
    }

    @Test(arguments: [
        ("", "m.yaml: error: the file is empty"),
        ("# only a comment\n", "m.yaml: error: the file is empty"),
        ("a: 1\nb: 2\na: 3\n", "m.yaml:3:1: error: duplicate key 'a', first set at m.yaml:1:1"),
        (
            "bank: &bank {}\nb: *bnak\n",
            "m.yaml:2:4: error: the alias '*bnak' has no anchor '&bnak' before it; did you mean 'bank'?"
        ),
        ("a: &a [*a]\n", "m.yaml:1:8: error: the alias '*a' has no anchor '&a' before it"),
        ("a: 1\n---\nb: 2\n", "m.yaml:2:1: error: a second document begins here; a file holds one"),
        ("[a]: 1\n", "m.yaml:1:1: error: a key must be a word, not a list"),
        ("a: !!int 3\n", "m.yaml:1:4: error: tags are not supported: 'tag:yaml.org,2002:int'"),
        ("a: 1\n<<: {b: 2}\n", "m.yaml:2:1: error: merge keys ('<<') are not supported; repeat the keys"),
        (
            "a: b: c\n",
            "m.yaml:1:5: error: unexpected ':' here; check the indentation, or put quotes around text that holds ': '"
        ),
        (
            "a: 1\n  b: 2\n",
            "m.yaml:2:4: error: unexpected ':' here; check the indentation, or put quotes around text that holds ': '"
        ),
        ("a:\n\tb: 1\n", "m.yaml:2:1: error: a tab cannot indent YAML; indent with spaces"),
        ("a: @x\n", "m.yaml:1:4: error: this character cannot begin a value; put quotes around the text"),
        ("a: [1, 2\nb: 3\n", "m.yaml:2:2: error: the list opened with '[' is not closed; expected ',' or ']'"),
        ("a: {x: 1\n", "m.yaml:2:1: error: the mapping opened with '{' is not closed; expected ',' or '}'"),
        ("a: 'x\n", "m.yaml:2:1: error: the file ends inside quoted text"),
        ("a: 1\nbcd\ne: 2\n", "m.yaml:3:1: error: a key without ':' before this line; check the line above"),
        ("a:\n    b: 1\n  c: 2\n", "m.yaml:3:3: error: the indentation does not match the lines above"),
        ("a: \u{1}\n", "m.yaml:1:4: error: control characters are not allowed in YAML"),
    ])
    func brokenFilesAreExplained(text: String, expected: String) {
        #expect(parseError(text) == expected)
    }

    @Test func badUTF8HasAPlace() {
        let bytes = Array("a: 1\nbä: ".utf8) + [0xFF]
        #expect(parseError(bytes: bytes) == "m.yaml:2:5: error: byte 0xFF is not UTF-8; save the file as UTF-8")
        #expect(parseError(bytes: [0xE4]) == "m.yaml:1:1: error: byte 0xE4 is not UTF-8; save the file as UTF-8")
    }

    @Test func billionLaughsAreRefused() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let alias = "*a\(level - 1)"
            text += "a\(level): &a\(level) [\(Array(repeating: alias, count: 9).joined(separator: ", "))]\n"
        }
        // Lists of 10, 91, 820, ... 597871 values add up to 672603; the first alias of the seventh line goes beyond.
        #expect(parseError(text) == "m.yaml:7:10: error: more than 1000000 values, aliases expanded")
    }

    @Test func depthIsLimitedAlsoThroughAliases() {
        let deep = String(repeating: "[", count: 65) + String(repeating: "]", count: 65)
        #expect(parseError(deep) == "m.yaml:1:65: error: nested more than 64 levels deep")
        var limits = YAMLLimits()
        limits.depth = 4
        #expect(parseError("[[[[]]]]", limits: limits) == "accepted")
        let text = "a: &a [[x]]\nb: [[[*a]]]\n"
        let expected = "m.yaml:2:7: error: nested more than 4 levels deep by the alias '*a'"
        #expect(parseError(text, limits: limits) == expected)
    }

    @Test func aLongFlatFileIsNotDeep() throws {
        let text = (0..<5000).map { "k\($0): \($0)" }.joined(separator: "\n")
        #expect(try Node.parse(SourceFile(name: "m.yaml", text: text))["k4999"] != nil)
    }
}
