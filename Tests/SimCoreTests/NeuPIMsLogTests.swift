import Hardware
import Testing

@testable import SimCore

/// The PIM commands of the attention stage against command logs of the published NeuPIMs simulator.
///
/// The log gives the operations in order. Each operand write begins a program; the channel gets it in the cycle before
/// the log's first command for it (it was ready by then) and must carry out the same commands in the same cycles.
@Suite struct NeuPIMsLogTests {
    @Test(arguments: ["s32-neupims", "s512-neupims", "s32-npupim", "s512-npupim"])
    func pimCommandsAreEqualInOrderAndTick(run: String) throws {
        let expected = try commands("neupims/micro-\(run).csv")
        let isDual = run.hasSuffix("neupims")
        var device = TestDevice(name: run, organization: .neupims, pim: .published(rowBuffers: isDual ? 2 : 1))
        device.profile.commandQueueDepth = 128
        device.profile.requestsPerCycle = 2
        device.profile.pim.refreshFit = .published
        device.profile.pim.separatePort = false
        var channel = device.makeChannel()
        channel.recordsCommands()
        // The stage before leaves row 0 open in the banks of rank 1; those of rank 0 have just been refreshed.
        for bank in 16..<32 {
            channel.enqueue(
                base: device.burst(bank: bank, row: 0, column: 0), count: 1, isWrite: false, transfer: 0, arrival: 0)
        }
        for (arrival, operations) in programs(expected) { channel.enqueue(pim: operations, arrival: arrival) }
        let end = expected.last!.cycle
        channel.run(until: end + 100)
        let compared = Set(expected.map(\.command))
        let found = channel.takeLog().filter { $0.cycle >= 2200 && $0.cycle <= end && compared.contains($0.command) }
        for (index, (ours, theirs)) in zip(found, expected).enumerated() where !isSame(ours, theirs) {
            Issue.record("\(run), command \(index): \(ours.text), expected \(theirs.text)")
            break
        }
        #expect(found.count == expected.count)
    }

    private func isSame(_ ours: LoggedCommand, _ theirs: Logged) -> Bool {
        ours.cycle == theirs.cycle && ours.command == theirs.command && (ours.bank ?? 0) == theirs.bank
    }

    private struct Logged {
        var cycle: Int
        var command: DRAMCommand
        var bank: Int
        var row: Int
        var dotProducts: Int
        var results: Int
        var text: String { "\(cycle) \(command.mnemonic) b\(bank) r\(row)" }
    }

    private func commands(_ path: String) throws -> [Logged] {
        try Fixture.rows(path).map { row in
            let numbers = try ["cycle", "bank", "row", "dot_products", "results"].map { try #require(Int(row[$0]!)) }
            let command = try #require(DRAMCommand.allCases.first { $0.mnemonic == row["command"] })
            return Logged(
                cycle: numbers[0], command: command, bank: numbers[1], row: numbers[2], dotProducts: numbers[3],
                results: numbers[4])
        }
    }

    /// The operations of the log: one program up to the end of the logits, and one from each operand write on.
    private func programs(_ log: [Logged]) -> [(arrival: Int, operations: [PIMOperation])] {
        var programs: [(arrival: Int, operations: [PIMOperation])] = []
        func append(_ operation: PIMOperation) { programs[programs.count - 1].operations.append(operation) }
        var left = 0
        var start: Int?
        for line in log {
            let dots = Int16(line.dotProducts)
            switch line.command {
            case .act: start = start ?? line.cycle
            case .pre: start = line.bank == 0 ? line.cycle : nil
            case .pimGwrite:
                programs.append(((start ?? line.cycle) - 1, [PIMOperation(.pimGwrite, row: Int32(line.row))]))
            case .pimHeader:
                left = line.results
                append(PIMOperation(.pimHeader, row: Int32(line.row), dotProducts: dots, results: Int16(left)))
            case .pimDotProduct: append(PIMOperation(.pimDotProduct, row: Int32(line.row)))
            case .pimGemv, .pimRdResult:
                left -= 1
                append(PIMOperation(line.command, row: Int32(line.row), dotProducts: dots, isLast: left == 0))
            default: break
            }
            if line.command != .act && line.command != .pre { start = nil }
        }
        return programs
    }
}
