import Foundation
import YAMLTree

/// `points.csv` of a sweep with the axes that its `plan.csv` names.
struct SweepPoints {
    let path: String
    let axes: [String]
    let columns: [String]
    /// The points that ran, and how many did not.
    let rows: [[String]]
    let failures: Int
    /// The numbers of each column whose cells all are numbers; one for each row.
    let numbers: [String: [Double]]

    init(_ folder: String) throws(DiagnosticList) {
        path = folder
        let plan = try TableFile("\(folder)/plan.csv", required: ["point"])
        let axes = plan.columns.filter { $0 != "point" }
        guard FileManager.default.fileExists(atPath: "\(folder)/points.csv") else {
            throw DiagnosticList(
                Diagnostic(
                    "this sweep has no points.csv: it is not finished; 'dualrow sweep' with --resume goes on with it, "
                        + "'dualrow collect' puts shards together", at: Mark(file: folder), kind: .noInput))
        }
        let table = try TableFile("\(folder)/points.csv", required: axes + ["error"])
        var (rows, failures) = ([[String]](), 0)
        try table.readRows { row in
            if row.text("error").isEmpty { rows.append(row.texts) } else { failures += 1 }
        }
        (self.axes, columns, self.rows, self.failures) = (axes, table.columns, rows, failures)
        var numbers: [String: [Double]] = [:]
        for (index, column) in columns.enumerated() where numbers[column] == nil {
            let values = rows.map { Double($0[index]).flatMap { $0.isFinite ? $0 : nil } }
            if !values.isEmpty, values.allSatisfy({ $0 != nil }) { numbers[column] = values.map { $0! } }
        }
        self.numbers = numbers
    }

    func cells(_ column: String) -> [String] {
        columns.firstIndex(of: column).map { index in rows.map { $0[index] } } ?? []
    }

    /// Figures that differ among the points: the columns that can be shown over each other.
    var figures: [String] {
        columns.filter { column in
            guard !axes.contains(column), column != "pareto", let values = numbers[column] else { return false }
            return Set(values).count > 1
        }
    }

    /// The axes of a point in words.
    func words(_ row: Int) -> String { axes.map { "\($0) \(cells($0)[row])" }.joined(separator: ", ") }
}

/// What an axis does to a figure while all other axes stay as they are.
struct Sensitivity {
    let axis: String
    let figure: String
    /// The axis's values in the order of the points, each with the figure relative to the axis's first value: the
    /// geometric mean, the least and the largest over all settings of the other axes.
    let values: [(value: String, mean: Double, low: Double, high: Double)]
    /// Settings of the other axes that were held.
    let groups: Int

    /// The largest over the smallest of the means.
    var span: Double {
        let means = values.map(\.mean)
        return (means.max() ?? 1) / max(means.min() ?? 1, .leastNormalMagnitude)
    }

    /// nil if no two points differ in this axis alone, or the figure is not positive.
    init?(_ points: SweepPoints, axis: String, figure: String) {
        guard let numbers = points.numbers[figure], numbers.allSatisfy({ $0 > 0 }) else { return nil }
        let (mine, others) = (points.cells(axis), points.axes.filter { $0 != axis }.map { points.cells($0) })
        var order: [String] = []
        var groups: [[String]: [String: Double]] = [:]
        for row in points.rows.indices {
            if !order.contains(mine[row]) { order.append(mine[row]) }
            groups[others.map { $0[row] }, default: [:]][mine[row]] = numbers[row]
        }
        // Each group is held against its own point with the first value that it has in common with most groups.
        guard let base = order.max(by: { count($0) < count($1) }) else { return nil }
        func count(_ value: String) -> Int { groups.values.count { $0[value] != nil && $0.count > 1 } }
        let first = order.first { count($0) == count(base) }!
        let comparable = groups.values.filter { $0[first] != nil && $0.count > 1 }
        guard !comparable.isEmpty else { return nil }
        values = order.compactMap { value in
            let ratios = comparable.compactMap { group in group[value].map { $0 / group[first]! } }
            guard !ratios.isEmpty else { return nil }
            let mean = exp(ratios.reduce(0) { $0 + log($1) } / Double(ratios.count))
            return (value, mean, ratios.min()!, ratios.max()!)
        }
        guard values.count > 1 else { return nil }
        (self.axis, self.figure, self.groups) = (axis, figure, comparable.count)
    }
}
