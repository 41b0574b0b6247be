import Quantities

/// Energy tables for the devices that traces are replayed on.
///
/// Where no public figure is known there is no table: currents of HBM3, LPDDR5 and LPDDR5X are under NDA.
extension EnergyTable {
    /// The tables that fit a device, the one it has by default first.
    public static func names(for device: StandardDevice) -> [String] {
        let idd = DeviceCurrents.all.filter { $0.standard == device.standard.name }.map(\.table)
        let isHBM = ["HBM2", "HBM2 legacy", "HBM3"].contains(device.standard.name)
        return idd + (isHBM ? ["fgdram-2017", "attacc-2024"] : [])
    }

    /// The table of that name for a device.
    public static func memory(named name: String, for device: StandardDevice) -> EnergyTable {
        let currents = DeviceCurrents.all.first { $0.standard == device.standard.name }
        if let currents, currents.table == name { return idd(currents, device) }
        let standby = currents.map { rows(IDDEnergies($0, device), $0.source, device, isWhole: false) } ?? []
        switch name {
        case "fgdram-2017", "attacc-2024":
            return EnergyTable(
                name: name, rows: stages(named: name, rowBytes: device.organization.rowBytes) + standby,
                notes: standby.isEmpty
                    ? "Of the cells, columns and wires up to the pins; without refresh and standby, for which no public "
                        + "currents are known. The figures are those of HBM2."
                    : "Refresh and standby are not in the source and come from the IDD method.")
        default: preconditionFailure("there is no energy table '\(name)' for \(device.name)")
        }
    }

    /// The IDD method on a device's currents.
    private static func idd(_ currents: DeviceCurrents, _ device: StandardDevice) -> EnergyTable {
        EnergyTable(
            name: currents.table, rows: rows(IDDEnergies(currents, device), currents.source, device, isWhole: true),
            notes: "Of the DRAM dies; without pins and terminations. "
                + "A bank's refresh is a rank's, divided by its banks.")
    }

    /// Refresh and standby, and where the method is the whole table, activations and bits.
    private static func rows(
        _ energies: IDDEnergies, _ source: String, _ device: StandardDevice, isWhole: Bool
    ) -> [EnergyRow] {
        let method = "IDD method on \(source)"
        var rows = [
            EnergyRow(.refreshes, energies.refresh, .perEvent, .device, method),
            EnergyRow(.openRankCycles, energies.activeStandby, .perNanosecond, .device, method),
            EnergyRow(.closedRankCycles, energies.prechargeStandby, .perNanosecond, .device, method),
        ]
        rows.append(
            EnergyRow(
                .bankRefreshes, energies.refresh / Double(device.organization.banksPerRank), .perEvent, .device,
                "\(method); IDD5PB is not published: a bank's share of a rank's refresh"))
        guard isWhole else { return rows }
        let burst = Double(8 * device.organization.burstBytes)
        rows.append(EnergyRow(.rowActivations, energies.activation, .perEvent, .device, method))
        rows.append(EnergyRow(.readBits, energies.read / burst, .perBit, .device, method))
        rows.append(EnergyRow(.writeBits, energies.write / burst, .perBit, .device, method))
        return rows
    }
}

/// Currents of a standard's devices, and how many of them a rank (or pseudo-channel) has.
private struct DeviceCurrents: Sendable {
    var table: String
    var standard: String
    var currents: DRAMCurrents
    /// Devices of a rank; half of one where two pseudo-channels share the 128 bits that the currents are for.
    var devices: Double
    /// Supply of the word lines, and its current in standby and in refresh; 0 where a source has none.
    var pump = (volts: 0.0, standby: 0.0, refresh: 0.0)
    var source: String

