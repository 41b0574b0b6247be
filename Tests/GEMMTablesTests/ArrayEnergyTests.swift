import Foundation
import GEMMTables
import Testing

@Suite("Energy tables")
struct ArrayEnergyTests {
    @Test("28 and 16 nm lie on the line between 45 and 7 nm, in log energy over log node")
    func interpolation() {
        for format in NumberFormat.allCases {
            let old = MACEnergy.row(format, .nm45).picojoules
            let new = MACEnergy.row(format, .nm7).picojoules
            for node in [ProcessNode.nm28, .nm16] {
                let weight = log(45 / Double(node.rawValue)) / log(45.0 / 7)
                #expect(abs(MACEnergy.row(format, node).picojoules - old * pow(new / old, weight)) < 6e-4)
            }
        }
    }

    @Test("every row has a source, and smaller nodes cost less")
    func sources() {
        for format in NumberFormat.allCases {
            let rows = [ProcessNode.nm45, .nm28, .nm16, .nm7].map { MACEnergy.row(format, $0) }
            #expect(rows.allSatisfy { !$0.source.isEmpty })
            #expect(zip(rows, rows.dropFirst()).allSatisfy { $0.picojoules > $1.picojoules })
        }
    }

    @Test("scratchpad energy: the table's rows, between them in between, ends beyond")
    func scratchpads() {
        #expect(StorageEnergy.scratchpad(kilobytes: 32).read == 7.8 / 32)
        #expect(StorageEnergy.scratchpad(kilobytes: 1).read == 3.1 / 32)
        #expect(StorageEnergy.scratchpad(kilobytes: 100_000).write == 134.0 / 32)
        let between = StorageEnergy.scratchpad(kilobytes: 512).read
        #expect(between > 19.9 / 32 && between < 63.1 / 32)
    }
}
