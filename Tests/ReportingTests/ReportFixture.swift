import Foundation
import Hardware
import Quantities
import YAMLTree

@testable import Reporting
@testable import SimCore
@testable import Simulation
@testable import Workload

let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

func shippedMachine(_ name: String) throws -> Machine {
    try Machine.load(path: "\(repository)/HardwareConfigs/\(name).yaml")
}

/// A model small enough to reckon with by hand: four heads of 128, two of which share keys and values.
func smallModel() throws -> ModelShape {
    try ModelShape.decode(
        try Node.parse(
            SourceFile(
                name: "small.yaml",
                text: """
                    name: small
                    layers: 2
                    hidden_size: 512
                    heads: 4
                    kv_heads: 2
                    head_size: 128
                    ffn_size: 1024
                    ffn_matrices: 3
                    activation: silu
                    norm: rmsnorm
                    positions: rope
                    vocabulary: 1000
                    tied_embeddings: false
                    bias: none
                    """)))
}

func run(
    _ machine: String, contexts: [Int], layers: Int = 1, iterations: Int = 1, tensorParallel: Int = 1,
    includesHead: Bool = false, subBatching: SubBatching = .off
) throws -> SimulationResult {
    try run(
        try shippedMachine(machine), contexts: contexts, layers: layers, iterations: iterations,
        tensorParallel: tensorParallel, includesHead: includesHead, subBatching: subBatching)
}

func run(
    _ machine: Machine, contexts: [Int], layers: Int = 1, iterations: Int = 1, tensorParallel: Int = 1,
    includesHead: Bool = false, subBatching: SubBatching = .off
) throws -> SimulationResult {
    let requests = contexts.enumerated().map { Request(id: $0.offset, contextTokens: $0.element) }
    let shard = try ModelShard(of: try smallModel(), ways: tensorParallel)
    let options = SimulationOptions(
        iterations: iterations, layers: layers, tensorParallel: tensorParallel, includesHead: includesHead,
        subBatching: subBatching)
    return try Simulator(
        machine: machine, shard: shard, requests: requests, options: options
    ).run()
}

/// A result with chosen numbers, so that a report on it does not depend on any timing.
func chosenResult() throws -> SimulationResult {
    let machine = try shippedMachine("neupims")
    var statistics = ChannelStatistics(ranks: 2)
    statistics.commands.replaceSubrange(0..<12, with: [10, 8, 100, 20, 2, 3, 4, 32, 0, 0, 16, 128])
    statistics.dotProducts = 128
    statistics.activeCycles = [600, 500]
    statistics.pimActiveCycles = [300, 200]
    statistics.pimBusyCycles = 400
    let qkv = OperatorResult(
        iteration: 0, layer: 0, subBatch: 0, stage: .a, kind: .qkv, unit: .systolic, start: 0, end: 500,
        macs: 1_048_576,
        readBytes: 6400, writeBytes: 0, vectorElements: 0, operandBytes: 1_048_576 + 1024 + 2048)
    let norm = OperatorResult(
        iteration: 0, layer: nil, subBatch: 0, stage: .e, kind: .normFinal, unit: .vector, start: 900, end: 1000,
        macs: 0,
        readBytes: 0, writeBytes: 1280, vectorElements: 512, operandBytes: 2048)
    return SimulationResult(
        machine: machine, model: try smallModel(), options: SimulationOptions(layers: 1, includesHead: true, seed: 7),
        steps: [SimulationStep(shares: [.init(request: 0, context: 100)])],
        requests: [RequestResult(id: 0, channel: 3, context: 100, tokens: 1, finish: 1000)], operators: [qkv, norm],
        channels: [
            ChannelResult(
                index: 3, requests: 1, tokens: 100, statistics: statistics, dataBusCycles: 240, cycles: 1000)
        ], cycles: 1000, npuBusyCycles: 250, npuMACs: 1_048_576, pimMACs: 4096, vectorElements: 512,
        scratchpadBytes: 9000, linkBytes: 0, commands: [])
}
