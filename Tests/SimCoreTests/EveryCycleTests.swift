import Hardware
import Testing

@testable import SimCore

/// Cycles that the channel skips are cycles in which nothing happens, however it is run.
@Suite struct EveryCycleTests {
    private static let devices: [TestDevice] = {
        var plain = TestDevice(name: "split bus", organization: .dramsim3)
        plain.profile.splitCommandBus = true
        let pim = PIMTiming.allVariants.map { TestDevice(name: $0.variant, organization: .neupims, pim: $0) }
        return [plain] + pim
    }()

    private let mix = Traffic.Mix(items: 60, programShare: 0.2, gap: 40, longestRun: 30)

    @Test(arguments: devices)
    func visitingEveryCycleChangesNothing(device: TestDevice) {
        for seed in [21] as [UInt64] {
            let traffic = Traffic.random(device, mix, seed: seed)
            let end = traffic.items.last!.arrival + 4000
            var skipping = prepared(device)
            traffic.send(to: &skipping)
            var stepping = skipping
            skipping.run(until: end)
            for cycle in 0..<end { stepping.advance(to: cycle) }
            #expect(skipping.takeLog() == stepping.takeLog(), "\(device), seed \(seed)")
            #expect(skipping.takeCompletions() == stepping.takeCompletions(), "\(device), seed \(seed)")
            #expect(skipping.statistics == stepping.statistics, "\(device), seed \(seed)")
        }
    }

    /// Requests handed over piece by piece while the channel runs, each not before its arrival is near.
    @Test(arguments: devices)
    func handingOverLateChangesNothing(device: TestDevice) {
        for seed in 31...32 as ClosedRange<UInt64> {
            let traffic = Traffic.random(device, mix, seed: seed)
            let end = traffic.items.last!.arrival + 4000
            var early = prepared(device)
            traffic.send(to: &early)
            early.run(until: end)
            var late = prepared(device)
            for item in traffic.items {
                late.run(until: item.arrival)
                Traffic.send(item, to: &late)
            }
            late.run(until: end)
            #expect(early.takeLog() == late.takeLog(), "\(device), seed \(seed)")
            #expect(early.takeCompletions() == late.takeCompletions(), "\(device), seed \(seed)")
        }
    }

    private func prepared(_ device: TestDevice) -> Channel {
        var channel = device.makeChannel()
        channel.recordsCommands()
        return channel
    }
}
