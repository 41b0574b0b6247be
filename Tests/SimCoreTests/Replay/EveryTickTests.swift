import Hardware
import Testing

@testable import SimCore

/// Nothing happens in the ticks that the replay channel skips: a channel that visits every tick issues the same commands.
@Suite struct EveryTickTests {
    private static let controllers: [ReplayController] = [
        ReplayController(), ReplayController(rowPolicy: .closedAfterOne, refresh: .none),
        ReplayController(scheduler: .frfcfsRowHit, refresh: .allBankStaggered, mapping: .mop4CLXOR),
        ReplayController(rowPolicy: .closedAfterOne, refresh: .perBank, mapping: .chRaBaRoCo),
    ]

    @Test(arguments: StandardDevice.all.map(\.name), controllers.indices)
    func skippedTicksAreEmpty(name: String, setting: Int) throws {
        let device = try #require(StandardDevice.named(name))
        var controller = Self.controllers[setting]
        if controller.refresh == .perBank, !device.standard.has(.refpb) { controller.refresh = .allBank }
        var random = TestRandom(seed: UInt64(setting + 1))
        let bursts = device.organization.channelBytes / device.organization.burstBytes
        var tick = 0
        let accesses = (0..<1500).map { index in
            // Dense, then paced, in few rows, so that there are hits, conflicts, merged and forwarded requests.
            if index > 900 { tick += random.index(below: 40) }
            let burst =
                random.index(below: 4) == 0 ? random.index(below: bursts) : random.index(below: 2048) * (bursts / 4096)
            return ReplayAccess(tick: tick, burst: burst + random.index(below: 4), isWrite: random.index(below: 3) == 0)
        }
        var logs: [[LoggedCommand]] = []
        var ends: [Int] = []
        for visitsEveryTick in [false, true] {
            var channel = ReplayChannel(device, controller)
            channel.visitsEveryTick = visitsEveryTick
            channel.recordsCommands()
            for start in stride(from: 0, to: accesses.count, by: 100) {
                channel.enqueue(Array(accesses[start..<min(start + 100, accesses.count)]))
                channel.run()
            }
            ends.append(channel.finish())
            logs.append(channel.takeLog())
            let statistics = channel.statistics
            #expect(statistics.rowHits + statistics.rowMisses + statistics.rowConflicts > 0)
            #expect(statistics.latencies.total == accesses.count { !$0.isWrite })
        }
        #expect(ends[0] == ends[1])
        #expect(logs[0] == logs[1])
    }
}
