import Foundation
import GEMMTables
import Hardware
import SimCore
import Testing
import YAMLTree

@Suite("Products under real memory")
struct GEMMMemoryTests {
    /// A machine of the repository, with values replaced.
    static func machine(_ name: String = "npu-only", _ changes: String...) throws -> Machine {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try Machine.load(
            path: root.appendingPathComponent("HardwareConfigs/\(name).yaml").path,
            overrides: try changes.map { try Override(assignment: $0) })
    }

    static func evaluation(
        _ machine: Machine, _ dataflow: Dataflow = .weightStationary, _ edge: Int = 128, fill: FoldFill = .overlapped
    ) -> GEMMEvaluation {
        var evaluation = GEMMEvaluation(array: SystolicArrayShape(rows: edge, columns: edge), dataflow: dataflow)
        evaluation.fill = fill
        evaluation.memory = machine
        evaluation.scratchpadBytes = machine.npu.scratchpadBytes
        return evaluation
    }

    static func run(_ evaluation: GEMMEvaluation, _ m: Int, _ n: Int, _ k: Int, times: Int = 1) throws
        -> GEMMLayerResult
    {
        let layer = TopologyLayer(name: "t", gemm: GEMMShape(m: m, n: n, k: k), repetitions: times)
        return try GEMMRun(Topology(layers: [layer]), file: "t", evaluation: evaluation).results[0]
    }

    /// 8 arrays of 128 x 128 need 4096 x 4096 x 2 bytes = 32 MiB in 16,769 cycles; 32 channels bring 1,024 bytes a
    /// cycle at the most.
    @Test("a decode product takes 1.00 to 1.10 times its bytes over the rate of a long read")
    func decodeIsBoundByBandwidth() throws {
        var evaluation = Self.evaluation(try Self.machine())
        evaluation.arrays = 8
        let result = try Self.run(evaluation, 8, 4096, 4096)
        let ratio = Double(result.totalCycles) / result.execution!.streamCycles
        #expect(ratio >= 1 && ratio <= 1.10, "\(ratio)")
        #expect(result.boundBy == .memory)
        #expect(result.stalls.weights > result.stallCycles / 2)
    }

    @Test("a prefill product takes 1.00 to 1.05 times its array cycles", arguments: [FoldFill.overlapped, .serial])
    func prefillIsBoundByArrays(fill: FoldFill) throws {
        let evaluation = Self.evaluation(try Self.machine(), fill: fill)
        let result = try Self.run(evaluation, 1024, 1024, 1024)
        var ideal = evaluation
        ideal.memory = nil
        let alone = try Self.run(ideal, 1024, 1024, 1024).totalCycles
        let ratio = Double(result.totalCycles) / Double(alone)
        #expect(ratio >= 1 && ratio <= 1.05, "\(ratio)")
    }

