import Testing
import YAMLTree

@Suite struct OverrideTests {
    private let text = "pim:\n  bank: {rows: 4}\ntiers:\n- {size: 1 KiB}\nname: x\n"

    private func applied(_ assignment: String) throws(DiagnosticList) -> Node {
        let root = try Node.parse(SourceFile(name: "edge.yaml", text: text))
        return try root.applying(try Override(assignment: assignment))
    }

    private func failure(_ assignment: String) -> String {
        do {
            _ = try applied(assignment)
            return "accepted"
        } catch {
            return error.description
        }
    }

    @Test func replacesAndAddsWithItsOwnMark() throws {
        let expected = Node.scalar(text: "8", isPlain: true, mark: Override.mark)
        #expect(try applied("pim.bank.rows = 8")["pim"]?["bank"]?["rows"] == expected)
        #expect(try applied("pim.bank.columns=8")["pim"]?["bank"]?["columns"] == expected)
        #expect(try applied("pim.bank = {rows: 8}")["pim"]?["bank"]?["rows"] == expected)
        guard case .list(let items, _)? = try applied("tiers.0.size=8")["tiers"] else {
            Issue.record("not a list")
            return
        }
        #expect(items[0]["size"] == expected)
    }

    @Test(arguments: [
        ("pmi.bank.rows=8", "cannot set 'pmi.bank.rows': there is no key 'pmi'; did you mean 'pim'?"),
        ("pim.bnak.rows=8", "cannot set 'pim.bnak.rows': there is no key 'bnak' in 'pim'; did you mean 'bank'?"),
        ("tiers.1.size=8", "cannot set 'tiers.1.size': there is no item '1' in 'tiers', which has 1"),
        ("name.first=8", "cannot set 'name.first': 'name' is not a mapping"),
        ("name", "'name' is not of the form key.path=value"),
        ("=3", "'=3' has no key before '='"),
        ("name=", "'name' has no value"),
        ("name=[1", "the value of 'name': the list opened with '[' is not closed; expected ',' or ']'"),
    ])
    func mistakesAreExplained(assignment: String, expected: String) {
        #expect(failure(assignment) == "override: error: \(expected)")
    }

    @Test func aDecodingErrorOfAnOverriddenValueNamesTheOverride() throws {
        let reader = Reader(try applied("pim.bank.rows=x"))
        _ = reader.key("pim").mapping().key("bank").mapping().key("rows").int()
        _ = (reader.key("tiers").list(), reader.key("name").string())
        var message = ""
        do { try reader.finish() } catch { message = error.description }
        #expect(message == "override: error: 'pim.bank.rows' must be an integer, not 'x'")
    }

    @Test func nearestNamesAreOnlyNearOnes() {
        #expect(nearestName(to: "row_bufers", in: ["rows", "row_buffers"]) == "row_buffers")
        #expect(nearestName(to: "tRDC", in: ["tRCD", "tRP"]) == "tRCD")
        #expect(nearestName(to: "gpt3_7b", in: ["gpt3-13b", "gpt3-7b"]) == "gpt3-7b")
        #expect(nearestName(to: "zebra", in: ["rows"]) == nil)
        #expect(nearestName(to: "x", in: ["y"]) == nil)
    }
}
