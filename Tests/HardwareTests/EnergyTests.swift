import Hardware
import Quantities
import Testing

/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

@Suite struct EnergyTests {
    /// Picojoules of one kind of event on a machine, over all boundaries.
    private func price(_ event: EnergyEvent, _ machine: Machine) -> Double {
        machine.energyTables.flatMap(\.rows).filter { $0.event == event }.reduce(0) { $0 + $1.picojoules }
    }

    private func near(_ value: Double, _ expected: Double) -> Bool { abs(value - expected) <= 1e-12 * abs(expected) }

    /// 1.2 V: (65 x 48 - 55 x 34 - 40 x 14) = 828; 335 mA x 2 = 804; 445 x 2 = 1068; 195 x 260 = 60,840; 66 and 48 mW.
    @Test func currentsOfTheDataSheetGiveDRAMsim3sEnergies() {
        let device = StandardDevice.hbm2x128
        let energies = IDDEnergies(
            currents: device.currents!, timing: DRAMIntervals(device), tick: device.tick)
        #expect(near(energies.activation, 828) && near(energies.read, 804) && near(energies.write, 1068))
        #expect(near(energies.refresh, 60_840))
        #expect(near(energies.activeStandby, 66) && near(energies.prechargeStandby, 48))
    }

    /// At 2 GHz the same numbers of cycles last half as long.
    @Test func energiesCountNanosecondsAndNotCycles() {
        let device = StandardDevice.hbm2x128
        let energies = IDDEnergies(
            currents: device.currents!, timing: DRAMIntervals(device), tick: ClockPeriod(of: .gigahertz(2)))
        #expect(near(energies.read, 402) && near(energies.activeStandby, 66))
        let table = EnergyTable(
            name: "t", rows: [EnergyRow(.openRankCycles, 66, .perNanosecond, .device, "test")], notes: "")
        var counts = EventCounts()
        counts[.openRankCycles] = 1000
        let bill = EnergyBill(counts, tables: [table], memoryTick: ClockPeriod(of: .gigahertz(2)), staticWatts: 0)
        #expect(near(bill.joules(.background), 33_000e-12) && bill.lines[0].picojoulesEach == 33)
    }

    /// The published simulator: GWRITE = 16 reads, PIM_ACTIVATE = 4 activations, a dot-product = 4 reads, a result = 1.
    @Test func pimCommandsCostTheirMultiplesOfReadsAndActivations() throws {
        let machine = try shipped("neupims-artifact")
        #expect(near(price(.operandBits, machine) * 1024 * 8, 16 * 804))
        #expect(near(price(.pimRowActivations, machine) * 4, 4 * 828))
        #expect(near(price(.dotProductBits, machine) * 32 * 256, 4 * 804))
        #expect(near(price(.resultBits, machine) * 32 * 16, 804))
        #expect(near(price(.readBits, machine) * 512, 804) && near(price(.writeBits, machine) * 512, 1068))
        #expect(near(price(.refreshes, machine), 60_840) && price(.pimMACs, machine) == 0)
    }

    /// Counters and energies of DRAMsim3 1.0 for one channel of sequential reads: 665 ACT, 20,000 RD, 11 REF, 43,369
    /// cycles of which 40,354 with a row open: 20,107,944 pJ.
    @Test func aChannelsBillEqualsDRAMsim3s() throws {
        var counts = EventCounts()
        counts[.rowActivations] = 665
        counts[.readBits] = 20_000 * 512
        counts[.refreshes] = 11
        counts[.openRankCycles] = 40_354
        counts[.closedRankCycles] = 3_015
        let bill = try shipped("npu-only-artifact").bill(counts)
        #expect(near(bill.joules(.dram), (550_620 + 16_080_000) * 1e-12))
        #expect(near(bill.joules(.refresh), 669_240e-12))
        #expect(near(bill.joules(.background), (2_663_364 + 144_720) * 1e-12))
        #expect(near(bill.totalJoules, 20_107_944e-12))
    }

