import Hardware
import Testing
import YAMLTree

@Suite struct HostileMachineTests {
    @Test func noValueTrapsTheDecoder() throws {
        let root = try Node.parse(SourceFile(name: "edge.yaml", text: correctMachine))
        let hostile = [
            "null", "[]", "{}", "x", "''", "-1", "0", "3", "99999999999999999999", "1e30 s", "9e18 B", "0 B", "0 ns",
            "9e15 ns", "1e18 cycles", "1 Hz", "100 GHz", "1e-20 ns", "9e18 W", "{a: 1}", "[1, 1]", "1 B/s",
        ]
        for path in paths(of: root) {
            for text in hostile {
                let changed = try root.applying(Override(path: path, text: text))
                do { _ = DerivedFigures(try Machine.decode(changed)).description } catch {
                    #expect(!"\(error)".isEmpty, "\(path)=\(text)")
                }
            }
        }
    }

    private func paths(of node: Node, under prefix: String = "") -> [String] {
        switch node {
        case .scalar: []
        case .list(let items, _):
            items.indices.flatMap { ["\(prefix)\($0)"] + paths(of: items[$0], under: "\(prefix)\($0).") }
        case .mapping(let entries, _):
            entries.flatMap { ["\(prefix)\($0.key)"] + paths(of: $0.value, under: "\(prefix)\($0.key).") }
        }
    }

    @Test func filesThatAreNoMachineAreRefused() {
        func message(_ text: String) -> String {
            do { _ = try Machine.load(SourceFile(name: "edge.yaml", text: text)) } catch { return error.description }
            return ""
        }
        #expect(message("- 1\n") == "edge.yaml:1:1: error: the file must hold a mapping, not a list")
        #expect(!message("").isEmpty)
        var missing = ""
        do { _ = try Machine.load(path: "no/such.yaml") } catch { missing = error.description }
        #expect(missing == "no/such.yaml: error: no such file")
        do { _ = try Machine.load(path: shippedMachines) } catch { missing = error.description }
        #expect(missing == "\(shippedMachines): error: this is a directory, not a file")
    }
}
