import Foundation
import Hardware
import Simulation
import Workload

enum Shipped {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")

    static func machine(_ name: String) throws -> Machine {
        try Machine.load(path: root.appendingPathComponent("HardwareConfigs/\(name).yaml").path)
    }

    static func model(_ name: String) throws -> ModelShape {
        try ModelLibrary(directories: [root.appendingPathComponent("Traces/models").path]).model(name)
    }
}

extension ModelShape {
    /// GPT-3's layout in a small size.
    static func small(hidden: Int, heads: Int, layers: Int = 1) throws -> ModelShape {
        var shape = try Shipped.model("gpt3-7b")
        shape.name = "small"
        shape.layers = layers
        shape.hiddenSize = hidden
        shape.heads = heads
        shape.kvHeads = heads
        shape.headSize = hidden / heads
        shape.ffnSize = 4 * hidden
        return shape
    }
}

/// Requests in the middle of their decoding, each in the given channel.
func requests(_ contexts: [Int], channel: (Int) -> Int? = { $0 }) -> [Request] {
    contexts.indices.map { Request(id: $0, contextTokens: contexts[$0], channel: channel($0)) }
}

func run(
    _ machine: Machine, _ model: ModelShape, _ requests: [Request], ways: Int = 1,
    _ change: (inout SimulationOptions) -> Void = { _ in }
) throws -> SimulationResult {
    var options = SimulationOptions(layers: model.layers, tensorParallel: ways)
    change(&options)
    let shard = try ModelShard(of: model, ways: ways)
    return try Simulator(machine: machine, shard: shard, requests: requests, options: options).run()
}

extension SimulationResult {
    /// Commands of one kind over all channels.
    func count(_ command: DRAMCommand) -> Int { channels.reduce(0) { $0 + $1.statistics.count(command) } }

    func stageEnd(_ stage: OperatorResult.Stage) -> Int { operators.filter { $0.stage == stage }.map(\.end).max() ?? 0 }
}
