import Quantities

/// A figure that follows from a machine's parameters, with the arithmetic that gives it.
public struct DerivedFigure: Sendable, Equatable {
    public var name: String
    public var value: Double
    public var unit: String
    /// The formula with the machine's numbers filled in.
    public var formula: String
}

/// The figures by which an architect recognises a machine: peaks, capacities, balance.
public struct DerivedFigures: Sendable {
    public let figures: [DerivedFigure]

    public init(_ machine: Machine) {
        let pim = machine.memory.pim.map { Self.pim($0, machine.memory) } ?? []
        figures = Self.compute(machine.npu) + Self.memory(machine.memory) + Self.balance(machine) + pim
    }

    /// The figure of that name, if the machine has it.
    public subscript(name: String) -> DerivedFigure? { figures.first { $0.name == name } }

    private static func compute(_ npu: NPU) -> [DerivedFigure] {
        let (arrays, vector, gigahertz) = (npu.arrays, npu.vector, gigahertz(npu.clock))
        return [
            DerivedFigure(
                name: "NPU peak", value: 2 * Double(npu.macsPerCycle) * gigahertz / 1000, unit: "TFLOPS",
                formula: "\(arrays.count) arrays x \(arrays.rows) x \(arrays.columns) MACs x 2 x \(npu.clock)"),
            DerivedFigure(
                name: "vector peak", value: Double(vector.units * vector.lanes) * gigahertz, unit: "GOPS",
                formula: "\(vector.units) units x \(vector.lanes) lanes x \(npu.clock), operations of one cycle"
                    + (vector.isFinite ? "" : "; not a limit on this machine")),
            DerivedFigure(
                name: "scratchpad", value: Double(npu.scratchpadBytes) / 1_048_576, unit: "MiB",
                formula: "\(npu.scratchpadBytes) B"),
        ]
    }

    private static func memory(_ memory: MemorySystem) -> [DerivedFigure] {
        let organization = memory.organization
        let device = memory.device
        let channelRate = memory.busBytesPerTick * memory.tick.approximateHertz / 1e9
        let buses = device.dataBuses == 1 ? "" : "\(device.dataBuses) buses x "
        let timing = memory.timing
        var figures = [
            DerivedFigure(
                name: "channel peak", value: channelRate, unit: "GB/s",
                formula: "\(buses)\(organization.burstBytes) B / \(timing.nBL) \(ticks(memory)) x \(rate(memory))"),
            DerivedFigure(
                name: "memory peak", value: memory.peakBytesPerSecond / 1e9, unit: "GB/s",
                formula: "\(memory.channels) channels x \(number(channelRate)) GB/s"),
            DerivedFigure(
                name: "capacity", value: Double(memory.capacityBytes) / 1_073_741_824, unit: "GiB",
                formula: "\(memory.channels) channels x \(organization.banks) banks x \(organization.rows) rows x "
                    + "\(organization.rowBytes) B"),
            DerivedFigure(
                name: "banks per channel", value: Double(organization.banks), unit: "banks",
                formula: "\(organization.ranks) ranks x \(organization.groupsPerRank) groups x "
                    + "\(organization.banksPerGroup) banks"),
            DerivedFigure(
                name: "rows per bank", value: Double(organization.rows), unit: "rows", formula: "as stated"),
            DerivedFigure(
                name: "row", value: Double(organization.rowBytes), unit: "B",
                formula: "\(organization.burstsPerRow) bursts x \(organization.burstBytes) B"),
        ]
        if memory.controller.refresh != .none {
            figures.append(
                DerivedFigure(
                    name: "refresh share", value: 100 * Double(timing.nRFC) / Double(timing.nREFI), unit: "%",
                    formula: "nRFC \(timing.nRFC) / nREFI \(timing.nREFI) of each rank's time"))
        }
        return figures
    }

    private static func balance(_ machine: Machine) -> [DerivedFigure] {
        let flops = 2e9 * Double(machine.npu.macsPerCycle) * gigahertz(machine.npu.clock)
        let rate = machine.memory.peakBytesPerSecond
        return [
            DerivedFigure(
                name: "balance", value: flops / rate, unit: "FLOP/B",
                formula: "\(number(flops / 1e12)) TFLOPS / \(number(rate / 1e9)) GB/s")
        ]
    }

    private static func pim(_ pim: PIMUnits, _ memory: MemorySystem) -> [DerivedFigure] {
        let count = memory.pimUnitsPerChannel
        let names: [PIMLevel: String] = [.bank: "banks", .bankGroup: "bank groups", .buffer: "data buses"]
        let slots = memory.tick.approximateHertz / 1e9 / Double(pim.timing.nDOT)
        let multipliers = Double(memory.channels * count * pim.multipliersPerBank)
        let units = "\(memory.channels) channels x \(count) \(names[pim.timing.level]!) x \(pim.multipliersPerBank)"
        return [
            DerivedFigure(
                name: "PIM peak bandwidth", value: 2 * multipliers * slots, unit: "GB/s",
                formula: "\(units) x 2 B / \(pim.timing.nDOT) \(ticks(memory)) x \(rate(memory))"),
            DerivedFigure(
                name: "PIM peak", value: 2 * multipliers * slots / 1000, unit: "TFLOPS",
                formula: "\(units) MACs x 2 / \(pim.timing.nDOT) \(ticks(memory)) x \(rate(memory))"),
            DerivedFigure(
                name: "PIM operand buffer", value: Double(pim.operandBufferBytes), unit: "B",
                formula: "\(pim.operandBufferBytes / memory.organization.rowBytes) x "
                    + "\(memory.organization.rowBytes) B in each channel"),
        ]
    }

    /// What the channels count in.
    private static func ticks(_ memory: MemorySystem) -> String {
        memory.device.standard.ticksPerClock == 1 ? "cycles" : "half clocks"
    }

    /// The rate of ticks, as a frequency where it is a whole number of hertz and else with the length of a tick.
    private static func rate(_ memory: MemorySystem) -> String {
        let hertz = Ratio(1_000_000_000_000) / memory.tick.time.value
        if hertz.denominator == 1 { return "\(Hertz(hertz.numerator))" }
        return "\(number(hertz.approximate / 1e9)) GHz (\(memory.tick.time))"
    }

    private static func gigahertz(_ clock: Hertz) -> Double { Double(clock.count) / 1e9 }

    /// At most three decimals, without trailing zeros.
    static func number(_ value: Double) -> String {
        guard value.magnitude < 1e12 else { return "\(value)" }
        let thousandths = Int64((value * 1000).rounded())
        let fraction = String(thousandths.magnitude % 1000 + 1000).dropFirst()
        var text = "\(thousandths < 0 ? "-" : "")\(thousandths.magnitude / 1000).\(fraction)"
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }
}

extension DerivedFigures: CustomStringConvertible {
    /// A table: name, value (right-aligned), unit, formula.
    public var description: String {
        let rows = figures.map { [$0.name, Self.number($0.value), $0.unit, "= \($0.formula)"] }
        func width(_ column: Int) -> Int { rows.map { $0[column].count }.max() ?? 0 }
        func blanks(_ column: Int, _ text: String) -> String {
            String(repeating: " ", count: width(column) - text.count)
        }
        return rows.map { row in
            row[0] + blanks(0, row[0]) + "  " + blanks(1, row[1]) + row[1] + " " + row[2] + blanks(2, row[2]) + "  "
                + row[3]
        }.joined(separator: "\n")
    }
}
