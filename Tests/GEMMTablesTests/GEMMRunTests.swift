import GEMMTables
import SimCore
import Testing

@Suite("A topology from table to files")
struct GEMMRunTests {
    static let llama = ModelDimensions(
        layers: 32, hidden: 4096, heads: 32, keyValueHeads: 8, headSize: 128, feedForward: 14336, isGated: true,
        vocabulary: 128_256)

    func evaluation(_ dataflow: Dataflow = .weightStationary, _ edge: Int = 128) -> GEMMEvaluation {
        GEMMEvaluation(array: SystolicArrayShape(rows: edge, columns: edge), dataflow: dataflow)
    }

    @Test("gemm.csv, whole")
    func wholeTable() throws {
        var evaluation = evaluation(.weightStationary, 32)
        evaluation.format = .int8
        let table = "Layer,M,N,K\n\"a, b\",64,128,512\nsparse,64,128,512,2:4\n"
        let run = try GEMMRun(topology: Array(table.utf8), file: "t.csv", input: .gemm, evaluation: evaluation)
        // int8 packs two of k: 256 rows, 8 x 4 folds of 2 x 32 + 32 + 64 - 2 = 158 cycles. MACs 4194304 at 0.163 pJ and
        // (8 + 32) x 0.009 pJ of registers; scratchpad at 7.8 / 32 and 13.4 / 32 pJ per byte.
        let read = 64 * 512 * 4 + 512 * 128 + 64 * 128 * 7 * 4
        let write = 64 * 128 * 8 * 4
        let energy = 4_194_304 * (0.163 + 0.36) + Double(read) * 7.8 / 32 + Double(write) * 13.4 / 32
        let lines = run.files[0].text.split(separator: "\n")
        #expect(lines[0] == Substring(GEMMReport.columns.joined(separator: ",")))
        let used = 4_194_304.0 / (5056 * 32 * 32 * 2)
        let start = "\"a, b\",64,128,512,int8,ws,32,5056,0,5056,1.0,\(used),\(read),\(write),98304,8192,"
        #expect(lines[1].hasPrefix(start))
        #expect(lines[1].hasSuffix(",fill"))
        #expect(abs(run.results[0].energy.total - energy) < 1e-6 * energy)
        // Half of k is stored, 2 bits an element with it; inputs are read whole.
        #expect(run.results[1].folds == 16)
        #expect(run.results[1].memoryReadBytes == 64 * 512 + 256 * 128 * 10 / 8)
    }

    @Test("overlapped folds: streaming bounds a prefill, filling bounds a decode")
    func bounds() throws {
        var evaluation = evaluation()
        evaluation.fill = .overlapped
        let topology = Topology(layers: [
            TopologyLayer(name: "prefill", gemm: GEMMShape(m: 512, n: 4096, k: 4096)),
            TopologyLayer(name: "decode", gemm: GEMMShape(m: 8, n: 4096, k: 4096)),
        ])
        let run = try GEMMRun(topology, file: "t", evaluation: evaluation)
        #expect(run.results.map(\.boundBy) == [.compute, .fill])
        #expect(run.results[0].computeUtilization > 0.99)
    }

    @Test("random shapes never beat the peak of the array")
    func neverFasterThanPeak() throws {
        var state: UInt64 = 3
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1
            return Int(state >> 33) % bound + 1
        }
        for _ in 0..<500 {
            let shape = GEMMShape(m: next(700), n: next(700), k: next(700))
            for dataflow in Dataflow.allCases {
                for fill in [FoldFill.serial, .overlapped] {
                    var evaluation = evaluation(dataflow, 1 << (next(7) - 1))
                    evaluation.fill = fill
                    evaluation.edges = next(2) == 1 ? .full : .used
                    evaluation.format = NumberFormat.allCases[next(NumberFormat.allCases.count) - 1]
                    let run = try GEMMRun(
                        Topology(layers: [TopologyLayer(name: "r", gemm: shape)]), file: "r", evaluation: evaluation)
                    #expect(run.results[0].computeUtilization <= 1)
                    #expect(run.results[0].computeUtilization <= run.results[0].mappingUtilization + 1e-12)
                }
            }
        }
    }

    @Test("N:M sparsity is refused where k does not lie along the rows of stationary weights")
    func sparsityNeedsStationaryWeights() {
        let table = "Layer,M,N,K\nok,4,4,4,\nbad,4,4,4,2:4\n"
        do {
            _ = try GEMMRun(
                topology: Array(table.utf8), file: "t.csv", input: .gemm, evaluation: evaluation(.outputStationary))
            Issue.record("the layer was run")
        } catch {
            let message = "t.csv:3:1: error: N:M sparsity needs the weight-stationary dataflow (ws), not os"
            #expect("\(error)" == message)
        }
    }
}
