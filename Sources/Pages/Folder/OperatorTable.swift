import YAMLTree

/// `operators.csv`: the first operators one by one, all of them summed by kind.
struct OperatorTable {
    /// One row.
    struct Entry {
        var iteration: Int
        /// nil for embedding and head.
        var layer: Int?
        var subBatch: Int
        var stage: String
        var name: String
        var unit: String
        var start: Double
        var end: Double
        var macs: Double
        var dramBytes: Double
    }

    /// All rows of one operator on one unit.
    struct Total {
        var name: String
        var unit: String
        var count = 0
        /// Sum of the lengths from start to end; operators overlap.
        var cycles = 0.0
        var macs = 0.0
        var dramBytes = 0.0
        var picojoules = 0.0
    }

    /// The rows in the file's order, as many as are kept.
    let first: [Entry]
    /// Rows of the file.
    let count: Int
    /// In the order in which they first occur.
    let totals: [Total]
    /// The rows of the first layers of the first step.
    let opening: [Entry]
    let openingLayers: Int
    let subBatches: Int

    static let columns = [
        "iteration", "layer", "sub_batch", "stage", "operator", "unit", "start_cycle", "end_cycle", "macs",
        "dram_read_bytes", "dram_write_bytes",
    ]

    /// No operators.
    static let none = OperatorTable()

    private init() {
        (first, count, totals, opening, openingLayers, subBatches) = ([], 0, [], [], 0, 1)
    }

    init(_ path: String, layers: Int, eventLimit: Int) throws(DiagnosticList) {
        let table = try TableFile(path, required: Self.columns)
        var (first, totals, count) = ([Entry](), [Total](), 0)
        var positions: [String: Int] = [:]
        var opening: [Entry] = []
        var (firstIteration, lastSubBatch) = (Int?.none, 0)
        var seenLayers: Set<Int> = []
        try table.readRows { row in
            let start = row.number("start_cycle")
            let end = row.number("end_cycle")
            if end < start { row.report("'end_cycle' must be at least 'start_cycle'", in: "end_cycle") }
            let entry = Entry(
                iteration: whole(row, "iteration"), layer: row.text("layer").isEmpty ? nil : whole(row, "layer"),
                subBatch: whole(row, "sub_batch"), stage: row.text("stage"), name: row.text("operator"),
                unit: row.text("unit"), start: start, end: end, macs: row.number("macs"),
                dramBytes: row.number("dram_read_bytes") + row.number("dram_write_bytes"))
            count += 1
            if first.count < eventLimit { first.append(entry) }
            lastSubBatch = max(lastSubBatch, entry.subBatch)
            if firstIteration == nil { firstIteration = entry.iteration }
            if entry.iteration == firstIteration, opening.count < Self.openingLimit, (entry.layer ?? 0) < layers,
                entry.layer != nil || opening.isEmpty || opening.allSatisfy({ $0.layer == nil })
            {
                opening.append(entry)
                if let layer = entry.layer { seenLayers.insert(layer) }
            }
            let key = "\(entry.unit) \(entry.name)"
            let position = positions[key] ?? totals.count
            if position == totals.count {
                positions[key] = position
                totals.append(Total(name: entry.name, unit: entry.unit))
            }
            totals[position].count += 1
            totals[position].cycles += end - start
            totals[position].macs += entry.macs
            totals[position].dramBytes += entry.dramBytes
            totals[position].picojoules += row.ifPresent("energy_pJ") ?? 0
        }
        (self.first, self.count, self.totals, self.opening) = (first, count, totals, opening)
        openingLayers = seenLayers.count
        subBatches = lastSubBatch + 1
    }

    /// The chart of the first layers has no more bars.
    private static let openingLimit = 1500
}

/// A whole number of at most nine digits; notes a mistake otherwise.
private func whole(_ row: TableFile.Row, _ column: String) -> Int {
    let value = row.number(column)
    if value == value.rounded(), (0...999_999_999).contains(value) { return Int(value) }
    row.report("'\(column)' must be a whole number from 0, not '\(row.text(column).prefix(40))'", in: column)
    return 0
}
