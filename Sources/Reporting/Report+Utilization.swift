import Hardware
import SimCore
import Simulation

/// What was busy when, and what the machine could have done.
extension Report {
    static let utilizationColumns = [
        "unit", "units", "start_cycle", "end_cycle", "start_time_ns", "end_time_ns", "busy_cycles",
    ]

    /// `utilization.csv`: a row for each unit and stretch of time.
    public var utilization: String {
        var table = CSVWriter(columns: Self.utilizationColumns)
        for activity in result.activity {
            let (hertz, whole) =
                activity.isOfMemory
                ? (result.machine.memory.tick.approximateHertz, result.memoryCycles)
                : (Double(result.machine.npu.clock.count), result.cycles)
            let nanoseconds = 1e9 / hertz
            // Time in which the unit was idle to the end is not in its profile.
            var width = activity.profile.binCycles
            while (whole + width - 1) / width > ActivityProfile.binLimit { width *= 2 }
            let joined = width / activity.profile.binCycles
            for start in stride(from: 0, to: whole, by: width) {
                let (end, bin) = (min(start + width, whole), start / width * joined)
                // Work that ends in the run's last cycle belongs to its last stretch.
                let isLast = start + width >= whole
                let busy = activity.profile.bins.dropFirst(bin).prefix(isLast ? .max : joined).reduce(0, +)
                table.append([
                    CSVCell(activity.unit.rawValue), CSVCell(activity.units), CSVCell(start), CSVCell(end),
                    CSVCell(Double(start) * nanoseconds), CSVCell(Double(end) * nanoseconds), CSVCell(busy),
                ])
            }
        }
        return table.text
    }

    /// `machine.csv`: the figures that follow from the machine's parameters, as `dualrow check` shows them.
    public var machine: String {
        var table = CSVWriter(columns: ["figure", "value", "unit", "formula"])
        for figure in DerivedFigures(result.machine).figures {
            table.append([
                CSVCell(figure.name), CSVCell(figure.value), CSVCell(figure.unit), CSVCell(figure.formula),
            ])
        }
        return table.text
    }
}