    static let all = [
        DeviceCurrents(
            table: "dramsim3-hbm2-idd", standard: "HBM2", currents: StandardDevice.hbm2x128Currents, devices: 0.5,
            source: "\(StandardDevice.hbm2x128.source); each pseudo-channel half of the 128-bit channel"),
        DeviceCurrents(
            table: "dramsim3-hbm2-idd", standard: "HBM2 legacy", currents: StandardDevice.hbm2x128Currents, devices: 1,
            source: StandardDevice.hbm2x128.source),
        DeviceCurrents(
            table: "dramsim3-lpddr4-idd", standard: "LPDDR4",
            currents: DRAMCurrents(
                supply: Volts(1.2), idd0: Milliamperes(80), idd2N: Milliamperes(34), idd3N: Milliamperes(47),
                idd4R: Milliamperes(243), idd4W: Milliamperes(228), idd5AB: Milliamperes(280), devicesPerRank: 1),
            devices: 1, source: "DRAMsim3 1.0 (2981759), configs/LPDDR4_8Gb_x16_2400.ini"),
        DeviceCurrents(
            table: "dramsim3-ddr4-idd", standard: "DDR4",
            currents: DRAMCurrents(
                supply: Volts(1.2), idd0: Milliamperes(57), idd2N: Milliamperes(37), idd3N: Milliamperes(52),
                idd4R: Milliamperes(168), idd4W: Milliamperes(150), idd5AB: Milliamperes(250), devicesPerRank: 8),
            devices: 8, source: "DRAMsim3 1.0 (2981759), configs/DDR4_8Gb_x8_3200.ini, eight devices"),
        DeviceCurrents(
            table: "ramulator2-ddr5-idd", standard: "DDR5",
            currents: DRAMCurrents(
                supply: Volts(1.1), idd0: Milliamperes(60), idd2N: Milliamperes(50), idd3N: Milliamperes(55),
                idd4R: Milliamperes(145), idd4W: Milliamperes(145), idd5AB: Milliamperes(362), devicesPerRank: 4),
            devices: 4, pump: (1.8, 3, 48),
            source: "default currents of Ramulator 2.0a (be93be7) for DDR5, of no data sheet, four devices"),
    ]
}

extension IDDEnergies {
    /// The method's energies for a rank (or pseudo-channel) of a standard's device.
    fileprivate init(_ table: DeviceCurrents, _ device: StandardDevice) {
        func nanoseconds(_ name: String) -> Double { Double(device.ticks(name)) * device.nanosecondsPerTick }
        let cycle = device.timing["nRC"] == nil ? "nRAS + nRP" : "nRC"
        let currents = table.currents
        let scale = currents.supply.value * table.devices
        let pump = table.pump.volts * table.devices
        func above(_ current: Milliamperes, _ name: String) -> Double {
            scale * (current.value - currents.idd3N.value) * nanoseconds(name)
        }
        self.init(
            activation: scale
                * (currents.idd0.value * nanoseconds(cycle) - currents.idd3N.value * nanoseconds("nRAS")
                    - currents.idd2N.value * nanoseconds("nRP")),
            read: above(currents.idd4R, device.burst), write: above(currents.idd4W, device.burst),
            refresh: above(currents.idd5AB, "nRFC")
                + pump * (table.pump.refresh - table.pump.standby) * nanoseconds("nRFC"),
            activeStandby: scale * currents.idd3N.value + pump * table.pump.standby,
            prechargeStandby: scale * currents.idd2N.value + pump * table.pump.standby)
    }
}

extension EventCounts {
    /// The events of a replay on one channel of a standard's device; standby counts ticks.
    ///
    /// - Parameters:
    ///   - commands: indexed by `DRAMCommand.rawValue`.
    ///   - openTicks: of each rank or pseudo-channel, with a row open.
    public init(commands: [Int], openTicks: [Int], ticks: Int, of device: StandardDevice) {
        self.init()
        func count(_ several: DRAMCommand...) -> Int { several.reduce(0) { $0 + commands[Int($1.rawValue)] } }
        let burstBits = 8 * device.organization.burstBytes
        self[.rowActivations] = count(.act, .act1)
        self[.readBits] = count(.rd, .rda) * burstBits
        self[.writeBits] = count(.wr, .wra) * burstBits
        self[.refreshes] = count(.refab)
        self[.bankRefreshes] = count(.refpb)
        self[.openRankCycles] = openTicks.reduce(0, +)
        self[.closedRankCycles] = device.organization.ranks * ticks - self[.openRankCycles]
    }
}
