import Quantities

/// Tables that price bits by the boundaries they cross; an activation is scaled with the bytes of the machine's row.
extension EnergyTable {
    /// The table for memory and PIM of that name, for the given memory.
    public static func memory(named name: String, for memory: MemorySystem) -> EnergyTable {
        switch name {
        case "dramsim3-hbm2-idd": dramsim3HBM2(memory)
        case "fgdram-2017": fgdram2017(memory)
        case "attacc-2024": attacc2024(memory)
        default: preconditionFailure("there is no memory energy table '\(name)'")
        }
    }

    /// HBM2 as estimated by O'Connor et al., "Fine-Grained DRAM", MICRO-50 (2017), table 3.
    private static func fgdram2017(_ memory: MemorySystem) -> EnergyTable {
        EnergyTable(
            name: "fgdram-2017",
            rows: borrowedStandby(memory) + fgdramRows(rowBytes: memory.organization.rowBytes, level: level(memory)),
            notes: "An operand is charged the whole way to the pads, an upper bound: the paper does not divide it. "
                + "Refresh and standby are not in the paper and come from the IDD method; PIM arithmetic from AttAcc.")
    }

    /// What a published table says of activations and of bits by the stages they pass, without refresh and standby.
    static func stages(named name: String, rowBytes: Int) -> [EnergyRow] {
        name == "fgdram-2017" ? fgdramRows(rowBytes: rowBytes) : attaccRows(rowBytes: rowBytes)
    }

    private static func fgdramRows(rowBytes: Int, level: PIMLevel = .bank) -> [EnergyRow] {
        let paper =
            "O'Connor et al., Fine-Grained DRAM, MICRO 2017, table 3, as quoted by LLMSimulator (scale-snu), "
            + "src/dram/power.h (second hand)"
        let io = "O'Connor et al., MICRO 2017, table 3, 50 % toggle, as quoted by CMU-SAFARI/HBM-Power (second hand)"
        let activation = 909 * Double(rowBytes) / 1024
        var rows: [EnergyRow] = []
        for event in [EnergyEvent.rowActivations, .pimRowActivations] {
            rows.append(EnergyRow(event, activation, .perEvent, .cell, "\(paper): 909 pJ for 1 KiB, by row size"))
        }
        for event in [EnergyEvent.readBits, .writeBits, .operandBits, .dotProductBits] {
            rows.append(EnergyRow(event, 1.51, .perBit, .bank, "\(paper): before the global sense amplifiers"))
        }
        var global: [EnergyEvent] = [.readBits, .writeBits, .operandBits, .operandBusBits]
        // The paper divides the way at the global sense amplifiers, which are at the bank.
        global.append(level == .bank ? .resultBits : .dotProductBits)
        for event in global {
            rows.append(EnergyRow(event, 1.17, .perBit, .die, "\(paper): behind the global sense amplifiers"))
        }
        for event in [EnergyEvent.readBits, .writeBits, .resultBits, .operandBusBits] {
            rows.append(EnergyRow(event, 0.80, .perBit, .io, io))
        }
        return rows + [pimMAC]
    }

    /// The boundaries as divided by the AttAcc simulator (Park et al., ASPLOS 2024).
    private static func attacc2024(_ memory: MemorySystem) -> EnergyTable {
        EnergyTable(
            name: "attacc-2024",
            rows: borrowedStandby(memory) + attaccRows(rowBytes: memory.organization.rowBytes, level: level(memory)),
            notes: "The operand buffer is taken to lie at the channel's global lines. Refresh and standby are not in "
                + "the source and come from the IDD method.")
    }

    private static func attaccRows(rowBytes: Int, level: PIMLevel = .bank) -> [EnergyRow] {
        let source = "AttAcc simulator c600051, src/config.py (cites O'Connor et al., MICRO 2017)"
        let activation = 0.11 * 8 * Double(rowBytes)
        var rows: [EnergyRow] = []
        for event in [EnergyEvent.rowActivations, .pimRowActivations] {
            rows.append(
                EnergyRow(event, activation, .perEvent, .cell, "\(source): ACT/PRE 0.11 pJ for each bit of the row"))
        }
        let steps: [(Double, EnergyBoundary, String, [EnergyEvent])] = [
            (0.44, .cell, "cell read or write", [.readBits, .writeBits, .operandBits, .dotProductBits]),
            (1.01, .bank, "column decoder to group", [.readBits, .writeBits, .operandBits, .resultBits]),
            (1.23, .group, "group to global lines", [.readBits, .writeBits, .operandBits, .resultBits]),
            (0.50, .die, "through-silicon vias", [.readBits, .writeBits, .resultBits]),
            (0.30, .io, "interposer", [.readBits, .writeBits, .resultBits]),
        ]
        // Dot-product bits pay for the way to the unit, and results only for the way from it.
        let beyondCells: [(EnergyBoundary, PIMLevel)] = [(.bank, .bankGroup), (.group, .buffer), (.die, .buffer)]
        for (price, boundary, what, events) in steps {
            let isInside = beyondCells.contains { $0.0 == boundary && level >= $0.1 }
            for event in events where !(event == .resultBits && isInside) {
                rows.append(EnergyRow(event, price, .perBit, boundary, "\(source): \(what)"))
            }
            if isInside { rows.append(EnergyRow(.dotProductBits, price, .perBit, boundary, "\(source): \(what)")) }
            if boundary == .die || boundary == .io {
                rows.append(EnergyRow(.operandBusBits, price, .perBit, boundary, "\(source): \(what)"))
            }
        }
        return rows + [pimMAC]
    }

    private static func level(_ memory: MemorySystem) -> PIMLevel { memory.pim?.timing.level ?? .bank }

    private static var pimMAC: EnergyRow {
        EnergyRow(.pimMACs, 0.32, .perEvent, .bank, "AttAcc simulator c600051, src/config.py: fp16 MAC of a PIM unit")
    }

    private static func borrowedStandby(_ memory: MemorySystem) -> [EnergyRow] {
        let device = StandardDevice.hbm2x128
        let energies = IDDEnergies(
            currents: StandardDevice.hbm2x128Currents, timing: memory.timing, tick: memory.tick)
        return standbyRows(energies, "not in this table's source: IDD method on \(device.source)", of: memory)
    }
}
