import Foundation
import Hardware
import Simulation
import Testing
import Workload
import YAMLTree

/// The IDD table against what the published simulator says its commands cost.
@Suite struct PublishedEnergyTests {
    private static let events: [(column: String, commands: String, event: EnergyEvent)] = [
        ("energy_act", "act_cmds", .rowActivations), ("energy_read", "reads_cmds", .readBits),
        ("energy_write", "write_cmds", .writeBits), ("energy_ref", "ref_cmds", .refreshes),
        ("energy_gwrite", "gwrite_cmds", .operandBits), ("energy_gact", "gact_cmds", .pimRowActivations),
        ("energy_comp", "comp_cmds", .dotProductBits), ("energy_readres", "readres_cmds", .resultBits),
    ]

    /// The cases: a dictionary for each.
    private func cases() throws -> [[String: String]] {
        let table = try CSVTable(try SourceFile.read("\(repository)/Tests/Fixtures/energy/published-energies.csv"))
        let header = table.records[0].map(\.text)
        return table.records.dropFirst().map { record in
            Dictionary(uniqueKeysWithValues: zip(header, record.map(\.text)))
        }
    }

    @Test func everyEventClassCostsWhatThePublishedSimulatorSays() throws {
        for published in try cases() {
            let isOff = published["variant"] == "neupims-off"
            let machine = try shippedMachine(isOff ? "neupims-artifact" : "npu-pim-artifact")
            let number = { (column: String) -> Double in Double(published[column] ?? "") ?? 0 }
            var commands = [Int](repeating: 0, count: DRAMCommand.allCases.count)
            let places: [(DRAMCommand, String)] = [
                (.act, "act_cmds"), (.rd, "reads_cmds"), (.wr, "write_cmds"), (.refab, "ref_cmds"),
                (.pimGwrite, "gwrite_cmds"), (.pimActivate, "gact_cmds"), (.pimGemv, "readres_cmds"),
            ]
            for (command, column) in places { commands[Int(command.rawValue)] = Int(number(column)) }
            let cycles = Int(number("total_dram_cycles")) * 32
            let activity = ChannelActivity(
                commands: commands, dotProducts: Int(number("comp_cmds")), openCycles: [0, 0], pimOpenCycles: [0, 0],
                cycles: cycles)
            let bill = machine.bill(EventCounts(activity, of: machine.memory))
            for (column, count, event) in Self.events {
                let joules = bill.lines.filter { $0.event == event }.reduce(0) { $0 + $1.joules }
                let expected = number(column) * 1e-12
                #expect(abs(joules - expected) <= 1e-3 * expected, "\(published["case"] ?? "") \(column) of \(count)")
            }
            // Standby lies between all rows closed (48 mW a rank and row buffer) and all open (66 mW).
            let background = number("energy_background") * 1e-12
            #expect(bill.joules(.background) <= background)
            #expect(background <= bill.joules(.background) * 66 / 48)
        }
    }
}
