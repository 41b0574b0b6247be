import Foundation
import GEMMTables
import Hardware
import SimCore
import Workload

// Speed of tables of matrix products: `swift run -c release gemm`, from this folder. CPU time, the least of three runs:
// one layer of llama-3.1-8b, decode of 8 requests with 2,048 tokens each and prefill of one such request.

/// Least CPU seconds of three runs, and what the last one gave.
func leastSeconds(_ body: () throws -> GEMMRun) rethrows -> (seconds: Double, run: GEMMRun) {
    var best = Double.infinity
    var last: GEMMRun?
    for _ in 0..<3 {
        let start = clock()
        last = try body()
        best = min(best, Double(clock() - start) / Double(CLOCKS_PER_SEC))
    }
    return (best, last!)
}

let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../..").path
var model = try ModelLibrary(directories: [root + "/Traces/models"]).model("llama-3.1-8b")
model.layers = 1
let machine = try Machine.load(path: root + "/HardwareConfigs/npu-only.yaml")
let array = SystolicArrayShape(rows: 128, columns: 128)

for (phase, batch) in [(ModelStep.Phase.decode, 8), (.prefill, 1)] {
    let layers = try ModelGEMMs.layers(
        of: ModelDimensions(model), ModelStep(batch: batch, context: 2048, phase: phase))
    let topology = Topology(layers: layers.filter { $0.name != "vocabulary_projection" })
    for memory in [nil, machine] {
        for dataflow in memory == nil ? Dataflow.allCases : [.weightStationary] {
            var evaluation = GEMMEvaluation(array: array, dataflow: dataflow)
            evaluation.fill = .overlapped
            evaluation.memory = memory
            if let memory { evaluation.scratchpadBytes = memory.npu.scratchpadBytes }
            let (seconds, run) = try leastSeconds { try GEMMRun(topology, file: "llama", evaluation: evaluation) }
            let folds = run.results.reduce(0) { $0 + $1.folds }
            let name = "\(phase.rawValue), \(dataflow.rawValue), \(memory == nil ? "ideal" : "real") memory"
            let text = String(
                format: "%9.3f ms %10.1f ns/fold", seconds * 1e3, seconds * 1e9 / Double(folds))
            print(name.padding(toLength: 28, withPad: " ", startingAt: 0) + text)
        }
    }
}
