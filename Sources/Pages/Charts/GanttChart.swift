/// When the operators of the first layers ran, by unit and sub-batch.
enum GanttChart {
    private static let left = 200.0
    private static let laneHeight = 22.0

    private struct Row {
        var title: String
        var entries: [OperatorTable.Entry]
        var lanes: Lanes
    }

    /// Empty if there are no operators.
    static func html(_ run: RunFolder) -> String {
        let entries = run.operators.opening
        guard let start = entries.map(\.start).min(), let end = entries.map(\.end).max(), end > start else { return "" }
        let rows = rows(entries)
        let stages = entries.map(\.stage).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        let legend = Legend(
            stages.map { (stageTitle($0), stageClass($0)) }, width: Drawing.pageWidth - left - 16)
        let lanes = rows.reduce(0) { $0 + $1.lanes.count }
        let top = legend.height + 14
        let height = top + Double(lanes) * laneHeight + Double(rows.count) * 8 + 46
        var drawing = Drawing(height: height, label: "Operators of the first layers over time, by unit")
        legend.draw(in: &drawing, x: left, y: 2)
        let cycle = run.cycleNanoseconds
        let unit = TimeUnit(longest: (end - start) * cycle)
        let scale = cycle / unit.nanoseconds
        let x = Scale(low: start * scale, high: end * scale, from: left, to: Drawing.pageWidth - 16)
        let bottom = height - 42
        Plot(x: x, y: Scale(low: 0, high: 1, from: bottom, to: top)).drawXAxis(
            in: &drawing, name: "time (\(unit.name))")
        var y = top
        for row in rows {
            drawing.text(
                TextWidth.cut(row.title, to: left - 12), x: 0, y: y + 16, class: "t strong", tip: row.title)
            for (entry, lane) in zip(row.entries, row.lanes.of) {
                draw(entry, y: y + Double(lane) * laneHeight, x: x, scale: scale, unit: unit, run, in: &drawing)
            }
            y += Double(row.lanes.count) * laneHeight + 8
            drawing.line(0, y - 4, Drawing.pageWidth - 16, y - 4, class: "grid")
        }
        return drawing.html
    }

    private static func rows(_ entries: [OperatorTable.Entry]) -> [Row] {
        let parts = Set(entries.map(\.subBatch)).sorted()
        return UnitNames.inOrder(entries.map(\.unit)).flatMap { unit in
            parts.compactMap { part -> Row? in
                let mine = entries.filter { $0.unit == unit && $0.subBatch == part }
                guard !mine.isEmpty else { return nil }
                let suffix = parts.count > 1 ? ", sub-batch \(part)" : ""
                return Row(
                    title: UnitNames.title(unit) + suffix, entries: mine,
                    lanes: Lanes.assign(mine.map { ($0.start, $0.end) }))
            }
        }
    }

    private static func draw(
        _ entry: OperatorTable.Entry, y: Double, x: Scale, scale: Double, unit: TimeUnit, _ run: RunFolder,
        in drawing: inout Drawing
    ) {
        let (from, to) = (x.place(entry.start * scale), x.place(entry.end * scale))
        let place = entry.layer.map { "layer \($0)" } ?? "outside the layers"
        let length = entry.end - entry.start
        let seconds = length * run.cycleNanoseconds / 1e9
        var tip = "\(entry.name) on \(UnitNames.title(entry.unit)), \(place), sub-batch \(entry.subBatch), "
        tip += "\(stageTitle(entry.stage))\n\(Shown.number(entry.start * scale)) to "
        tip += "\(Shown.number(entry.end * scale)) \(unit.name), \(Shown.number(length)) cycles"
        if entry.macs > 0 {
            tip += "\n\(Shown.number(entry.macs)) MACs"
            if seconds > 0 { tip += ", \(Shown.number(2 * entry.macs / seconds / 1e12)) TFLOPS" }
        }
        if entry.dramBytes > 0 {
            tip += "\n\(Shown.number(entry.dramBytes)) B from and to DRAM"
            if seconds > 0 { tip += ", \(Shown.number(entry.dramBytes / seconds / 1e9)) GB/s" }
        }
        drawing.rectangle(
            x: from, y: y + 1, width: max(1, to - from), height: laneHeight - 3,
            class: "op \(stageClass(entry.stage))", radius: 2, tip: tip)
        if TextWidth.of(entry.name, size: 11) + 8 < to - from {
            drawing.text(entry.name, x: from + 4, y: y + 14, class: "inbar", tip: tip)
        }
    }

    static func stageTitle(_ stage: String) -> String {
        switch stage {
        case "A": "A: norm, QKV"
        case "B": "B: attention"
        case "E": "E: projection, network"
        default: "stage \(stage)"
        }
    }

    static func stageClass(_ stage: String) -> String {
        let known = ["A", "B", "E", "C", "D", "F"]
        return "k\(known.firstIndex(of: stage) ?? 6)"
    }
}