    @Test("random shapes: never below the roofline nor the array alone, waiting adds up, every byte moves")
    func neverBeatsTheRoofline() throws {
        var state: UInt64 = 11
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1
            return Int(state >> 33) % bound + 1
        }
        let machine = try Self.machine("npu-only", "memory.channels=4")
        for index in 0..<36 {
            var evaluation = Self.evaluation(
                machine, Dataflow.allCases[index % 3], 1 << (2 + next(4)), fill: index % 2 == 0 ? .overlapped : .serial)
            evaluation.scratchpadBytes = 65_536
            evaluation.format = NumberFormat.allCases[next(NumberFormat.allCases.count) - 1]
            evaluation.arrays = next(3)
            evaluation.cores = next(2)
            evaluation.edges = next(2) == 1 ? .full : .used
            if index % 5 == 0 { evaluation.tiling = .traffic }
            let result = try Self.run(evaluation, next(200), next(200), next(200), times: next(4))
            let execution = result.execution!
            let title = "\(result.layer) \(evaluation.dataflow) \(execution)"
            #expect(Double(result.totalCycles) >= execution.rooflineCycles, "\(title)")
            let stalls = result.stalls
            #expect([stalls.inputs, stalls.weights, stalls.sums, stalls.outputs, stalls.drain].allSatisfy { $0 >= 0 })
            #expect(stalls.total == result.stallCycles)
            #expect(stalls.inputs + stalls.weights > 0, "the first operands cannot be there at once")
            let bits = result.format.bits
            let gemm = result.layer.gemm
            let times = result.layer.repetitions
            #expect(
                8 * result.memoryReadBytes
                    >= times * (gemm.inputWords * bits.activation + gemm.weightWords * bits.weight), "\(title)")
            #expect(8 * result.memoryWriteBytes >= times * gemm.outputWords * bits.activation - 8 * 4 * 8 * 64)
            #expect(execution.scratchpadBytes * evaluation.arrays >= 0 && execution.scratchpadBytes <= 65_536)
        }
    }

    @Test("tiles one after another take the closed form's cycles when memory is far faster than the array")
    func tilesMatchClosedForm() throws {
        for dataflow in Dataflow.allCases {
            for fill in [FoldFill.overlapped, .serial] {
                var evaluation = Self.evaluation(try Self.machine(), dataflow, 16, fill: fill)
                evaluation.tiling = .given(m: 64, n: 64, k: 64)
                let mapping = dataflow.mapping
                // Cut along rows and columns only: folds stay what they are.
                let shape = GEMMShape(
                    m: mapping.time == .m ? 64 : 128, n: mapping.time == .n ? 64 : 128,
                    k: mapping.time == .k ? 64 : 128)
                let result = try Self.run(evaluation, shape.m, shape.n, shape.k)
                let folds = SystolicFolds(
                    shape, dataflow: dataflow, array: evaluation.array, rules: FoldRules(fill: fill))
                #expect(result.execution!.tiles == 4)
                #expect(result.computeCycles == folds.computeCycles, "\(dataflow) \(fill)")
            }
        }
    }

    @Test("a smaller scratchpad means more traffic and more time")
    func scratchpadDrivesTraffic() throws {
        var evaluation = Self.evaluation(try Self.machine("npu-only", "memory.channels=1"), .weightStationary, 32)
        var traffic: [Int] = []
        var cycles: [Int] = []
        for kibibytes in [32, 128, 4096] {
            evaluation.scratchpadBytes = kibibytes << 10
            evaluation.tiling = .time
            cycles.append(try Self.run(evaluation, 256, 256, 256).totalCycles)
            evaluation.tiling = .traffic
            let least = try Self.run(evaluation, 256, 256, 256)
            traffic.append(least.memoryReadBytes + least.memoryWriteBytes)
        }
        #expect(traffic[0] > traffic[1] && traffic[1] >= traffic[2], "\(traffic)")
        #expect(cycles[0] > cycles[1] && cycles[1] >= cycles[2], "\(cycles)")
        // Two operands in, one out, in fp16; what stays in the idle write buffers is not out yet.
        #expect(traffic[2] <= 3 * 256 * 256 * 2 && traffic[2] > 3 * 256 * 256 * 2 - 1024)
    }

    @Test("what fits no scratchpad or no memory is refused by name")
    func refusals() throws {
        var evaluation = Self.evaluation(try Self.machine())
        evaluation.tiling = .given(m: 4096, n: 4096, k: 4096)
        evaluation.scratchpadBytes = 1 << 20
        func refusal(_ size: Int) -> String {
            do {
                _ = try Self.run(evaluation, size, size, size)
                return "run"
            } catch { return "\(error)" }
        }
        #expect(
            refusal(4096)
                == "t:0:1: error: 't': tiles of this size do not fit 1048576 bytes of scratchpad, two blocks of each "
                + "operand and 32-bit sums")
        evaluation.tiling = .time
        #expect(refusal(150_000).contains("bytes of operands but the memory only"))
    }

    @Test("many heads go to single arrays, and the next head's operands come under the current one")
    func headsAreDealt() throws {
        var evaluation = Self.evaluation(try Self.machine())
        evaluation.arrays = 8
        let one = try Self.run(evaluation, 4, 128, 512)
        let many = try Self.run(evaluation, 4, 128, 512, times: 16)
        #expect(many.execution!.lanes == 8)
        #expect(many.totalCycles < 16 * one.totalCycles / 4)
    }
}
