import Hardware
import Testing

@Suite struct ChannelEnergyTests {
    private func activity(_ counts: [DRAMCommand: Int], dotProducts: Int) -> ChannelActivity {
        var commands = [Int](repeating: 0, count: DRAMCommand.allCases.count)
        for (command, count) in counts { commands[Int(command.rawValue)] = count }
        return ChannelActivity(
            commands: commands, dotProducts: dotProducts, openCycles: [600, 500], pimOpenCycles: [300, 200],
            cycles: 1000)
    }

    /// Commands and energies of one request of 1024 tokens on the published simulator (f299af3, dual row buffers),
    /// summed over its channels: 6613 ACT, 98,551 RD, 189 WR, 416 REF, 9 GWRITE, 512 G_ACT, 2048 dot-products in 160
    /// results.
    @Test func commandsCostWhatThePublishedSimulatorCounts() throws {
        let machine = try shipped("neupims-artifact")
        let run = activity(
            [
                .act: 6613, .rd: 98_551, .wr: 189, .refab: 416, .pimGwrite: 9, .pimActivate: 512, .pimGemv: 160,
                .pimHeader: 160, .pimPrecharge: 2048,
            ], dotProducts: 2048)
        let bill = machine.bill(EventCounts(run, of: machine.memory))
        let expected: [(EnergyEvent, Double)] = [
            (.rowActivations, 5.47556e6), (.readBits, 7.9235e7), (.writeBits, 201_852), (.refreshes, 2.53094e7),
            (.operandBits, 115_776), (.pimRowActivations, 1.69574e6), (.dotProductBits, 6.58637e6),
            (.resultBits, 128_640),
        ]
        for (event, picojoules) in expected {
            let joules = bill.lines.filter { $0.event == event }.reduce(0) { $0 + $1.joules }
            #expect(abs(joules / (picojoules * 1e-12) - 1) < 1e-5, "\(event.name)")
        }
    }

    @Test func everyRankCycleIsOpenOrClosedInEachBuffer() throws {
        let dual = try shipped("neupims").memory
        let counts = EventCounts(activity([:], dotProducts: 0), of: dual)
        #expect(counts[.openRankCycles] == 1100 && counts[.closedRankCycles] == 900)
        #expect(counts[.pimOpenRankCycles] == 500 && counts[.pimClosedRankCycles] == 1500)
        let single = EventCounts(activity([:], dotProducts: 0), of: try shipped("npu-pim-blocked").memory)
        #expect(single[.pimOpenRankCycles] == 0 && single[.pimClosedRankCycles] == 0)
    }

    @Test func bitsFollowFromTheOrganisation() throws {
        let counts = EventCounts(
            activity([.rd: 3, .pimGwrite: 1, .pimActivate: 2, .pimRdResult: 5], dotProducts: 7),
            of: try shipped("npu-pim-blocked").memory)
        #expect(counts[.readBits] == 3 * 512 && counts[.operandBits] == 8192 && counts[.pimRowActivations] == 8)
        #expect(counts[.pimMACs] == 7 * 32 * 16 && counts[.dotProductBits] == 7 * 32 * 256)
        #expect(counts[.resultBits] == 5 * 512)
    }
}
