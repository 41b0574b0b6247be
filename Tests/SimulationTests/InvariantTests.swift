import Hardware
import Simulation
import Testing
import Workload

/// What must hold on every machine, whatever the numbers.
struct InvariantTests {
    static let machines = ["neupims", "npu-pim-blocked", "npu-only", "neupims-artifact", "npu-pim-artifact"]

    private func workload(_ machine: String) throws -> (Machine, ModelShape, [Request]) {
        (try Shipped.machine(machine), try .small(hidden: 256, heads: 2), requests([700, 33, 64, 1]))
    }

    @Test(arguments: machines) func macsAreThoseOfTheModel(machine: String) throws {
        let (machine, model, batch) = try workload(machine)
        let result = try run(machine, model, batch) { $0.iterations = 2 }
        var expected = 0
        for step in 0..<2 {
            let tokens = batch.reduce(0) { $0 + $1.contextTokens + step }
            // QKV, projection and the two products of the network, then logits and weighted sums.
            expected += model.layers * (12 * 256 * 256 * batch.count + 2 * 256 * tokens)
        }
        #expect(result.npuMACs + result.pimMACs == expected)
    }

    @Test(arguments: machines) func bytesOfOperatorsAreTheBurstsOfTheChannels(machine: String) throws {
        let (machine, model, batch) = try workload(machine)
        let result = try run(machine, model, batch)
        let burst = machine.memory.organization.burstBytes
        let reads = result.operators.reduce(0) { $0 + $1.readBytes }
        let writes = result.operators.reduce(0) { $0 + $1.writeBytes }
        let statistics = result.channels.map(\.statistics)
        let shared = statistics.reduce(0) { $0 + $1.forwardedReads + $1.mergedReads }
        let merged = statistics.reduce(0) { $0 + $1.mergedWrites }
        #expect(reads == (result.count(.rd) + shared) * burst)
        // Up to a write buffer of each channel may still wait.
        let buffered = writes - (result.count(.wr) + merged) * burst
        #expect(
            buffered >= 0 && buffered <= machine.memory.channels * machine.memory.controller.writeBufferDepth * burst)
    }

    @Test(arguments: machines) func channelsInStepChangeNothing(machine: String) throws {
        let (machine, model, batch) = try workload(machine)
        let together = try run(machine, model, batch)
        let apart = try run(machine, model, batch) { $0.closedForms = false }
        #expect(together.cycles == apart.cycles)
        #expect(together.npuBusyCycles == apart.npuBusyCycles)
        #expect(together.channels.map(\.statistics) == apart.channels.map(\.statistics))
        #expect(together.operators.map { [$0.start, $0.end] } == apart.operators.map { [$0.start, $0.end] })
    }

    @Test(arguments: machines) func operatorsLieWithinTheRun(machine: String) throws {
        let (machine, model, batch) = try workload(machine)
        let result = try run(machine, model, batch)
        #expect(result.operators.allSatisfy { 0 <= $0.start && $0.start <= $0.end && $0.end <= result.cycles })
        #expect(result.npuBusyCycles <= result.cycles)
        #expect(result.channels.allSatisfy { $0.dataBusCycles <= $0.cycles })
        #expect(result.channels.allSatisfy { $0.statistics.pimBusyCycles <= $0.cycles })
    }

    /// A step can take no less time than its bytes on the bus, nor than its products on the arrays.
    @Test(arguments: machines) func noStepBeatsTheRoofline(machine: String) throws {
        let (machine, model, batch) = try workload(machine)
        let result = try run(machine, model, batch)
        let bytes = Double((result.count(.rd) + result.count(.wr)) * machine.memory.organization.burstBytes)
        #expect(result.seconds >= bytes / machine.memory.peakBytesPerSecond)
        #expect(result.cycles * machine.npu.macsPerCycle >= result.npuMACs)
    }

    /// The clock of the NPU need not be that of the memory.
    @Test func aFasterArrayDoesNotSlowAStepDown() throws {
        var (machine, model, batch) = try workload("neupims")
        let slow = try run(machine, model, batch)
        machine.npu.clock = .megahertz(1501)
        let fast = try run(machine, model, batch)
        #expect(fast.seconds <= slow.seconds * 1.02)
        #expect(fast.count(.pimGemv) == slow.count(.pimGemv))
    }

    @Test func groupedQueriesShareTheRowsOfTheirHead() throws {
        let machine = try Shipped.machine("neupims")
        var model = try ModelShape.small(hidden: 1024, heads: 8)
        let multiHead = try run(machine, model, requests([200, 300]))
        model.kvHeads = 2
        let grouped = try run(machine, model, requests([200, 300]))
        // The same products, from a quarter of the cache rows.
        #expect(grouped.pimMACs == multiHead.pimMACs)
        #expect(grouped.count(.pimGemv) == multiHead.count(.pimGemv))
    }

    @Test func cachesThatDoNotFitAreRefusedWithTheNumbers() throws {
        let machine = try Shipped.machine("neupims")
        let model = try Shipped.model("gpt3-175b")
        #expect(throws: CapacityError.self) { try run(machine, model, requests([100])) }
    }
}
