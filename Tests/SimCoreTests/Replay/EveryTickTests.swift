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
        for (visitsEveryTick, usesClosedForms) in [(false, true), (true, false), (false, false)] {
            var channel = ReplayChannel(device, controller)
            channel.visitsEveryTick = visitsEveryTick
            channel.usesClosedForms = usesClosedForms
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
        #expect(ends[0] == ends[1] && ends[0] == ends[2])
        #expect(logs[0] == logs[1] && logs[0] == logs[2])
    }

    /// Row streaks of every length, of reads and of writes, dense and with gaps, broken off by other rows, by requests of
    /// the other kind, by refresh, and by the end of a piece.
    @Test(arguments: StandardDevice.all.map(\.name)) func rowStreaksGiveTheSameCommands(name: String) throws {
        let device = try #require(StandardDevice.named(name))
        let inRow = device.organization.burstsPerRow
        var random = TestRandom(seed: 5)
        var accesses: [ReplayAccess] = []
        var tick = 0
        while accesses.count < 4000 {
            let row = random.index(below: 64) * inRow
            let isWrite = random.index(below: 3) == 0
            let spacing = random.index(below: 3) * random.index(below: 12)
            for index in 0..<1 + random.index(below: 3 * inRow) {
                accesses.append(ReplayAccess(tick: tick, burst: row + index % inRow, isWrite: isWrite))
                tick += spacing
            }
        }
        var logs: [[LoggedCommand]] = []
        var statistics: [ReplayStatistics] = []
        for usesClosedForms in [false, true] {
            var channel = ReplayChannel(device, ReplayController())
            channel.usesClosedForms = usesClosedForms
            channel.recordsCommands()
            for start in stride(from: 0, to: accesses.count, by: 333) {
                channel.enqueue(Array(accesses[start..<min(start + 333, accesses.count)]))
                channel.run()
            }
            _ = channel.finish()
            logs.append(channel.takeLog())
            statistics.append(channel.statistics)
        }
        #expect(logs[0] == logs[1] && !logs[0].isEmpty)
        #expect(statistics[0] == statistics[1])
    }
}
