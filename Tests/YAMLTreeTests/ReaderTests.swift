import Quantities
import Testing
import YAMLTree

/// All messages from decoding `text`, one a line; the file is called `edge.yaml`.
private func errors(_ text: String, _ decode: (Reader) -> Void) -> String {
    do {
        let reader = Reader(try Node.parse(SourceFile(name: "edge.yaml", text: text)))
        decode(reader)
        try reader.finish()
        return ""
    } catch {
        return error.description
    }
}

private enum Policy: String, CaseIterable {
    case open, closed
    case openAdaptive = "open_adaptive"
}

@Suite struct ReaderTests {
    @Test func valuesCarryTheirPlaceAndPath() throws {
        let text = "pim:\n  rows: 64\n  clock: 1 GHz\n  ratio: 1.5\n  dual: true\n  policy: open\n  tRCD: 14 ns\n"
        let reader = Reader(try Node.parse(SourceFile(name: "edge.yaml", text: text)))
        let pim = reader.key("pim").mapping()
        let rows = pim.key("rows").int(in: 1...1024)
        #expect(rows.value == 64 && rows.isValid && rows.path == "pim.rows" && rows.name == "rows")
        #expect(rows.mark == Mark(file: "edge.yaml", line: 2, column: 9))
        #expect(pim.key("clock").frequency().value == .gigahertz(1))
        #expect(pim.key("ratio").double().value == 1.5)
        #expect(pim.key("dual").bool().value)
        #expect(pim.key("policy").choice(Policy.self).value == .open)
        #expect(pim.key("tRCD").delay().value == .time(.nanoseconds(14)))
        #expect(pim.ifPresent("absent") == nil)
        try reader.finish()
    }

