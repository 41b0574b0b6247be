import Hardware
import Testing

@testable import SimCore

/// The pipeline that the engine places tile operations with, against the closed forms of whole products.
@Suite("Array pipeline")
struct ArrayPipelineTests {
    /// Cycles of a weight-stationary product whose tiles are placed one by one, all operands there at cycle 0.
    static func placedCycles(_ shape: GEMMShape, _ array: SystolicArrayShape, _ fill: ArrayFill) -> Int {
        var pipeline = ArrayPipeline(
            SystolicArrays(count: 1, rows: array.rows, columns: array.columns, stationary: .weights, fill: fill))
        let tiles = ceilingDivision(shape.k, array.rows) * ceilingDivision(shape.n, array.columns)
        return (0..<tiles).reduce(0) { last, _ in
            max(last, pipeline.place(array: 0, loadsTile: true, stream: shape.m, at: 0).end)
        }
    }

    @Test("tiles placed one by one take the closed form's cycles, with either fill", arguments: [3, 8, 128])
    func placedTilesTakeTheClosedForm(edge: Int) {
        // Streams below the shortest issue (4), below the rows, and above them; full and partial edge tiles.
        let array = SystolicArrayShape(rows: edge, columns: edge + 5)
        for m in [1, 4, 7, 200] {
            for (n, k) in [(1, 1), (edge + 5, 3 * edge), (4 * edge + 1, 5 * edge - 1)] {
                let shape = GEMMShape(m: m, n: n, k: k)
                let overlapped = SystolicFolds(
                    shape, dataflow: .weightStationary, array: array, rules: FoldRules(fill: .overlapped))
                #expect(Self.placedCycles(shape, array, .overlapped) == overlapped.computeCycles)
                // With serial fill the closed form is SCALE-Sim's, which has no shortest issue.
                guard m >= SystolicFolds.minimumIssueInterval else { continue }
                let serial = SystolicFolds(shape, dataflow: .weightStationary, array: array)
                #expect(Self.placedCycles(shape, array, .serial) == serial.computeCycles)
            }
        }
    }
}
