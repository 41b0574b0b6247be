import YAMLTree

/// The rows of one unit in `utilization.csv`.
struct UnitUse {
    struct Stretch {
        var startTime: Double
        var endTime: Double
        /// Busy cycles over the cycles of all units of the kind.
        var fraction: Double
        var busyCycles: Double
        var cycles: Double
    }

    let unit: String
    let units: Int
    var stretches: [Stretch]

    /// Busy share of the whole time.
    var mean: Double {
        let cycles = stretches.reduce(0) { $0 + $1.cycles }
        return cycles > 0 ? stretches.reduce(0) { $0 + $1.busyCycles } / cycles : 0
    }

    /// Cycles of the run in the unit's clock.
    var wholeCycles: Double { stretches.reduce(0) { $0 + $1.cycles } / Double(max(1, units)) }

    static func load(_ path: String) throws(DiagnosticList) -> [UnitUse] {
        let columns = [
            "unit", "units", "start_cycle", "end_cycle", "start_time_ns", "end_time_ns", "busy_cycles",
        ]
        var list: [UnitUse] = []
        try TableFile(path, required: columns).readRows { row in
            let (start, end) = (row.number("start_cycle"), row.number("end_cycle"))
            let units = row.number("units")
            if end < start { row.report("'end_cycle' must be at least 'start_cycle'", in: "end_cycle") }
            guard (1...1e6).contains(units) else { return row.report("'units' must be from 1 to 10^6", in: "units") }
            let (cycles, busy) = ((end - start) * units, row.number("busy_cycles"))
            let stretch = Stretch(
                startTime: row.number("start_time_ns"), endTime: row.number("end_time_ns"),
                fraction: cycles > 0 ? min(1, max(0, busy / cycles)) : 0, busyCycles: busy, cycles: cycles)
            if list.last?.unit != row.text("unit") {
                list.append(UnitUse(unit: row.text("unit"), units: Int(units), stretches: []))
            }
            list[list.count - 1].stretches.append(stretch)
        }
        return list
    }
}
