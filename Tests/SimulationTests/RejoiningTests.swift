import Hardware
import Testing
import Workload

@testable import SimCore
@testable import Simulation

/// Channels that had different work and have come to be alike again are advanced as one, and nothing changes by it.
struct RejoiningTests {
    static let machines = ["neupims", "npu-pim-blocked", "npu-only", "hbm3-pim", "lpddr5x-pim", "attacc"]

    /// Random numbers that are the same in each run.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    /// Work in random order: wide reads and writes, reads, writes and GEMVs of single channels, and pauses.
    private func program(_ machine: Machine, _ dice: inout Dice) -> Program {
        var program = Program()
        var before: [Int] = []
        let bursts = machine.memory.organization.channelBytes / machine.memory.organization.burstBytes
        for _ in 0..<25 {
            let channel = Int.random(in: 0..<machine.memory.channels, using: &dice)
            let isWrite = Int.random(in: 0..<3, using: &dice) == 0
            let start = before.isEmpty || Bool.random(using: &dice) ? before : []
            var node: Int
            switch Int.random(in: 0..<6, using: &dice) {
            case 0, 1:
                let base = Int.random(in: 0..<512, using: &dice)
                let moved = Program.Transfer(base: base, bursts: Int.random(in: 1..<160, using: &dice))
                node = program.addTransfer([moved], isWrite: isWrite, operatorIndex: 0, after: start)
            case 2:
                let moved = (0..<Int.random(in: 1..<12, using: &dice)).map { _ in
                    // Bursts that wide transfers move too.
                    let base = Int.random(in: 0..<(Bool.random(using: &dice) ? 64 : bursts - 8), using: &dice)
                    return Program.Transfer(base: base, bursts: Int.random(in: 1..<8, using: &dice), channel: channel)
                }
                node = program.addTransfer(moved, isWrite: isWrite, operatorIndex: 0, after: start)
            case 3 where machine.memory.pim != nil:
                node = addGEMV(to: &program, channel: channel, machine, after: start, &dice)
            default:
                let cycles = Int.random(in: 1..<12_000, using: &dice)
                node = program.add(.delay(cycles: cycles), operatorIndex: 0, after: before)
            }
            before = [node]
        }
        return program
    }

    private func addGEMV(
        to program: inout Program, channel: Int, _ machine: Machine, after before: [Int], _ dice: inout Dice
    ) -> Int {
        let pim = machine.memory.pim!
        let piece = program.addPIM(
            Program.PIMPiece(channel: channel, operations: [], issueOffset: 0, issueInterval: 0), operatorIndex: 0,
            after: before)
        let rows = Int.random(in: 1..<4, using: &dice)
        let result = program.add(.results(count: rows), operatorIndex: 0, after: before)
        var operations: [PIMOperation] = []
        for _ in 0..<rows {
            let row = Int32.random(in: 100..<104, using: &dice)
            operations.append(
                pim.operandSource == .dataBus
                    ? PIMOperation(.pimWrite, row: 0, dotProducts: 8) : PIMOperation(.pimGwrite, row: 90, bank: 1))
            operations.append(PIMOperation(.pimHeader, row: row, dotProducts: 16, results: 1))
            if pim.compositeCommands {
                operations.append(
                    PIMOperation(.pimGemv, row: row, dotProducts: 16, isLast: true, transfer: Int32(result)))
            } else {
                operations += (0..<16).map { _ in PIMOperation(.pimDotProduct, row: row, dotProducts: 1) }
                operations.append(PIMOperation(.pimRdResult, row: row, isLast: true, transfer: Int32(result)))
            }
        }
        program.setOperations(operations, ofPIMNode: piece)
        return result
    }

    /// What can be seen of an engine from outside.
    private struct Outcome: Equatable {
        var times: [[OperatorTime]] = []
        var statistics: [ChannelStatistics] = []
        var activity: [UnitActivity] = []
        var now = 0
    }

    private func outcome(_ machine: Machine, seed: UInt64, closedForms: Bool) -> (outcome: Outcome, leaders: Int) {
        var dice = Dice(state: seed)
        var engine = Engine(machine: machine, refreshPhase: Int(seed) * 37, closedForms: closedForms)
        var outcome = Outcome()
        for _ in 0..<2 { outcome.times.append(engine.run(program(machine, &dice), operators: 1)) }
        // Enough writes to empty every buffer of what it held, then rest.
        var last = Program()
        let wide = Program.Transfer(base: 1 << 16, bursts: 80 * machine.memory.channels)
        let written = last.addTransfer([wide], isWrite: true, operatorIndex: 0, after: [])
        let rest = last.add(.delay(cycles: 40_000), operatorIndex: 0, after: [written])
        _ = last.addTransfer([wide], isWrite: false, operatorIndex: 0, after: [rest])
        outcome.times.append(engine.run(last, operators: 1))
        let leaders = engine.leaders.count
        engine.settle()
        outcome.now = engine.now
        outcome.statistics = engine.channels.map { $0.settledStatistics(at: engine.memoryCycles) }
        outcome.activity = engine.activity()
        return (outcome, leaders)
    }

    @Test(arguments: machines) func joinedChannelsCountWhatTheyWouldAlone(machine name: String) throws {
        var machine = try Shipped.machine(name)
        machine.memory.channels = min(machine.memory.channels, 4)
        for seed in 1...2 {
            let together = outcome(machine, seed: UInt64(seed), closedForms: true)
            let apart = outcome(machine, seed: UInt64(seed), closedForms: false)
            #expect(together.outcome == apart.outcome, "\(name), seed \(seed)")
            #expect(apart.leaders == machine.memory.channels)
            #expect(together.leaders < machine.memory.channels, "\(name), seed \(seed)")
        }
    }

    @Test(arguments: InvariantTests.machines) func unevenStepsAreTheSameApart(machine name: String) throws {
        var machine = try Shipped.machine(name)
        machine.memory.channels = 4
        let model = try ModelShape.small(hidden: 256, heads: 2)
        let batch = requests([700, 33, 1, 515]) { [0, 0, 2, 3][$0] }
        let results = try [true, false].map { closedForms in
            try run(machine, model, batch) {
                $0.iterations = 2
                $0.closedForms = closedForms
                $0.subBatching.count = 2
            }
        }
        #expect(results[0].cycles == results[1].cycles)
        #expect(results[0].channels.map(\.statistics) == results[1].channels.map(\.statistics))
        #expect(results[0].activity == results[1].activity)
        #expect(results[0].operators.map { [$0.start, $0.end] } == results[1].operators.map { [$0.start, $0.end] })
    }
}
