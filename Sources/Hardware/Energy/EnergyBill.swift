import Quantities

/// What a run cost: one line for each row of the tables, components, and their total.
public struct EnergyBill: Sendable, Equatable {
    /// One price times its count.
    public struct Line: Sendable, Equatable {
        public var component: EnergyComponent
        public var event: EnergyEvent
        public var boundary: EnergyBoundary
        public var count: Int
        /// Of one event; for standby, of one cycle of the memory clock.
        public var picojoulesEach: Double
        public var joules: Double
        public var source: String
    }

    /// In the order of `EnergyComponent.allCases`, within it of `EnergyEvent.allCases`, within it of the table.
    public let lines: [Line]
    /// The sum of each component's lines in their order, indexed by the order of `EnergyComponent.allCases`.
    private let sums: [Double]
    /// The sum of the components in the order of `EnergyComponent.allCases`.
    public let totalJoules: Double

    /// Prices events.
    ///
    /// - Parameters:
    ///   - tables: the memory's and the logic's; an event priced by neither costs nothing and has no line.
    ///   - memoryTick: length of the cycles that the standby events count.
    ///   - staticWatts: of the chip outside of what the tables count, over `staticPicoseconds`.
    public init(_ counts: EventCounts, tables: [EnergyTable], memoryTick: ClockPeriod, staticWatts: Double) {
        let cycle = memoryTick.time.approximateNanoseconds
        var rows = tables.flatMap(\.rows)
        // A watt is a picojoule each picosecond.
        rows.append(EnergyRow(.staticPicoseconds, staticWatts, .perEvent, .chip, "machine file, energy.static"))
        var lines: [Line] = []
        for component in EnergyComponent.allCases {
            for event in EnergyEvent.allCases where event.component == component {
                for row in rows where row.event == event {
                    let each = row.unit == .perNanosecond ? row.picojoules * cycle : row.picojoules
                    lines.append(
                        Line(
                            component: component, event: event, boundary: row.boundary, count: counts[event],
                            picojoulesEach: each, joules: Double(counts[event]) * each * 1e-12, source: row.source))
                }
            }
        }
        self.lines = lines
        sums = EnergyComponent.allCases.map { component in
            lines.reduce(0) { $1.component == component ? $0 + $1.joules : $0 }
        }
        totalJoules = sums.reduce(0, +)
    }

    /// Joules of some events.
    public func joules(_ events: [EnergyEvent]) -> Double {
        lines.reduce(0) { events.contains($1.event) ? $0 + $1.joules : $0 }
    }

    /// How far the prices of the lines that cost anything reach, in the order of `EnergyBoundary.allCases`.
    public var boundaries: [EnergyBoundary] {
        EnergyBoundary.allCases.filter { boundary in
            lines.contains { $0.boundary == boundary && $0.component != .static && $0.count > 0 }
        }
    }

    /// Joules of one component.
    public func joules(_ component: EnergyComponent) -> Double {
        zip(EnergyComponent.allCases, sums).first { $0.0 == component }!.1
    }
}

extension Machine {
    /// The tables that the machine names, for its memory and its scratchpad.
    public var energyTables: [EnergyTable] {
        [
            .memory(named: energy.memoryTable, for: memory),
            .logic(named: energy.logicTable, scratchpadBytes: npu.scratchpadBytes),
        ]
    }

    /// What the events cost on this machine.
    public func bill(_ counts: EventCounts) -> EnergyBill {
        EnergyBill(
            counts, tables: energyTables, memoryTick: memory.tick, staticWatts: energy.staticWatts)
    }
}
