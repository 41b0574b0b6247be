import Reporting

/// A run as a table for people: a line for each layer and one for all of them.
public struct GEMMSummary {
    private let results: [GEMMLayerResult]
    private let hertz: Double?

    /// - Parameter hertz: clock of the arrays, for times; nil: cycles only.
    public init(_ results: [GEMMLayerResult], hertz: Double?) {
        self.results = results
        self.hertz = hertz
    }

    public var text: String {
        let isReal = results.contains { $0.execution != nil }
        let alignments: [TextTable.Alignment] = [.left] + [TextTable.Alignment](repeating: .right, count: 8) + [.left]
        var table = TextTable(alignments + (isReal ? [.left, .left] : []))
        table.append(
            ["layer", "m", "n", "k", "times", "cycles", "stalls", "used", "energy", "bound by"]
                + (isReal ? ["tiles (m x n x k, loops)", "waits for"] : []))
        table.appendRule()
        for result in results {
            let gemm = result.layer.gemm
            table.append(
                [
                    result.layer.name, Figure.count(gemm.m), Figure.count(gemm.n), Figure.count(gemm.k),
                    Figure.count(result.layer.repetitions), Figure.count(result.totalCycles),
                    Figure.count(result.stallCycles), Figure.percent(result.computeUtilization),
                    Figure.energy(joules: result.energy.total * 1e-12), result.boundBy.rawValue,
                ] + (isReal ? [tiles(result), waiting(result)] : []))
        }
        table.appendRule()
        let cycles = results.reduce(0.0) { $0 + Double($1.totalCycles) }
        let stalls = results.reduce(0.0) { $0 + Double($1.stallCycles) }
        let macs = results.reduce(0.0) { $0 + $1.macs }
        let energy = results.reduce(0.0) { $0 + $1.energy.total }
        let used = results.first.map { macs / (cycles * $0.macsPerCycle) } ?? 0
        table.append(
            [
                "all", "", "", "", "", Figure.number(cycles), Figure.number(stalls), Figure.percent(used),
                Figure.energy(joules: energy * 1e-12), "",
            ] + (isReal ? ["", ""] : []))
        guard let hertz else { return table.text }
        return table.text + "\n\(Figure.time(seconds: cycles / hertz)) at \(Figure.number(hertz / 1e6)) MHz\n"
    }

    private func tiles(_ result: GEMMLayerResult) -> String {
        guard let run = result.execution else { return "" }
        let tiling = run.tiling
        let lanes = run.lanes > 1 ? ", \(run.lanes) lanes" : ""
        return "\(tiling.m) x \(tiling.n) x \(tiling.k), \(tiling.order.rawValue)\(lanes)"
    }

    /// The operand that is waited for most, and the memory's reason.
    private func waiting(_ result: GEMMLayerResult) -> String {
        let stalls = result.stalls
        let named = [
            ("weights", stalls.weights), ("inputs", stalls.inputs), ("sums", stalls.sums),
            ("room for outputs", stalls.outputs), ("last outputs", stalls.drain),
        ]
        let most = named.max { $0.1 < $1.1 }!
        guard most.1 > 0, let run = result.execution else { return "" }
        return "\(most.0) (\(run.reason.rawValue))"
    }
}
