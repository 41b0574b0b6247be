import Testing
import Workload
import YAMLTree

@Suite struct CSVRobustnessTests {
    /// Any bytes give requests or mistakes, and reading them never traps.
    @Test func damagedFilesNeverTrap() {
        var random = RandomNumbers(seed: 1)
        let pool = Array("\",\n\r#-0123456789 x".utf8) + [0xFF, 0xC3, 0xEF]
        for _ in 0..<3000 {
            var bytes = Array("seq_len,ch_idx\r\n200,3\n\"17\",31\n# note\n999,0".utf8)
            for _ in 0...random.nextIndex(below: 4) {
                let byte = pool[random.nextIndex(below: pool.count)]
                let index = random.nextIndex(below: bytes.count)
                if random.nextIndex(below: 2) == 0 { bytes[index] = byte } else { bytes.insert(byte, at: index) }
            }
            do {
                let requests = try RequestFile.parse(SourceFile(name: "r.csv", bytes: bytes), channels: 32).requests
                #expect(requests.allSatisfy { $0.contextTokens >= 1 && (0..<32).contains($0.channel ?? 0) })
            } catch {
                #expect(error.diagnostics.allSatisfy { !$0.message.isEmpty })
            }
        }
    }
}
