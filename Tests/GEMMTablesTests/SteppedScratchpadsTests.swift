import GEMMTables
import SimCore
import Testing

@Suite("The reference's scratchpads, word by word")
struct SteppedScratchpadsTests {
    /// Scratchpads of 1 and 2 kB, so that windows overflow, operands are fetched again and buffers drain on the way.
    @Test("memory and scratchpad columns of 120 random shapes", arguments: Dataflow.allCases)
    func randomShapes(dataflow: Dataflow) throws {
        var state: UInt64 = 23
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound + 1
        }
        var refetched = 0
        var drainedEarly = 0
        for _ in 0..<120 {
            let shape = GEMMShape(m: next(90), n: next(90), k: next(90))
            let array = SystolicArrayShape(rows: next(12), columns: next(12))
            var config = ScaleSimConfig(array: array, dataflow: dataflow)
            config.inputKilobytes = next(2)
            config.weightKilobytes = next(2)
            config.outputKilobytes = next(2)
            let layer = TopologyLayer(name: "r", gemm: shape)
            let reports = try ScaleSimReports(Topology(layers: [layer]), file: "r", config: config)
            let detail = reportRows(reports.files[2].text)[1].map { Int(Double($0)!) }
            let stepped = SteppedScratchpads(shape, dataflow, array)
            let title = "\(shape) on \(array)"
            let reads = SteppedScratchpads.reads(stepped.inputs, kilobytes: config.inputKilobytes)
            #expect(Array(detail[10...12]) == reads, "\(title)")
            let weights = SteppedScratchpads.reads(stepped.weights, kilobytes: config.weightKilobytes)
            #expect(Array(detail[13...15]) == weights, "\(title)")
            let writes = SteppedScratchpads.writes(
                stepped.outputs, kilobytes: config.outputKilobytes, lineWords: array.columns)
            #expect(Array(detail[16...18]) == writes, "\(title)")
            for (start, demand, latency) in [(1, stepped.inputs, 1), (4, stepped.weights, 1), (7, stepped.outputs, 0)] {
                #expect(detail[start] == demand.firstIndex { !$0.isEmpty }! + latency, "\(title)")
                #expect(detail[start + 1] == demand.lastIndex { !$0.isEmpty }! + latency, "\(title)")
                let surplus = start == 7 && dataflow == .outputStationary
                if !surplus { #expect(detail[start + 2] == demand.reduce(0) { $0 + $1.count }, "\(title)") }
            }
            refetched += reads[2] > shape.inputWords || weights[2] > shape.weightWords ? 1 : 0
            drainedEarly += writes[0] < stepped.outputs.count - 1 ? 1 : 0
        }
        #expect(refetched > 10 && drainedEarly > 10, "the interesting paths were taken")
    }
}
