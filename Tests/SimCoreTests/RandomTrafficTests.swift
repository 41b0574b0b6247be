import Hardware
import Testing

@testable import SimCore

/// Random reads, writes and PIM programs on full-size channels: the checker finds nothing, and the counts agree.
@Suite struct RandomTrafficTests {
    private static let devices: [TestDevice] = {
        var plain = TestDevice(name: "one rank, split bus", organization: .dramsim3)
        plain.profile.splitCommandBus = true
        let two = TestDevice(name: "two ranks", organization: .neupims)
        let pim = PIMTiming.allVariants.map { timing in
            var device = TestDevice(name: timing.variant, organization: .neupims, pim: timing)
            device.profile.requestsPerCycle = 2
            device.profile.commandQueueDepth = 128
            return device
        }
        return [plain, two] + pim
    }()

    @Test(arguments: devices)
    func noCommandBreaksARule(device: TestDevice) {
        for seed in 1...3 as ClosedRange<UInt64> {
            var device = device
            device.refreshPhase = Int(seed) * 811
            device.profile.pim.refreshFit = seed % 2 == 0 ? .published : .exact
            if seed == 2 { device.profile.splitCommandBus = true }
            let mix = Traffic.Mix(items: 120, programShare: 0.12, gap: 15, longestRun: 30, isComposite: seed != 3)
            let (channel, log) = run(device, mix, seed: seed)
            let violations = CommandLogChecker(device).violations(in: log)
            if let first = violations.first {
                Issue.record("\(device), seed \(seed): \(violations.count) violations, first \(first)")
            }
            #expect(channel.isAnswered, "\(device), seed \(seed)")
        }
    }

    @Test(arguments: devices)
    func nothingIsLost(device: TestDevice) {
        for seed in 11...12 as ClosedRange<UInt64> {
            let mix = Traffic.Mix(items: 120, programShare: 0.12, gap: 15, longestRun: 30, isComposite: seed != 12)
            let traffic = Traffic.random(device, mix, seed: seed)
            var (channel, log) = run(device, mix, seed: seed)
            checkConservation(&channel, log, traffic, device)
        }
    }

    private func checkConservation(
        _ channel: inout Channel, _ log: [LoggedCommand], _ traffic: Traffic, _ device: TestDevice
    ) {
        let statistics = channel.statistics
        let sent = traffic.items.reduce(0) { sum, item in
            if case .bursts(_, let count, _, _) = item.what { sum + count } else { sum }
        }
        #expect(statistics.requests == sent)
        let commands = statistics.count(.rd) + statistics.count(.wr)
        let reads = traffic.items.reduce(0) { sum, item in
            if case .bursts(_, let count, false, _) = item.what { sum + count } else { sum }
        }
        let buffered = channel.writeBuffer.count + channel.bankQueues.reduce(0) { $0 + $1.count }
        let mergedReads = reads - statistics.forwardedReads - statistics.count(.rd)
        #expect(mergedReads >= 0 && channel.mergedReads.isEmpty && channel.readQueue.isEmpty)
        #expect(sent == commands + statistics.forwardedReads + statistics.mergedWrites + mergedReads + buffered)
        #expect(Set(channel.takeCompletions().map(\.transfer)) == traffic.awaited)
        #expect(channel.segments.underWay == 0)

        for command in DRAMCommand.allCases {
            #expect(statistics.count(command) == log.count { $0.command == command })
        }
        checkOpenBanks(channel, log, device)
    }

    private func checkOpenBanks(_ channel: Channel, _ log: [LoggedCommand], _ device: TestDevice) {
        let statistics = channel.statistics
        let banksPerGroup = device.organization.banksPerGroup
        let groups = statistics.count(.pimActivate) * banksPerGroup
        let isSingle = device.pim?.rowBuffers == 1
        let open = channel.dram.openRow.count { $0 != Channel.closed }
        #expect(statistics.count(.act) + (isSingle ? groups : 0) - statistics.count(.pre) == open)
        #expect(channel.dram.openBanks.nonzeroBitCount == open)
        let openPIM = channel.dram.pimRow.count { $0 != Channel.closed }
        #expect((isSingle ? 0 : groups) - statistics.count(.pimPrecharge) == openPIM)
        #expect(channel.dram.openPIMBanks.nonzeroBitCount == openPIM)
        let total = (log.last?.cycle ?? 0) + 1
        for rank in 0..<device.organization.ranks {
            #expect((0...total).contains(statistics.activeCycles[rank]))
            #expect((0...total).contains(statistics.pimActiveCycles[rank]))
        }
        #expect((0...total).contains(statistics.pimBusyCycles))
        let active = activeCycles(log, device)
        #expect(statistics.activeCycles == active.memory)
        #expect(statistics.pimActiveCycles == active.pim)
        // Every refresh that fell due was carried out or is pending, the ranks in turn.
        let interval = channel.refreshInterval
        let due = (channel.now + device.refreshPhase) / interval - device.refreshPhase / interval
        let refreshes = log.filter { $0.command == .refab }
        #expect(refreshes.count + channel.pendingRefresh.count == due)
        for (first, second) in zip(refreshes, refreshes.dropFirst()) where device.organization.ranks > 1 {
            #expect(first.bank != second.bank)
        }
        let programmed = log.reduce(0) { sum, line in
            switch line.command {
            case .pimGemv: sum + line.dotProducts
            case .pimDotProduct: sum + 1
            default: sum
            }
        }
        #expect(statistics.dotProducts == programmed)
    }

    /// Cycles between the first row's opening and the last row's closing in each rank, from the log; both row buffers.
    private func activeCycles(_ log: [LoggedCommand], _ device: TestDevice) -> (memory: [Int], pim: [Int]) {
        let organization = device.organization
        var open = [[Int]](repeating: [0, 0], count: organization.ranks)
        var since = open
        var sums = open
        for line in log {
            var change = 0
            var buffer = 0
            switch line.command {
            case .act: change = 1
            case .pre: change = -1
            case .pimActivate: (change, buffer) = (organization.banksPerGroup, device.pim?.rowBuffers == 1 ? 0 : 1)
            case .pimPrecharge: (change, buffer) = (-1, 1)
            default: continue
            }
            let rank = organization.node(ofBank: line.bank!, on: .rank)
            if open[rank][buffer] == 0 { since[rank][buffer] = line.cycle }
            open[rank][buffer] += change
            if open[rank][buffer] == 0 { sums[rank][buffer] += line.cycle - since[rank][buffer] }
        }
        return (sums.map { $0[0] }, sums.map { $0[1] })
    }

    /// Runs until everything is answered, and gives up long after it should be.
    private func run(_ device: TestDevice, _ mix: Traffic.Mix, seed: UInt64) -> (Channel, [LoggedCommand]) {
        let traffic = Traffic.random(device, mix, seed: seed)
        var channel = device.makeChannel()
        channel.recordsCommands()
        traffic.send(to: &channel)
        channel.run(until: traffic.items.last!.arrival + 100_000, pause: .whenAnswered)
        return (channel, channel.takeLog())
    }
}

extension Traffic {
    /// Transfers that must complete.
    var awaited: Set<Int32> {
        Set(
            items.flatMap { item -> [Int32] in
                switch item.what {
                case .bursts(_, _, _, let transfer): [transfer]
                case .program(let operations): operations.map(\.transfer).filter { $0 >= 0 }
                }
            })
    }
}
