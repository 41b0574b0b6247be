import Hardware
import Testing

@testable import SimCore

/// What the data buses' ticks are charged with: traces whose answer is known, and every tick exactly once.
@Suite struct BusAccountTests {
    private func account(
        _ name: String, _ accesses: [ReplayAccess], _ refresh: ReplayController.Refresh = .none
    ) throws -> (times: BusTimes, ticks: Int) {
        var channel = ReplayChannel(
            try #require(StandardDevice.named(name)), ReplayController(refresh: refresh))
        channel.accountsForBuses()
        channel.enqueue(accesses)
        let ticks = channel.finish()
        let times = channel.busTimes(at: ticks)
        return (try #require(times), ticks)
    }

    private func reads(_ bursts: [Int]) -> [ReplayAccess] {
        bursts.map { ReplayAccess(tick: 0, burst: $0, isWrite: false) }
    }

    private func expect(_ times: BusTimes, _ expected: [BusTime: Int]) {
        for time in BusTime.allCases { #expect(times[time] == expected[time] ?? 0, "\(time.name)") }
    }

    // ddr4-3200: 128 bursts in a row; the next row's number is 2,048 bursts on; bank group, then bank, above the column.
    // nRCD 22, nRP 22, nRAS 52, nCL 22, nCWL 16, nBL 4, nCCDL 8, nRRDS 4, nRRDL 8, nFAW 34, nWTRL 12.

    /// Taken before tick 1 and activated in it, RD at 23, data in 45 to 48: the first 23 ticks of the bus (0 to 22 plus
    /// the latency) fall on the tick before the request was there and on tRCD.
    @Test func aSingleReadWaitsForItsRow() throws {
        let (times, ticks) = try account("ddr4-3200", reads([0]))
        #expect(ticks == 49)
        // The bus is idle in ticks 0 to 44, those by which RD in tick 23 came late: -22 to 22.
        expect(times, [.noRequest: 23, .bankConflict: 22, .transfer: 4])
    }

    /// Three more bursts of the same row: nCCDL 8 apart, 4 of them idle.
    @Test func burstsOfOneRowAreSpaced() throws {
        let (times, _) = try account("ddr4-3200", reads([0, 1, 2, 3]))
        expect(times, [.noRequest: 23, .bankConflict: 22, .columnSpacing: 12, .transfer: 16])
    }

    /// Another row of the same bank: PRE in tick 53, ACT in 75, RD in 97, that is 74 after the first RD.
    @Test func anotherRowOfTheBankIsAConflict() throws {
        let (times, ticks) = try account("ddr4-3200", reads([0, 2048]))
        #expect(ticks == 97 + 26)
        expect(times, [.noRequest: 23, .bankConflict: 22 + 70, .transfer: 8])
    }

    /// Five banks: activations in ticks 1, 5, 9 and 13; nFAW lets the fifth start in 35, the tick of the fourth RD, so that
    /// it starts in 36. RD in 23, 27, 31, 35 and 58.
    @Test func theFifthActivationWaitsForTheLimit() throws {
        let (times, _) = try account("ddr4-3200", reads([0, 128, 256, 384, 512]))
        // The gap before the last RD are its ticks 39 to 57, that is 17 to 35 of its ACT, and nFAW ends in 35.
        expect(times, [.noRequest: 23, .bankConflict: 22, .activationLimit: 18, .commandSlot: 1, .transfer: 20])
        // With many activations the limit itself shows: one in 8.5 ticks, data 4 of them.
        let many = try account("ddr4-3200", reads((0..<2000).map { $0 % 16 * 128 + $0 / 16 * 2048 }))
        #expect(many.times[.activationLimit] > many.times.total / 3)
    }

    /// A read after a write of another burst of the row: nCWL 16 + nBL 4 + nWTRL 12 after WR.
    @Test func aReadAfterAWriteTurnsTheBus() throws {
        let accesses = [
            ReplayAccess(tick: 0, burst: 0, isWrite: true), ReplayAccess(tick: 30, burst: 1, isWrite: false),
        ]
        let (times, ticks) = try account("ddr4-3200", accesses)
        // WR in 23, data 39 to 42; RD in 55, data 77 to 80.
        #expect(ticks == 55 + 26)
        // Idle 43 to 76 are RD's ticks 21 to 54; it is there from tick 31 on.
        expect(times, [.noRequest: 17 + 10, .bankConflict: 22, .turnaround: 24, .transfer: 8])
    }

    /// Two pseudo-channels ask for a column command in the same tick; one of them is a tick late.
    @Test func oneColumnBusServesBothPseudoChannels() throws {
        var accesses = reads([0, 32])
        accesses += (0..<20).flatMap { index in
            [0, 32].map { ReplayAccess(tick: 200 + 10 * index, burst: $0 + 1 + index, isWrite: false) }
        }
        let (times, ticks) = try account("hbm2-2000", accesses)
        #expect(times.total == 2 * ticks)
        #expect(times[.transfer] == 2 * accesses.count)
    }

    /// A refresh falls due while reads of one row stream: PREA, REFab, nRFC and a new activation.
    @Test func aRefreshIsCharged() throws {
        let spaced = (0..<200).map { ReplayAccess(tick: $0 * 80, burst: $0 % 128, isWrite: false) }
        let (idle, _) = try account("ddr4-3200", spaced)
        let (times, _) = try account("ddr4-3200", spaced, .allBank)
        #expect(idle[.refresh] == 0)
        // Due in tick 12,480; the read of that time waits until nRP 22 + nRFC 576 are over.
        #expect(times[.refresh] > 500 && times[.refresh] <= 22 + 576 + 2)
        #expect(times[.noRequest] > times.total / 2)
    }

    @Test(arguments: StandardDevice.all.map(\.name), [0, 1, 2])
    func everyTickIsChargedOnce(name: String, setting: Int) throws {
        let device = try #require(StandardDevice.named(name))
        var controller = ReplayController()
        if setting == 1 { controller.rowPolicy = .closedAfterOne }
        if setting == 2, device.standard.has(.refpb) { controller.refresh = .perBank }
        var random = TestRandom(seed: UInt64(setting + 7))
        let bursts = device.organization.channelBytes / device.organization.burstBytes
        var tick = 0
        let accesses = (0..<1200).map { index in
            if index > 700 { tick += random.index(below: 60) }
            let burst = random.index(below: 3) == 0 ? random.index(below: bursts) : random.index(below: 4096)
            return ReplayAccess(tick: tick, burst: burst, isWrite: random.index(below: 3) == 0)
        }
        for count in [1, 2, 17, 1200] {
            var channel = ReplayChannel(device, controller)
            channel.accountsForBuses()
            channel.enqueue(Array(accesses[..<count]))
            let ticks = channel.finish()
            let found = channel.busTimes(at: ticks)
            let times = try #require(found)
            #expect(times.total == device.dataBuses * ticks)
            for time in BusTime.allCases { #expect(times[time] >= 0, "\(time.name)") }
            let commands = channel.statistics.commands
            let columns = [DRAMCommand.rd, .wr, .rda, .wra].reduce(0) { $0 + commands[Int($1.rawValue)] }
            #expect(times[.transfer] <= columns * device.ticks(device.burst))
        }
    }
}
