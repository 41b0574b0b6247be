import Foundation
import Hardware
import SimCore
import Workload

// Speed of the replay controller: `swift run -c release memory [DEVICE [PATTERN]] [OPTION ...]`, from this folder.
// Options: no-closed-forms (no closed forms), bus-time (with the account of the data buses), once (one short run of each, for
// valgrind --tool=callgrind, whose instruction counts a busy machine does not change).
// Requests per CPU second, the best of five runs, without reading the trace; beside Ramulator 2.1's where it was
// measured (commit c5b1c3a, one channel, refresh on, CPU time, trace reading not taken out).

/// A pattern of reads, all offered from tick 0 unless paced.
struct Pattern: Sendable {
    var name: String
    var count: Int
    var accesses: @Sendable (DRAMOrganization, Int) -> [ReplayAccess]

    static func burst(_ o: DRAMOrganization, row: Int, bank: Int = 0, group: Int = 0, rank: Int = 0, column: Int = 0)
        -> Int
    {
        (((row * o.banksPerGroup + bank) * o.groupsPerRank + group) * o.ranks + rank) * o.burstsPerRow + column
    }

    static func random(_ count: Int, below limit: Int) -> [Int] {
        var state: UInt64 = 1
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
    }

    static let all = [
        Pattern(name: "sequential", count: 400_000) { _, count in
            (0..<count).map { ReplayAccess(tick: 0, burst: $0, isWrite: false) }
        },
        Pattern(name: "interleaved", count: 400_000) { o, count in
            let lanes = o.ranks * o.groupsPerRank
            let columns = lanes * o.burstsPerRow
            return (0..<count).map {
                ReplayAccess(
                    tick: 0,
                    burst: burst(
                        o, row: $0 / (columns * o.banksPerGroup), bank: $0 / columns % o.banksPerGroup,
                        group: $0 / o.ranks % o.groupsPerRank, rank: $0 % o.ranks, column: $0 / lanes % o.burstsPerRow),
                    isWrite: false)
            }
        },
        Pattern(name: "random", count: 200_000) { o, count in
            random(count, below: o.channelBytes / o.burstBytes).map { ReplayAccess(tick: 0, burst: $0, isWrite: false) }
        },
        Pattern(name: "random mixed", count: 200_000) { o, count in
            random(count, below: o.channelBytes / o.burstBytes).map {
                ReplayAccess(tick: 0, burst: $0, isWrite: $0 >> 3 & 1 == 1)
            }
        },
        Pattern(name: "conflict", count: 100_000) { o, count in
            (0..<count).map { ReplayAccess(tick: 0, burst: burst(o, row: (3 + 7 * $0) % o.rows), isWrite: false) }
        },
        Pattern(name: "paced", count: 100_000) { o, count in
            zip(0..., random(count, below: o.channelBytes / o.burstBytes)).map {
                ReplayAccess(tick: $0 * 200, burst: $1, isWrite: false)
            }
        },
    ]
}

/// Thousand requests per CPU second of Ramulator 2.1.
let ramulator: [String: [String: Double]] = [
    "hbm2-2000": [
        "sequential": 292, "interleaved": 601, "random": 133, "random mixed": 147, "conflict": 19, "paced": 91,
    ],
    "hbm3-6400": [
        "sequential": 167, "interleaved": 410, "random": 103, "random mixed": 119, "conflict": 5, "paced": 83,
    ],
    "lpddr5-6400": [
        "sequential": 356, "interleaved": 397, "random": 184, "random mixed": 115, "conflict": 23, "paced": 126,
    ],
    "ddr4-3200": [
        "sequential": 283, "interleaved": 242, "random": 95, "random mixed": 120, "conflict": 16, "paced": 128,
    ],
    "ddr5-4800": ["sequential": 156, "interleaved": 122, "random": 73, "random mixed": 99, "conflict": 9, "paced": 93],
]

let arguments = CommandLine.arguments.dropFirst()

func run(_ device: StandardDevice, _ accesses: [ReplayAccess]) -> (seconds: Double, ticks: Int) {
    let start = clock()
    var channel = ReplayChannel(device, ReplayController())
    channel.usesClosedForms = !arguments.contains("no-closed-forms")
    if arguments.contains("bus-time") { channel.accountsForBuses() }
    var position = 0
    while position < accesses.count {
        let end = min(position + 4096, accesses.count)
        channel.enqueue(Array(accesses[position..<end]))
        channel.run()
        position = end
    }
    let ticks = channel.finish()
    return (Double(clock() - start) / Double(CLOCKS_PER_SEC), ticks)
}

func readTrace() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("dualrow-\(getpid()).trace").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let device = StandardDevice.hbm2Rate2000.organization
    let lines = Pattern.random(500_000, below: device.channelBytes).enumerated().map { "\($0) R \($1)\n" }
    try Data(lines.joined().utf8).write(to: URL(fileURLWithPath: path))
    let best = try (0..<3).map { _ in
        let start = clock()
        let reader = try MemoryTraceReader(path: path, format: .dualrow, addresses: device.channelBytes)
        var piece: [MemoryAccess] = []
        repeat {
            piece.removeAll(keepingCapacity: true)
            try reader.read(4096, into: &piece)
        } while !piece.isEmpty
        return Double(clock() - start) / Double(CLOCKS_PER_SEC)
    }.min()!
    print(String(format: "reading a plain trace %34.0f lines/CPU second", 500_000 / best))
}

print("device        pattern         requests/CPU second  ticks/CPU second  of Ramulator 2.1")
for device in StandardDevice.all where ramulator[device.name] != nil {
    for pattern in Pattern.all {
        if let only = arguments.first, only != device.name { continue }
        if arguments.count > 1, arguments[arguments.startIndex + 1] != pattern.name { continue }
        let once = arguments.contains("once")
        let accesses = pattern.accesses(device.organization, once ? pattern.count / 10 : pattern.count)
        let runs = (0..<(once ? 1 : 5)).map { _ in run(device, accesses) }
        let best = runs.map(\.seconds).min()!
        let rate = Double(accesses.count) / best
        var line = device.name.padding(toLength: 14, withPad: " ", startingAt: 0)
        line += pattern.name.padding(toLength: 14, withPad: " ", startingAt: 0)
        line += String(format: "%21.0f %17.0f", rate, Double(runs[0].ticks) / best)
        if let reference = ramulator[device.name]?[pattern.name] {
            line += String(format: "%16.1fx", rate / reference / 1000)
        }
        print(line)
    }
}
if arguments.isEmpty { try readTrace() }