    @Test func unknownKeyIsReportedWithTheNearestKnown() {
        let text = String(repeating: "\n", count: 11) + "pim:\n  bank:\n        row_bufers: 2\n"
        let messages = errors(text) { _ = $0.key("pim").mapping().key("bank").mapping().ifPresent("row_buffers") }
        #expect(
            messages == "edge.yaml:14:9: error: unknown key 'row_bufers' in 'pim.bank'; did you mean 'row_buffers'?")
    }

    @Test func unknownKeyWithoutANearOneHasNoSuggestion() {
        #expect(errors("zebra: 1\n") { _ = $0.ifPresent("clock") } == "edge.yaml:1:1: error: unknown key 'zebra'")
    }

    @Test func contradictionsPointAtBothPlaces() {
        let text = String(repeating: "\n", count: 19) + "    tRCD: 14 ns\n\n    tRAS: 10 ns\n"
        let messages = errors(text) { reader in
            let tRCD = reader.key("tRCD").time()
            let tRAS = reader.key("tRAS").time()
            reader.require(tRAS.value >= tRCD.value, tRAS, "must be at least", tRCD)
        }
        #expect(
            messages
                == "edge.yaml:22:11: error: 'tRAS' is 10 ns but must be at least tRCD (14 ns), set at edge.yaml:20:11")
    }

    @Test func aWrongValueCausesNoContradiction() {
        let messages = errors("a: x\nb: 3\n") { reader in
            let a = reader.key("a").int()
            let b = reader.key("b").int()
            reader.require(a.value > b.value, a, "must be above", b)
            reader.require(b.value.isMultiple(of: 2), b, "must be even")
        }
        #expect(
            messages == """
                edge.yaml:1:4: error: 'a' must be an integer, not 'x'
                edge.yaml:2:4: error: 'b' is 3 but must be even
                """)
    }

    @Test func allMistakesAreReportedInOrderOfPlace() {
        let text = "clock: 2\nextra: 1\nbank:\n  rows: -4\n"
        let messages = errors(text) { reader in
            let bank = reader.key("bank").mapping()
            _ = bank.key("rows").int(in: 1 ... .max)
            _ = bank.key("columns").int()
            _ = reader.key("clock").frequency()
            _ = reader.key("name").string()
        }
        #expect(
            messages == """
                edge.yaml:1:1: error: missing key 'name'
                edge.yaml:1:8: error: 'clock' is '2' without a unit; a frequency takes Hz, kHz, MHz or GHz
                edge.yaml:2:1: error: unknown key 'extra'
                edge.yaml:3:1: error: missing key 'columns' in 'bank'
                edge.yaml:4:9: error: 'bank.rows' is -4 but must be at least 1
                """)
    }

    @Test(arguments: [
        ("1.5", "'v' must be an integer, not '1.5'"),
        ("99", "'v' is 99 but must be between 1 and 64"),
        ("99999999999999999999", "'v' is 99999999999999999999, which is too large"),
        ("[1]", "'v' must be an integer, not a list"),
        ("", "'v' must be an integer, not empty"),
        ("{a: 1}", "'v' must be an integer, not a mapping"),
    ])
    func integers(text: String, expected: String) {
        #expect(errors("v: \(text)\n") { _ = $0.key("v").int(in: 1...64) }.hasSuffix(": error: \(expected)"))
    }

    @Test(arguments: [
        ("nan", "'v' must be a number, not 'nan'"), ("0x10", "'v' must be a number, not '0x10'"),
        ("2", "'v' is 2 but must be between 0.0 and 1.0"),
    ])
    func doubles(text: String, expected: String) {
        #expect(errors("v: \(text)\n") { _ = $0.key("v").double(in: 0...1) } == "edge.yaml:1:4: error: \(expected)")
    }

    @Test func otherTypesSayWhatTheyWant() {
        let text = "b: yes\nc: opne\nd: fast\ne: [1, 2]\nf: 3\ng: 3\nh: ''\ni: 3 V\nj: 1 GHz\nk: 2 ghz\n"
        let messages = errors(text) { reader in
            _ = reader.key("b").bool()
            _ = reader.key("c").choice(Policy.self)
            _ = reader.key("d").size()
            _ = reader.key("e").list(count: 3...3)
            _ = reader.key("f").list()
            _ = reader.key("g").mapping().key("x").int()
            _ = reader.key("h").string()
            _ = reader.key("i").delay()
            _ = reader.key("j").frequency(atMost: .megahertz(500))
            _ = reader.key("k").frequency()
        }
        #expect(
            messages == """
                edge.yaml:1:4: error: 'b' must be true or false, not 'yes'; did you mean 'true'?
                edge.yaml:2:4: error: 'c' must be open, closed or open_adaptive, not 'opne'; did you mean 'open'?
                edge.yaml:3:4: error: 'd' is 'fast', not a size such as '32 MiB'
                edge.yaml:4:4: error: 'e' has 2 items but must have 3
                edge.yaml:5:4: error: 'f' must be a list, not '3'
                edge.yaml:6:4: error: 'g' must be a mapping, not '3'
                edge.yaml:7:4: error: 'h' must not be empty
                edge.yaml:8:4: error: 'i' is '3 V', but the unit of a time is ps, ns, us, ms or s, or cycles
                edge.yaml:9:4: error: 'j' is 1 GHz but must be at most 500 MHz
                edge.yaml:10:4: error: 'k' is '2 ghz', but the unit of a frequency is Hz, kHz, MHz or GHz; \
                did you mean 'GHz'?
                """)
    }

    @Test func listItemsAreNamedByPosition() {
        let messages = errors("tiers:\n- {size: 1 KiB}\n- {size: 1 s}\n") { reader in
            for tier in reader.key("tiers").list() { _ = tier.mapping().key("size").size() }
        }
        let units = "B, KiB, MiB, GiB, TiB, kB, MB, GB or TB"
        #expect(
            messages == "edge.yaml:3:10: error: 'tiers[1].size' is '1 s', but the unit of a size is \(units)")
    }

    @Test func aFileThatIsNoMappingIsRefusedOnce() {
        let messages = errors("- 1\n") { _ = $0.key("x").int() }
        #expect(messages == "edge.yaml:1:1: error: the file must hold a mapping, not a list")
    }

    @Test func mappingsOfUserNamesHaveNoUnknownKeys() {
        var names: [String] = []
        let messages = errors("a: 1\nb: 2\n") { reader in
            names = reader.allEntries().map { "\($0.name.value)\($0.value.int().value)" }
        }
        #expect(messages == "")
        #expect(names == ["a1", "b2"])
    }
}
