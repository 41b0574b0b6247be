import SimCore
import Testing

@Suite("Folds of a GEMM")
struct SystolicFoldsTests {
    static let square = SystolicArrayShape(rows: 128, columns: 128)

    @Test("kinds of fold add up to all folds and cover each element once")
    func kindsCoverTheShape() {
        var random = Shuffle(state: 11)
        for _ in 0..<200 {
            let shape = GEMMShape(
                m: .random(in: 1...300, using: &random), n: .random(in: 1...300, using: &random),
                k: .random(in: 1...300, using: &random))
            let array = SystolicArrayShape(
                rows: .random(in: 1...64, using: &random), columns: .random(in: 1...64, using: &random))
            for dataflow in Dataflow.allCases {
                let folds = SystolicFolds(shape, dataflow: dataflow, array: array)
                #expect(folds.kinds.reduce(0) { $0 + $1.count } == folds.folds)
                let covered = folds.kinds.reduce(0) { $0 + $1.count * $1.rows * $1.columns }
                #expect(covered * folds.timeExtent == shape.macs)
                #expect(folds.computeUtilization(cycles: folds.computeCycles) <= folds.mappingUtilization)
            }
        }
    }

    @Test("used-edge folds never cost more than full ones, and the same when every fold is full")
    func usedEdgesAreCheaper() {
        for dataflow in Dataflow.allCases {
            let ragged = GEMMShape(m: 129, n: 130, k: 131)
            let even = GEMMShape(m: 256, n: 256, k: 256)
            let full = FoldRules(edges: .full)
            let used = FoldRules(edges: .used)
            func cycles(_ shape: GEMMShape, _ rules: FoldRules) -> Int {
                SystolicFolds(shape, dataflow: dataflow, array: Self.square, rules: rules).computeCycles
            }
            #expect(cycles(ragged, used) < cycles(ragged, full))
            #expect(cycles(even, used) == cycles(even, full))
        }
    }

    @Test("the published SCALE-Sim form 2R + C + T - 2 holds for output-stationary folds that shift out")
    func publishedForm() {
        let shape = GEMMShape(m: 128, n: 128, k: 512)
        let folds = SystolicFolds(
            shape, dataflow: .outputStationary, array: Self.square, rules: FoldRules(drain: .shifted))
        #expect(folds.computeCycles == 2 * 128 + 128 + 512 - 2)
    }

    @Test("overlapped tiles start max(M, 4, R) apart: the issue queue stepped tile by tile")
    func overlappedIssueQueue() {
        for (m, n, k) in [(1, 768, 768), (128, 768, 2304), (300, 500, 129), (3, 5, 7)] {
            for edge in [2, 4, 32, 128] {
                let array = SystolicArrayShape(rows: edge, columns: edge)
                let folds = SystolicFolds(
                    GEMMShape(m: m, n: n, k: k), dataflow: .weightStationary, array: array, rules: .onnxim)
                // The first preload waits 2R - 1; each further one max(rows streamed before it, 4, R).
                var start = 2 * edge - 1
                for _ in 1..<max(1, folds.folds) { start += max(m, 4, edge) }
                if folds.folds == 1 { start = 2 * edge - 1 }
                #expect(folds.computeCycles == start + edge + edge - 2 + max(m, 4))
            }
        }
    }

    @Test("ONNXim's opt-125m tile counts: 128 cycles a weight tile at one row as at 128")
    func oneRowCostsAWholeTile() {
        let tile = { (m: Int, n: Int) in
            SystolicFolds(
                GEMMShape(m: m, n: n, k: 768), dataflow: .weightStationary, array: Self.square, rules: .onnxim)
        }
        #expect(tile(1, 2304).folds == 108)
        #expect(tile(1, 3072).computeCycles - tile(1, 2304).computeCycles == 36 * 128)
        #expect(tile(128, 2304).computeCycles - tile(1, 2304).computeCycles == 124)
    }

