import Testing
import YAMLTree

/// A small generator, so that a failure can be repeated.
private struct Noise: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 33) ^ (state << 31)
    }
}

@Suite struct RobustnessTests {
    private let text = """
        # a machine
        npu: {clock: 1 GHz, arrays: [128, 128], "name": 'x y'}
        bank: &bank
          rows: 32768
          row: 1 KiB
        tiers:
          - *bank
          - {size: 2 GB, note: "a: b\\n"}
        text: |
          several
          lines
        """

    /// Any bytes give a tree or a mistake with a place inside the file, and reading it never traps.
    @Test func damagedFilesNeverTrap() {
        var noise = Noise(state: 1)
        let pool = Array("{}[]:,-&*!|>'\"#%@`\t\n \u{0}?a1".utf8) + [0xFF, 0xC3, 0xE2, 0x80]
        for _ in 0..<3000 {
            var bytes = Array(text.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &noise) {
                let index = bytes.indices.randomElement(using: &noise)!
                switch Int.random(in: 0..<3, using: &noise) {
                case 0: bytes[index] = pool.randomElement(using: &noise)!
                case 1: bytes.insert(pool.randomElement(using: &noise)!, at: index)
                default: bytes.removeSubrange(index..<min(bytes.count, index + 5))
                }
            }
            let lines = bytes.count { $0 == 0x0A } + 2
            do {
                let reader = Reader(try Node.parse(SourceFile(name: "m.yaml", bytes: bytes)))
                _ = reader.key("npu").mapping().key("clock").frequency()
                for tier in reader.key("tiers").list() { _ = tier.mapping().key("size").size() }
                try reader.finish()
            } catch {
                for diagnostic in error.diagnostics {
                    #expect(!diagnostic.message.isEmpty)
                    if let position = diagnostic.mark.position { #expect((1...lines).contains(position.line)) }
                }
            }
        }
    }
}
