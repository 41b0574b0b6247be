/// What events cost: a list of rows, each with its unit, its boundary and its source.
///
/// An event may have several rows, one for each boundary it crosses; an event without a row costs nothing in this
/// table, which its `notes` say. Published tables differ by a factor of three, so the table is a choice that every
/// report names.
public struct EnergyTable: Sendable, Equatable {
    public var name: String
    public var rows: [EnergyRow]
    /// What the table leaves out or assumes, for reports.
    public var notes: String

    public init(name: String, rows: [EnergyRow], notes: String) {
        self.name = name
        self.rows = rows
        self.notes = notes
    }

    /// The tables for memory and PIM that a machine file may name.
    public static let memoryNames = ["dramsim3-hbm2-idd", "fgdram-2017", "attacc-2024"]
    /// The tables for arithmetic, on-chip memory and links.
    public static let logicNames = ["horowitz-45nm", "jouppi-7nm"]
}

/// One price: what one event costs on one boundary, and who says so.
public struct EnergyRow: Sendable, Equatable {
    public var event: EnergyEvent
    public var picojoules: Double
    public var unit: EnergyUnit
    public var boundary: EnergyBoundary
    public var source: String

    public init(
        _ event: EnergyEvent, _ picojoules: Double, _ unit: EnergyUnit, _ boundary: EnergyBoundary, _ source: String
    ) {
        precondition(
            event.isMemoryCycles == (unit == .perNanosecond), "'\(event.name)' cannot be priced '\(unit.rawValue)'")
        self.event = event
        self.picojoules = picojoules
        self.unit = unit
        self.boundary = boundary
        self.source = source
    }
}

/// What a price is for.
public enum EnergyUnit: String, Sendable, CaseIterable {
    case perEvent = "pJ"
    case perBit = "pJ/bit"
    case perByte = "pJ/B"
    /// For standby: the price of a nanosecond, that is milliwatts. A cycle costs it times the clock's period.
    case perNanosecond = "pJ/ns"
}

/// How far a price reaches: from the cells outwards, or the part of the chip it is spent in.
public enum EnergyBoundary: String, Sendable, CaseIterable {
    /// Cell array and sense amplifiers.
    case cell
    /// To the bank's edge: column decoder, and the wires to the bank group's multiplexer.
    case bank
    /// From the bank group to the channel's global data lines.
    case group
    /// Through the die to its pads or through-silicon vias.
    case die
    /// Pins and interposer.
    case io = "I/O"
    /// The whole device, where a source does not divide it.
    case device
    /// The logic chip.
    case chip
}