    /// Measured with ONNXim a1e8629 (Ramulator 1 HBM, 16 channels, simple network, fp16, one 128 x 128 core), one
    /// layer of opt-125m at one row: cycles of the whole operator, loads and stores included.
    @Test("ONNXim's measured operators at one row lie a load of the first tile and a store above ideal memory")
    func belowMeasured() {
        for (n, measured) in [(2304, 14_717), (768, 5_462), (3072, 19_327)] {
            let ideal = SystolicFolds(
                GEMMShape(m: 1, n: n, k: 768), dataflow: .weightStationary, array: Self.square, rules: .onnxim)
            #expect((460...520).contains(measured - ideal.computeCycles))
        }
    }

    @Test("a format of twice the rate halves the folds along k; one of half the rate doubles the stream")
    func formatRates() {
        let shape = GEMMShape(m: 64, n: 128, k: 512)
        let double = SystolicFolds(
            shape, dataflow: .weightStationary, array: Self.square, rules: FoldRules(rate: MACRate(innerPerCycle: 2)))
        let half = SystolicFolds(
            shape, dataflow: .weightStationary, array: Self.square, rules: FoldRules(rate: MACRate(cyclesPerMAC: 2)))
        #expect(double.folds == 2)
        #expect(half.folds == 4 && half.timeExtent == 128)
        let stream = SystolicFolds(
            shape, dataflow: .outputStationary, array: Self.square, rules: FoldRules(rate: MACRate(innerPerCycle: 4)))
        #expect(stream.timeExtent == 128)
    }

    @Test("several arrays: parts hold the whole product and its accesses, and are as even as whole folds allow")
    func shares() {
        var random = Shuffle(state: 29)
        for _ in 0..<200 {
            let shape = GEMMShape(
                m: .random(in: 1...200, using: &random), n: .random(in: 1...200, using: &random),
                k: .random(in: 1...200, using: &random))
            let array = SystolicArrayShape(
                rows: .random(in: 1...32, using: &random), columns: .random(in: 1...32, using: &random))
            let count = Int.random(in: 1...6, using: &random)
            for dataflow in Dataflow.allCases {
                let whole = SystolicFolds(shape, dataflow: dataflow, array: array)
                let shares = whole.shares(over: count)
                #expect(shares.count <= count)
                #expect(shares.reduce(0) { $0 + $1.shape.macs } == shape.macs)
                #expect(shares.reduce(0) { $0 + $1.computeCycles } == whole.computeCycles)
                let slowest = shares.map(\.computeCycles).max()!
                #expect(slowest * count >= whole.computeCycles)
                let parts = shares.map { $0.scratchpadAccesses() }
                let all = whole.scratchpadAccesses()
                #expect(parts.reduce(0) { $0 + $1.inputReads } == all.inputReads)
                #expect(parts.reduce(0) { $0 + $1.weightReads } == all.weightReads)
                #expect(parts.reduce(0) { $0 + $1.outputWrites } == all.outputWrites)
            }
        }
        let four = SystolicFolds(
            GEMMShape(m: 1, n: 2304, k: 768), dataflow: .weightStationary, array: Self.square, rules: .onnxim)
        // 18 column folds over 4 arrays: the busiest has 5, of 6 row folds each.
        #expect(four.shares(over: 4).map(\.folds).max() == 30)
    }

    @Test("N:M sparsity shortens k by whole blocks, a last partial block by what it can hold")
    func sparsityShortensInner() {
        let twoOfFour = StructuredSparsity(kept: 2, of: 4)
        #expect(twoOfFour.keptElements(of: 512) == 256)
        #expect(twoOfFour.keptElements(of: 513) == 257)
        #expect(twoOfFour.keptElements(of: 515) == 258)
        #expect(StructuredSparsity.dense.keptElements(of: 77) == 77)
    }

    @Test("impossible shapes stop with a sentence")
    func preconditions() async {
        await #expect(processExitsWith: .failure) { _ = GEMMShape(m: 0, n: 1, k: 1) }
        await #expect(processExitsWith: .failure) { _ = SystolicArrayShape(rows: 0, columns: 1) }
        await #expect(processExitsWith: .failure) { _ = GEMMShape(m: 1 << 30, n: 1 << 30, k: 1) }
    }
}
