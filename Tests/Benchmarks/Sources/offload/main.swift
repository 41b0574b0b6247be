import Foundation
import Offload
import Workload

// Speed of expert offloading: `swift run -c release offload`, from this folder. CPU time, the least of three runs.

/// Least CPU seconds of three runs.
func leastSeconds(_ body: () throws -> Void) rethrows -> Double {
    var best = Double.infinity
    for _ in 0..<3 {
        let start = clock()
        try body()
        best = min(best, Double(clock() - start) / Double(CLOCKS_PER_SEC))
    }
    return best
}

func line(_ name: String, _ seconds: Double, _ count: Int, with all: Double? = nil) {
    var text = String(format: "%8.3f s %10.0f events per CPU second", seconds, Double(count) / seconds)
    if let all { text += String(format: ", %9.0f with reading", Double(count) / all) }
    print(name.padding(toLength: 44, withPad: " ", startingAt: 0) + text)
}

let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../..").path
let model = try ExpertModel(try ModelLibrary(directories: [root + "/Traces/models"]).model("gpt-oss-20b"))
let file = root + "/Traces/routes/gpt-oss-20b-240.csv.gz"
let real = try Routes.load(path: file, shape: model.routes)

// 10,000 tokens: the real 240 again and again, as other requests.
let entries = model.routes.layers * model.routes.topK
var routes = Routes(shape: model.routes)
for place in 0..<10_000 {
    let token = place % real.tokens.count
    let (first, request) = (token * entries, real.tokens[token].request + place / real.tokens.count * 2)
    routes.append(
        .init(request: request, position: real.tokens[token].position),
        experts: Array(real.experts[first..<first + entries]), weights: Array(real.weights[first..<first + entries]))
}
let events = ExpertEvents(routes)

print("GPT-OSS-20B, an event is a token in a layer with 4 of 32 experts; the replay alone, and with reading")
let reading = try leastSeconds { for _ in 0..<10 { _ = try Routes.load(path: file, shape: model.routes) } }
line("reading routes (gzip, with gate weights)", reading, 10 * real.eventCount)
let building = leastSeconds { _ = ExpertEvents(routes) }
line("routes to events", building, events.count)
let before = reading / Double(10 * real.eventCount) * Double(events.count) + building
for capacity in [96, 192, 384] {
    for scope in CacheScope.allCases {
        for policy in CachePolicy.allCases {
            let seconds = leastSeconds {
                _ = CacheReplay(events, CacheSpecification(policy: policy, scope: scope, capacity: .experts(capacity)))
            }
            line(
                "cache \(policy.rawValue), \(scope.rawValue), \(capacity) experts", seconds, events.count,
                with: seconds + before)
        }
    }
}
let machine = try OffloadMachine.load(path: root + "/HardwareConfigs/edge/jetson-orin-nano.yaml")
for prefetch in PrefetchPolicy.allCases {
    let run = OffloadRun(
        model: model, events: events,
        cache: CacheSpecification(policy: .lru, scope: .layer, capacity: .experts(192)),
        prefetch: PrefetchSpecification(prefetch, shape: model.routes), widths: .uniform(4.25), machine: machine)
    line("timed, 10,000 tokens, prefetch \(prefetch.rawValue)", leastSeconds { _ = run.result() }, events.count)
}
