import Foundation
import Offload
import Quantities
import Workload
import YAMLTree

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

/// The machine files of edge devices and cards.
let edgeMachines = root + "/HardwareConfigs/edge"

func edgeMachine(_ name: String) throws -> OffloadMachine {
    try OffloadMachine.load(path: "\(edgeMachines)/\(name).yaml")
}

func expertModel(_ name: String) throws -> ExpertModel {
    try ExpertModel(try ModelLibrary(directories: [root + "/Traces/models"]).model(name))
}

/// A small model with the mixture layers of `shape`.
func smallModel(_ shape: RouteShape) -> ExpertModel {
    let model = ModelShape(
        name: "small", layers: shape.layers, hiddenSize: 64, heads: 2, kvHeads: 1, headSize: 32, ffnSize: nil,
        ffnMatrices: 3, activation: .silu, norm: .rmsnorm, positions: .rope, vocabulary: 256, tiedEmbeddings: true,
        bias: .none, experts: .init(count: shape.experts, topK: shape.topK, shared: 0, ffnSize: 128))
    return try! ExpertModel(model)
}

/// A machine of random speeds, on which reads take about as long as the computation, more or less.
func randomMachine(_ random: inout RandomNumbers) -> OffloadMachine {
    func rate(_ low: Int64, _ factor: Int) -> Int64 { low * Int64(1 + random.nextIndex(below: factor)) }
    let bandwidth = BytesPerSecond(rate(20_000_000, 100))
    let growth = StorageDevice.Growth(at4KiB: .microseconds(rate(1, 40)), exponent: 0.5)
    return OffloadMachine(
        name: "random",
        compute: RooflineUnit(
            name: "unit", peak: OperationsPerSecond(rate(1_000_000_000, 100)), efficiency: 0.5,
            layerLatency: .microseconds(rate(1, 50)),
            dequantization: random.nextUnit() < 0.5 ? BytesPerSecond(rate(100_000_000, 50)) : nil),
        memory: WorkingMemory(
            capacity: Bytes(1 << 30), bandwidth: BytesPerSecond(rate(100_000_000, 100)), efficiency: 0.8),
        storage: StorageDevice(
            name: "disk", latency: .microseconds(rate(1, 200)), growth: random.nextUnit() < 0.5 ? growth : nil,
            randomBandwidth: bandwidth, efficiency: 0.25 + random.nextUnit() * 0.75,
            blockSize: Bytes(rate(1024, 32)), queueDepth: 1 + random.nextIndex(below: 8),
            gain: 0.9, energy: PicojoulesPerBit(100)))
}
