import Quantities

/// The datasheet (IDD) method: energy above standby is current above standby times supply times duration, over the
/// devices of a rank in lock step. With currents in mA, volts and nanoseconds the products are picojoules.
///
/// Source of the method: Micron TN-40-07, "Calculating Memory Power for DDR4 SDRAM"; formulas as in DRAMsim3 1.0,
/// `src/configuration.cc`, but with times in nanoseconds where that counts cycles. Pins, terminations and
/// through-silicon vias are not in the currents.
public struct IDDEnergies: Sendable, Equatable {
    /// An activation and its precharge: `V [IDD0 tRC - (IDD3N tRAS + IDD2N tRP)] D`.
    public var activation: Double
    /// A read burst above active standby: `V (IDD4R - IDD3N) tBL D`.
    public var read: Double
    public var write: Double
    /// An all-bank refresh of a rank above active standby: `V (IDD5AB - IDD3N) tRFC D`.
    public var refresh: Double
    /// Standby for each nanosecond and rank with a row open, `V IDD3N D`, and with all closed, `V IDD2N D`.
    public var activeStandby: Double
    public var prechargeStandby: Double

    init(
        activation: Double, read: Double, write: Double, refresh: Double, activeStandby: Double,
        prechargeStandby: Double
    ) {
        self.activation = activation
        self.read = read
        self.write = write
        self.refresh = refresh
        self.activeStandby = activeStandby
        self.prechargeStandby = prechargeStandby
    }

    public init(currents: DRAMCurrents, timing: DRAMIntervals, tick: ClockPeriod) {
        let cycle = tick.time.approximateNanoseconds
        let scale = currents.supply.value * Double(currents.devicesPerRank)
        func nanoseconds(_ cycles: Int) -> Double { Double(cycles) * cycle }
        func energy(_ current: Milliamperes, _ cycles: Int) -> Double {
            scale * (current.value - currents.idd3N.value) * nanoseconds(cycles)
        }
        activation =
            scale
            * (currents.idd0.value * nanoseconds(timing.nRC) - currents.idd3N.value * nanoseconds(timing.nRAS)
                - currents.idd2N.value * nanoseconds(timing.nRP))
        read = energy(currents.idd4R, timing.nBL)
        write = energy(currents.idd4W, timing.nBL)
        refresh = energy(currents.idd5AB, timing.nRFC)
        activeStandby = scale * currents.idd3N.value
        prechargeStandby = scale * currents.idd2N.value
    }
}

extension EnergyTable {
    /// The IDD method with the currents of `hbm2-x128` and the machine's timing, and for PIM the multiples of the
    /// published NeuPIMs simulator.
    static func dramsim3HBM2(_ memory: MemorySystem) -> EnergyTable {
        let device = StandardDevice.hbm2x128
        let energies = IDDEnergies(
            currents: StandardDevice.hbm2x128Currents, timing: memory.timing, tick: memory.tick)
        let burst = Double(8 * memory.organization.burstBytes)
        let method = "IDD method on \(device.source)"
        let neupims = "NeuPIMs simulator f299af3, extern/NewtonSim/src/configuration.cc"
        var rows = standbyRows(energies, method, of: memory)
        rows.append(EnergyRow(.rowActivations, energies.activation, .perEvent, .device, method))
        rows.append(EnergyRow(.readBits, energies.read / burst, .perBit, .device, method))
        rows.append(EnergyRow(.writeBits, energies.write / burst, .perBit, .device, method))
        rows.append(
            EnergyRow(
                .pimRowActivations, energies.activation, .perEvent, .device,
                "\(neupims): four activations for a PIM_ACTIVATE of four banks"))
        rows.append(
            EnergyRow(
                .operandBits, energies.read / burst, .perBit, .device,
                "\(neupims): a row as its bursts read one by one (16 of 64 B for 1 KiB)"))
        rows.append(
            EnergyRow(
                .operandBusBits, energies.write / burst, .perBit, .device,
                "estimate: as written to the cells, an upper bound; \(method)"))
        if let pim = memory.pim {
            let slice = Double(16 * pim.multipliersPerBank * memory.pimUnitsPerChannel)
            rows.append(
                EnergyRow(
                    .dotProductBits, 4 * energies.read / slice, .perBit, .bank,
                    "\(neupims): four reads for a dot-product in all banks, its arithmetic included"))
            let result = Double(16 * memory.organization.banks)
            rows.append(
                EnergyRow(
                    .resultBits, energies.read / result, .perBit, .device, "\(neupims): one read for each result"))
        }
        return EnergyTable(
            name: "dramsim3-hbm2-idd", rows: rows,
            notes: "Without pins, vias and PIM_PRECHARGE. PIM arithmetic is in the dot-product bits; the second row "
                + "buffers stand by like the first.")
    }

    /// Refresh and standby, which the per-bit tables do not have of their own.
    static func standbyRows(_ energies: IDDEnergies, _ method: String, of memory: MemorySystem) -> [EnergyRow] {
        let second = "\(method); the second row buffer taken to stand by like the first (NeuPIMs, ASPLOS'24, table 5)"
        return [
            EnergyRow(.refreshes, energies.refresh, .perEvent, .device, method),
            EnergyRow(
                .bankRefreshes, energies.refresh / Double(memory.organization.banksPerRank), .perEvent, .device,
                "\(method); a bank's share of a rank's refresh"),
            EnergyRow(.openRankCycles, energies.activeStandby, .perNanosecond, .device, method),
            EnergyRow(.closedRankCycles, energies.prechargeStandby, .perNanosecond, .device, method),
            EnergyRow(.pimOpenRankCycles, energies.activeStandby, .perNanosecond, .device, second),
            EnergyRow(.pimClosedRankCycles, energies.prechargeStandby, .perNanosecond, .device, second),
        ]
    }
}
