import Foundation
import Hardware
import SimCore
import Simulation
import Workload

// Speed of the cycle-level core: `swift run -c release core`, from this folder. CPU time, the least of three runs.

/// Least CPU seconds of some runs, and the last result.
func leastSeconds<Result>(of runs: Int = 3, _ body: () throws -> Result) rethrows -> (seconds: Double, result: Result) {
    var best = Double.infinity
    var last: Result!
    for _ in 0..<runs {
        let start = clock()
        last = try body()
        best = min(best, Double(clock() - start) / Double(CLOCKS_PER_SEC))
    }
    return (best, last)
}

func line(_ name: String, _ seconds: Double, _ count: Int, _ what: String) {
    let rate = Double(count) / seconds
    let text = String(format: "%8.3f s  %12.0f %@ per CPU second", seconds, rate, what)
    print(name.padding(toLength: 44, withPad: " ", startingAt: 0) + text)
}

let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../..")

func layer(machine name: String, closedForms: Bool) throws {
    let machine = try Machine.load(path: root.appendingPathComponent("HardwareConfigs/\(name).yaml").path)
    let models = ModelLibrary(directories: [root.appendingPathComponent("Traces/models").path])
    let shard = try ModelShard(of: try models.model("gpt3-7b"), ways: 4)
    let file = root.appendingPathComponent("Traces/requests/sharegpt-b256.csv").path
    let requests = try RequestFile.load(path: file, channels: machine.memory.channels).requests
    let options = SimulationOptions(layers: 1, tensorParallel: 4, closedForms: closedForms)
    let simulator = Simulator(machine: machine, shard: shard, requests: requests, options: options)
    let (seconds, result) = try leastSeconds { try simulator.run() }
    let commands = result.channels.reduce(0) { $0 + $1.statistics.commands.reduce(0, +) }
    line("\(name), closed forms \(closedForms ? "on" : "off")", seconds, commands, "commands")
}

/// A decode step of llama-3.1-8b whose channels have other work each: contexts of ShareGPT's lengths, fewer requests than
/// make the channels even.
func uneven(
    machine name: String, requests file: String, count: Int, subBatches: Int = 1, closedForms: Bool
) throws -> [ChannelResult] {
    let machine = try Machine.load(path: root.appendingPathComponent("HardwareConfigs/\(name).yaml").path)
    let models = ModelLibrary(directories: [root.appendingPathComponent("Traces/models").path])
    let shard = try ModelShard(of: try models.model("llama-3.1-8b"), ways: 1)
    let path = root.appendingPathComponent("Traces/requests/\(file).csv").path
    let requests = try RequestFile.load(path: path, channels: machine.memory.channels).requests
    let options = SimulationOptions(
        layers: 1, subBatching: SubBatching(count: subBatches), closedForms: closedForms)
    let simulator = Simulator(
        machine: machine, shard: shard, requests: Array(requests.prefix(count)), options: options)
    // Channel by channel a step takes ten seconds and more.
    let (seconds, result) = try leastSeconds(of: closedForms ? 3 : 1) { try simulator.run() }
    let commands = result.channels.reduce(0) { $0 + $1.statistics.commands.reduce(0, +) }
    let parts = subBatches > 1 ? ", \(subBatches) sub-batches" : ""
    line("\(name), \(count) requests\(parts), \(closedForms ? "on" : "off")", seconds, commands, "commands")
    return result.channels
}

/// 300 requests, ten a second, on all layers, with two steps run exactly as well.
func estimate(machine name: String) throws {
    let machine = try Machine.load(path: root.appendingPathComponent("HardwareConfigs/\(name).yaml").path)
    let models = ModelLibrary(directories: [root.appendingPathComponent("Traces/models").path])
    let model = try models.model("llama-3.1-8b")
    let path = root.appendingPathComponent("Traces/requests/sharegpt-300-at-10.csv").path
    let requests = try RequestFile.load(path: path, channels: machine.memory.channels).requests
    var options = SimulationOptions(layers: model.layers)
    options.fidelity = .sampled
    let simulator = Simulator(
        machine: machine, shard: try ModelShard(of: model, ways: 1), requests: requests, options: options,
        serving: ServingPolicy())
    let (seconds, result) = try leastSeconds(of: 1) { try simulator.run() }
    line("\(name), llama-3.1-8b, 300 requests", seconds, result.generatedTokens, "tokens")
}

func traffic(_ name: String, count: Int, arrival: (Int) -> Int, burst: (Int) -> Int) {
    let device = StandardDevice.hbm2x128
    let (seconds, _) = leastSeconds {
        var channel = Channel(
            device: device, profile: .dramsim3, pim: nil,
            addressOrder: ["ro", "ba", "bg", "ra", "co"])
        for index in 0..<count {
            channel.enqueue(
                base: burst(index), count: 1, isWrite: false, transfer: Int32(index), arrival: arrival(index))
        }
        channel.run(until: .max, pause: .whenAnswered)
    }
    line("hbm2-x128, \(name)", seconds, count, "requests")
}

print("One layer of gpt3-7b on one of four chips, 256 requests, every command of 32 channels")
for name in ["neupims", "npu-pim-blocked", "npu-only", "neupims-artifact"] {
    for closedForms in [true, false] { try layer(machine: name, closedForms: closedForms) }
}
print("One layer of llama-3.1-8b for requests of uneven lengths, closed forms on and off")
for (machine, file, count, parts) in [
    ("neupims", "sharegpt-b64", 16, 1), ("neupims", "sharegpt-b64", 64, 1), ("neupims", "sharegpt-b64", 64, 2),
    ("npu-pim-blocked", "sharegpt-b64", 64, 1), ("npu-only", "sharegpt-b64", 64, 1),
    ("neupims", "sharegpt-b256", 256, 1),
] {
    let results = try [true, false].map {
        try uneven(machine: machine, requests: file, count: count, subBatches: parts, closedForms: $0)
    }
    precondition(
        results[0].map(\.statistics) == results[1].map(\.statistics), "closed forms must not change what channels do")
}
print("Whole requests to their last tokens, estimated")
for name in ["neupims", "npu-only"] { try estimate(machine: name) }
print("One channel alone")
let bursts = StandardDevice.hbm2x128.organization.channelBytes / StandardDevice.hbm2x128.organization.burstBytes
var state: UInt64 = 1
let random = (0..<200_000).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bursts
}
traffic("sequential", count: 200_000, arrival: { _ in 0 }, burst: { $0 })
traffic("random", count: 200_000, arrival: { _ in 0 }, burst: { random[$0] })
traffic("bank conflict", count: 50_000, arrival: { _ in 0 }, burst: { ($0 % 32_768) << 9 })
traffic("paced, one in 200 cycles", count: 50_000, arrival: { $0 * 200 }, burst: { random[$0] })
var usage = rusage()
getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
print("peak memory of all of it: \(usage.ru_maxrss / 1024) MiB")
