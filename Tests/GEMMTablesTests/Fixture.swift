import Foundation
import GEMMTables
import SimCore

/// One run of SCALE-Sim, from `Tests/Fixtures/scalesim-cases.csv`.
struct ScaleSimCase: Sendable {
    let values: [String: String]

    subscript(name: String) -> String { values[name] ?? "" }
    func int(_ name: String) -> Int? { Int(self[name]) }
    func double(_ name: String) -> Double? { Double(self[name]) }

    var title: String { "\(self["case"]) \(self["tool"]) \(self["dataflow"]) \(self["mode"]) \(self["rows"])" }
    var shape: GEMMShape { GEMMShape(m: int("m")!, n: int("n")!, k: int("k")!) }
    var array: SystolicArrayShape { SystolicArrayShape(rows: int("rows")!, columns: int("columns")!) }
    var dataflow: Dataflow { Dataflow(rawValue: self["dataflow"])! }
    var isRowWise: Bool { self["sparsity"].contains("rowwise") }
    var isSparse: Bool { !self["sparsity"].isEmpty }

    var layer: TopologyLayer {
        let ratio = self["sparsity"].prefix { $0 != " " }.split(separator: ":").compactMap { Int($0) }
        let sparsity = ratio.count == 2 ? StructuredSparsity(kept: ratio[0], of: ratio[1]) : nil
        return TopologyLayer(name: self["case"], gemm: shape, sparsity: sparsity)
    }

    var config: ScaleSimConfig {
        var config = ScaleSimConfig(array: array, dataflow: dataflow)
        config.inputKilobytes = int("ifmap_kb")!
        config.weightKilobytes = int("filter_kb")!
        config.outputKilobytes = int("ofmap_kb")!
        config.sparsitySupport = isSparse
        config.optimizedMapping = isRowWise
        return config
    }

    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures")

    static let all: [ScaleSimCase] = {
        let text = try! String(contentsOf: fixtures.appendingPathComponent("scalesim-cases.csv"), encoding: .utf8)
        let rows = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        return rows.dropFirst().map { ScaleSimCase(values: Dictionary(uniqueKeysWithValues: zip(rows[0], $0))) }
    }()
}

/// The cells of a report of SCALE-Sim's, without its trailing comma.
func reportRows(_ text: String) -> [[String]] {
    text.split(separator: "\n").map { line in
        line.dropLast().split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
