import Hardware
import Testing

@testable import SimCore

/// The event-driven channel against the plain controller that visits every cycle.
@Suite struct SteppedControllerTests {
    @Test(arguments: [false, true], [RefreshPolicy.none, .allBankStaggered])
    func memoryTrafficGivesTheSameCommands(splitBus: Bool, refresh: RefreshPolicy) {
        for seed in 1...16 as ClosedRange<UInt64> {
            var device = TestDevice(name: "memory", organization: .small)
            device.profile.splitCommandBus = splitBus
            device.profile.refresh = refresh
            device.timing["nREFI"] = 1200
            device.refreshPhase = Int(seed) * 97
            device.profile.commandQueueDepth = [2, 8, 128][Int(seed) % 3]
            device.profile.requestsPerCycle = 1 + Int(seed) % 2
            device.profile.writeBufferDepth = [32, 12, 4][Int(seed) % 3]
            device.profile.readQueueDepth = [5, 32][Int(seed) % 2]
            if seed % 4 == 0 { device.order = ["ro", "co", "ba", "bg", "ra"] }
            let mix = Traffic.Mix(writeShare: [0.2, 0.5, 0.9][Int(seed) % 3], gap: [3, 20, 80][Int(seed) % 3])
            compare(device, mix, seed: seed)
        }
    }

    private static let variants = PIMTiming.allVariants + PIMTiming.allBankVariants

    @Test(arguments: variants.indices)
    func memoryAndPIMTrafficGiveTheSameCommands(variant: Int) {
        for seed in 1...6 as ClosedRange<UInt64> {
            var device = TestDevice(name: Self.variants[variant].variant, organization: .small)
            device.pim = Self.variants[variant]
            // The plain controller closes bank by bank.
            device.standard.constraints.removeAll { $0.previous.contains(.prea) || $0.next.contains(.prea) }
            device.timing["nREFI"] = seed % 2 == 0 ? 3900 : 2400
            device.refreshPhase = Int(seed) * 331
            device.profile.commandQueueDepth = seed % 2 == 0 ? 8 : 128
            device.profile.requestsPerCycle = 1 + Int(seed) % 2
            device.profile.writeBufferDepth = [32, 9][Int(seed) % 2]
            device.profile.pim.requestQueueDepth = seed % 5 == 0 ? 2 : 32
            device.profile.pim.commandQueueDepth = seed % 7 == 0 ? 3 : 128
            device.profile.splitCommandBus = seed % 6 == 2
            device.profile.pim.refreshFit = seed % 3 == 0 ? .published : .exact
            device.profile.pim.separatePort = seed % 3 != 1
            let mix = Traffic.Mix(
                items: 40, programShare: 0.3, gap: [10, 60][Int(seed) % 2], isComposite: seed % 4 != 3)
            compare(device, mix, seed: seed &* 1000 &+ UInt64(variant))
        }
    }

    /// Runs both and compares every command and every completion up to the end of the traffic.
    private func compare(
        _ device: TestDevice, _ mix: Traffic.Mix, seed: UInt64, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let traffic = Traffic.random(device, mix, seed: seed)
        var channel = device.makeChannel()
        channel.recordsCommands()
        traffic.send(to: &channel)
        var stepped = SteppedController(device)
        for item in traffic.items { stepped.send(item) }
        var end = traffic.items.last!.arrival
        let giveUp = end + 40_000
        while !channel.isAnswered && end < giveUp {
            end += 1000
            channel.run(until: end)
        }
        while stepped.now < end - 1 { stepped.step() }
        let log = channel.takeLog()
        let place = "\(device.name), seed \(seed)"
        if log != stepped.log {
            let first = zip(log, stepped.log).prefix { $0 == $1 }.count
            let ours = log.dropFirst(max(0, first - 3)).prefix(6).map(\.text)
            let theirs = stepped.log.dropFirst(max(0, first - 3)).prefix(6).map(\.text)
            Issue.record(
                "\(place): command \(first) of \(log.count)/\(stepped.log.count): channel \(ours), stepped \(theirs)",
                sourceLocation: sourceLocation)
        }
        let isComplete = channel.takeCompletions().sorted(by: inOrder) == stepped.completions.sorted(by: inOrder)
        if log == stepped.log { #expect(isComplete, "\(place): other completions", sourceLocation: sourceLocation) }
        if !channel.isAnswered {
            Issue.record("\(place): not everything is answered \(stepped.state)", sourceLocation: sourceLocation)
        }
    }

    private func inOrder(_ left: Completion, _ right: Completion) -> Bool {
        (left.cycle, left.transfer) < (right.cycle, right.transfer)
    }
}

extension SteppedController {
    /// What still waits, for messages.
    var state: String {
        "ports \(ports.map(\.count)), reads \(reads.count), writes \(writes.count), queues \(queues.map(\.count)), "
            + "PIM \(pimRequests.count) + \(pimCommands.first.map { "\($0)" } ?? "none"), drains \(drainsLeft), "
            + "PIM mode \(inPIMMode), waits \(waitsForRefresh), slack \(slack), locked \(lockedRead ?? -1), "
            + "operand bank \(operandBank ?? -1), last command \(log.last?.text ?? "")"
    }
}

extension LoggedCommand {
    var text: String {
        "\(cycle) \(command.mnemonic) b\(bank.map(String.init) ?? "-") r\(row.map(String.init) ?? "-")"
            + (dotProducts > 0 ? " n\(dotProducts)" : "")
    }
}
