import Hardware
import SimCore
import Simulation
import Testing
import YAMLTree

/// Machines on HBM3 and LPDDR5X, and PIM units at every level, run a small model.
@Suite struct StandardMachineTests {
    private func machine(_ name: String, _ changes: [String] = []) throws -> Machine {
        let path = Shipped.root.appendingPathComponent("HardwareConfigs/\(name).yaml").path
        return try Machine.load(path: path, overrides: try changes.map { try Override(assignment: $0) })
    }

    /// One step of two small layers, two requests to a channel.
    private func step(_ machine: Machine, closedForms: Bool = true) throws -> SimulationResult {
        let contexts = (0..<2 * machine.memory.channels).map { 40 + 23 * $0 % 150 }
        let placed = requests(contexts) { $0 % machine.memory.channels }
        return try run(machine, .small(hidden: 256, heads: 4), placed) { $0.closedForms = closedForms }
    }

    @Test(arguments: ["hbm3-pim", "lpddr5x-pim", "attacc"])
    func shippedMachinesComputeAttentionInMemory(name: String) throws {
        let machine = try machine(name)
        let result = try step(machine)
        let results = result.count(.pimRdResult) + result.count(.pimGemv)
        #expect(result.cycles > 0 && result.count(.rd) > 0 && result.count(.wr) > 0)
        #expect(results > 0 && result.count(.pimActivate) > 0)
        #expect(result.dramBandwidthUtilization <= 1 && result.pimMACUtilization <= 1 && result.npuMACUtilization <= 1)
        // Every weight comes from memory at least once.
        let weights = 12 * 256 * 256 * 2
        #expect(result.dramBytes >= weights)
        #expect(result.bill.totalJoules > 0)
        #expect(try step(machine, closedForms: false).cycles == result.cycles)
    }

    /// LPDDR5X has no ACT: rows open with two commands, and the write clock is started again.
    @Test func edgeMachineSplitsActivations() throws {
        let result = try step(try machine("lpddr5x-pim"))
        #expect(result.count(.act) == 0 && result.count(.act1) == result.count(.act2) && result.count(.act1) > 0)
        #expect(result.count(.casRd) > 0)
    }

    /// The same work with fewer units takes more dot-products, each for a bank of every unit, and the same MACs.
    @Test func levelsDoTheSameWorkWithFewerUnits() throws {
        let levels = [["level=bank"], ["level=bank-group"], ["level=buffer", "tDOT=2 cycles"]]
        let results = try levels.map { try step(try machine("attacc", $0.map { "memory.pim.\($0)" })) }
        let dots = results.map { result in result.channels.reduce(0) { $0 + $1.statistics.dotProducts } }
        #expect(dots[1] == 4 * dots[0] && dots[2] == 32 * dots[0])
        #expect(Set(results.map { $0.count(.pimActivate) }).count == 1)
        #expect(results[0].cycles < results[1].cycles && results[1].cycles < results[2].cycles)
        // Bits that cross more boundaries cost more, although there are as many of them.
        let joules = results.map { $0.bill.joules(.pim) }
        #expect(joules[0] < joules[1] && joules[1] < joules[2])
    }

    /// Any device under the NPU: the same reads on every standard.
    @Test(arguments: StandardDevice.all.map(\.name))
    func everyDeviceServesTheNPU(name: String) throws {
        let machine = try machine(
            "lpddr5x-pim",
            [
                "memory.device=\(name)", "memory.pim=null", "execution.attention=npu", "memory.channels=2",
                "memory.controller.row_policy=closed",
            ])
        let result = try run(machine, .small(hidden: 256, heads: 4), requests([64, 100], channel: { _ in nil }))
        let bytes = result.dramBytes
        #expect(result.cycles > 0 && bytes >= 12 * 256 * 256 * 2 && bytes < 16 * 256 * 256 * 2)
    }

    /// AttAcc's order of levels, and all-bank dot-products near the bound that their interval sets.
    @Test(arguments: [512, 1024]) func attentionKernelsKeepTheOrderOfTheLevels(context: Int) throws {
        let settings = [["level=bank"], ["level=bank-group"], ["level=buffer", "tDOT=2 cycles"]]
        let results = try settings.map { values in
            let machine = try machine("attacc", values.map { "memory.pim.\($0)" })
            return AttentionKernel(memory: machine.memory, heads: 1, headSize: 128, context: context).run()
        }
        // 2 x context x 128 x 2 B: 64, 16 and 2 units of 32 B to a command.
        let bytes = 2 * context * 128 * 2
        #expect(results.map(\.dotProducts) == [64, 16, 2].map { bytes / ($0 * 32) })
        #expect(results[0].clocks < results[1].clocks && results[1].clocks < results[2].clocks)
        // Each row of 32 MACs waits for nRTP 8 + nRP 19 + nRCD 19; the rest is a tenth of the bound at most.
        let bank = results[0]
        let rows = bank.activations
        #expect(rows == bytes / (64 * 1024))
        #expect(Double(bank.clocks - 46 * rows) < 1.12 * Double(bank.boundClocks) && bank.clocks > bank.boundClocks)
    }
}
