import Reporting

/// Energy of runs by component.
enum EnergyChart {
    /// The components of all runs, those first that cost most.
    private static func components(_ runs: [RunFolder]) -> [(name: String, joules: [Double])] {
        var names: [String] = []
        for row in runs.flatMap(\.energy) where !names.contains(row.component) { names.append(row.component) }
        let sums = names.map { name in
            (name, runs.map { run in run.energy.filter { $0.component == name }.reduce(0) { $0 + $1.joules } })
        }
        return sums.filter { $0.1.contains { $0 > 0 } }.sorted { $0.1.reduce(0, +) > $1.1.reduce(0, +) }
    }

    /// A bar for each component of one run.
    static func html(_ run: RunFolder) -> String {
        let parts = components([run])
        let total = parts.reduce(0) { $0 + $1.joules[0] }
        return BarChart(
            bars: parts.enumerated().map { index, part in
                let value =
                    "\(Figure.energy(joules: part.joules[0])), \(Figure.percent(total > 0 ? part.joules[0] / total : 0))"
                return .init(
                    name: part.name, parts: [(part.joules[0], style(index), "\(part.name): \(value)")], value: value)
            }, label: "Energy by component"
        ).html
    }

    /// A stacked bar for each of several runs.
    static func html(_ runs: [RunFolder]) -> String {
        let parts = components(runs)
        return BarChart(
            bars: runs.enumerated().map { number, run in
                let total = parts.reduce(0) { $0 + $1.joules[number] }
                return .init(
                    name: run.name,
                    parts: parts.enumerated().map { index, part in
                        let share = Figure.percent(total > 0 ? part.joules[number] / total : 0)
                        let words = "\(Figure.energy(joules: part.joules[number])), \(share)"
                        return (part.joules[number], style(index), "\(run.name), \(part.name): \(words)")
                    }, value: Figure.energy(joules: total))
            }, label: "Energy of each machine by component",
            legend: parts.enumerated().map { ($1.name, style($0)) }
        ).html
    }

    private static func style(_ index: Int) -> String { "k\(index % 9)" }
}
