import Testing

@testable import Workload

/// Damaged traces whose checksums are right all the same: read or refused, never a crash. Fixed seed and budget.
@Suite struct TraceFuzzTests {
    struct Random: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state ^ (state >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        }
    }

    @Test(arguments: [TraceSamples.dense, TraceSamples.sparse])
    func damagedTracesAreReadOrRefused(shape: TraceModelShape) throws {
        let lines = String(decoding: try TraceSamples.written(shape), as: UTF8.self).split(separator: "\n").map(
            String.init)
        let words = [
            "0", "1", "7", "-1", "4294967296", "999999999999999999", "99999999999999999999", "p", "-", "e=3", "",
        ]
        var random = Random(state: 12)
        var refused = 0
        for _ in 0..<700 {
            var damaged = lines
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                let index = Int.random(in: 0..<damaged.count, using: &random)
                var parts = damaged[index].split(separator: " ").map(String.init)
                switch Int.random(in: 0..<6, using: &random) {
                case 0: damaged.remove(at: index)
                case 1: damaged.insert(damaged[index], at: index)
                case 2: damaged.swapAt(index, Int.random(in: 0..<damaged.count, using: &random))
                default:
                    let place = Int.random(in: 0..<parts.count, using: &random)
                    if let equals = parts[place].firstIndex(of: "=") {
                        parts[place] = parts[place][...equals] + words.randomElement(using: &random)!
                    } else {
                        parts[place] = words.randomElement(using: &random)!
                    }
                    damaged[index] = parts.joined(separator: " ")
                }
            }
            do {
                let reader = try TraceReader(
                    bytes: TraceFileTests.resealed(damaged.joined(separator: "\n")), name: "t")
                var statistics = TraceStatistics(reader.header)
                while let pass = try reader.next() {
                    statistics.add(pass)
                    _ = pass.macs(isGated: reader.header.shape.isGated)
                    _ = pass.cut([3], plan: reader.header.plan)
                }
                _ = statistics.csv
            } catch {
                #expect(error.line != nil)
                refused += 1
            }
        }
        #expect(refused > 300)
    }
}