    @Test func perBitTablesAddUpTheirBoundaries() throws {
        let fgdram = try shipped("neupims", "energy.memory=fgdram-2017")
        #expect(near(price(.readBits, fgdram), 3.48) && near(price(.dotProductBits, fgdram), 1.51))
        #expect(price(.rowActivations, fgdram) == 909 && price(.pimMACs, fgdram) == 0.32)
        let attacc = try shipped("neupims", "energy.memory=attacc-2024")
        #expect(near(price(.readBits, attacc), 3.48) && near(price(.dotProductBits, attacc), 0.44))
        #expect(near(price(.rowActivations, attacc), 901.12) && near(price(.operandBits, attacc), 2.68))
    }

    @Test func arithmeticAndSRAMFollowTheNode() throws {
        let old = try shipped("neupims", "energy.logic=horowitz-45nm")
        #expect(near(price(.fp16MACs, old), 2.0) && near(price(.int8MACs, old), 0.3))
        #expect(price(.sramReadBytes, old) == 12.5)
        let new = try shipped("neupims")
        #expect(near(price(.fp16MACs, new), 0.72) && near(price(.bf16MACs, new), 0.59))
        #expect(price(.sramReadBytes, new) == 1.75)
        let small = EnergyTable.logic(named: "jouppi-7nm", scratchpadBytes: 8 << 10)
        #expect(small.rows.first { $0.event == .sramReadBytes }?.picojoules == 7.5 / 8)
    }

    @Test(arguments: EnergyTable.memoryNames, EnergyTable.logicNames)
    func everyRowHasASourceAndEveryEventAPriceOrANote(memory: String, logic: String) throws {
        let machine = try shipped("neupims", "energy.memory=\(memory)", "energy.logic=\(logic)")
        let rows = machine.energyTables.flatMap(\.rows)
        #expect(rows.allSatisfy { !$0.source.isEmpty && $0.picojoules > 0 })
        let unpriced = EnergyEvent.allCases.filter { event in !rows.contains { $0.event == event } }
        // The IDD table has the arithmetic of the PIM units in the dot-products; static power is the machine's.
        #expect(unpriced == (memory == "dramsim3-hbm2-idd" ? [.pimMACs, .staticPicoseconds] : [.staticPicoseconds]))
    }

    @Test func componentsSumExactlyToTheTotal() throws {
        var generator = SplitMix(state: 1)
        for memory in EnergyTable.memoryNames {
            let machine = try shipped("neupims", "energy.memory=\(memory)", "energy.static=37.5 W")
            for _ in 0..<200 {
                var counts = EventCounts()
                for event in EnergyEvent.allCases {
                    counts[event] = Int.random(in: 0...(1 << Int.random(in: 0...50)), using: &generator)
                }
                let bill = machine.bill(counts)
                var total = 0.0
                for component in EnergyComponent.allCases {
                    var sum = 0.0
                    for line in bill.lines where line.component == component { sum += line.joules }
                    #expect(sum == bill.joules(component), "\(component): \(counts)")
                    total += sum
                }
                #expect(total == bill.totalJoules, "\(counts)")
            }
        }
    }

    @Test func staticPowerIsWattsTimesTime() throws {
        var counts = EventCounts()
        counts[.staticPicoseconds] = 2_000_000_000_000
        let bill = try shipped("neupims", "energy.static=5 W").bill(counts)
        #expect(near(bill.joules(.static), 10) && near(bill.totalJoules, 10))
    }

    @Test func countsAddAndMultiplyEventByEvent() {
        var counts = EventCounts()
        counts[.readBits] = 512
        counts[.refreshes] = 1
        var twice = counts + counts
        #expect(twice == counts * 2 && twice[.readBits] == 1024 && twice[.writeBits] == 0)
        twice += counts
        #expect(twice.description == "1536 x read bit, 3 x refresh of a rank")
    }
}
