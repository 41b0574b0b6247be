import Hardware
import SimCore
import Simulation
import Testing

@testable import Reporting

/// What is counted in two ways must agree.
@Suite struct ConservationTests {
    static let machines = ["neupims", "npu-pim-blocked", "npu-only", "neupims-artifact", "npu-pim-artifact"]

    @Test(arguments: machines) func operatorsMoveTheBytesOfTheirCommands(_ machine: String) throws {
        let result = try run(machine, contexts: [700, 33, 1, 128], includesHead: true)
        let moved = result.operators.reduce(0) { $0 + $1.readBytes + $1.writeBytes }
        // Writes of the last operators may still be in the write buffers, and equal ones merge there.
        let merged = result.channels.reduce(0) { $0 + $1.statistics.mergedWrites + $1.statistics.forwardedReads }
        let waiting = 32 * result.machine.memory.channels
        #expect(result.dramBytes <= moved)
        #expect(moved <= result.dramBytes + 64 * (merged + waiting), "\(moved) against \(result.dramBytes)")
    }

    @Test(arguments: ["neupims", "npu-pim-blocked", "neupims-artifact"])
    func operatorsHaveThePIMCommandsOfTheChannels(_ machine: String) throws {
        let result = try run(machine, contexts: [700, 33, 1, 128, 513], layers: 2, iterations: 2, tensorParallel: 2)
        let sum = result.operatorEvents().reduce(EventCounts()) { $0 + $1 }
        let events = result.events
        for event in [EnergyEvent.operandBits, .dotProductBits, .resultBits, .pimMACs] {
            #expect(sum[event] == events[event], "\(event.name)")
        }
    }

    @Test(arguments: machines) func operatorEventsArePartOfTheRuns(_ machine: String) throws {
        let result = try run(machine, contexts: [700, 33], tensorParallel: 2, includesHead: true)
        let sum = result.operatorEvents().reduce(EventCounts()) { $0 + $1 }
        let events = result.events
        for event in [EnergyEvent.vectorOperations, .fp16MACs, .sramWriteBytes, .sramReadBytes, .linkBits] {
            #expect(sum[event] == events[event], "\(event.name)")
        }
        for event in [EnergyEvent.rowActivations, .refreshes, .openRankCycles, .staticPicoseconds] {
            #expect(sum[event] == 0, "\(event.name)")
        }
    }

    @Test func componentsSumToTheTotal() throws {
        let bill = try run("neupims", contexts: [64, 65]).bill
        #expect(EnergyComponent.allCases.reduce(0) { $0 + bill.joules($1) } == bill.totalJoules)
        #expect(bill.joules(.pim) > 0 && bill.joules(.refresh) >= 0 && bill.joules(.dram) > 0)
    }

    @Test func theSameRunGivesTheSameBytes() throws {
        let files = try (0..<2).map { _ in
            Report(try run("neupims", contexts: [64, 65]), workload: "w", version: "0").files
        }
        #expect(files[0] == files[1])
    }
}
