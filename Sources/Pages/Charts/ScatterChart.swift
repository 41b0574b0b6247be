/// The points of a sweep over two of their columns, the frontier marked.
enum ScatterChart {
    /// - Parameters:
    ///   - x: a column of numbers, as is `y`.
    static func html(_ points: SweepPoints, x xColumn: String, y yColumn: String) -> String {
        let (xs, ys) = (points.numbers[xColumn] ?? [], points.numbers[yColumn] ?? [])
        guard !xs.isEmpty, xs.count == ys.count else { return "" }
        let colour = colouring(points, without: [xColumn, yColumn])
        let legend = Legend(colour.legend, width: Drawing.pageWidth - 100)
        let top = legend.height + 16
        let plot = Plot(
            x: scale(xs, from: 84, to: Drawing.pageWidth - 16), y: scale(ys, from: top + 380, to: top))
        var drawing = Drawing(height: top + 426, label: "\(yColumn) over \(xColumn) of each point")
        legend.draw(in: &drawing, x: 84, y: 4)
        plot.drawAxes(in: &drawing, x: name(xColumn, plot.x), y: name(yColumn, plot.y))
        let isMarked = points.cells("pareto").map { $0 == "1" }
        let marked = isMarked.indices.filter { isMarked[$0] }.sorted { (xs[$0], ys[$0]) < (xs[$1], ys[$1]) }
        if marked.count > 1 {
            drawing.polyline(marked.map { (plot.x.place(xs[$0]), plot.y.place(ys[$0])) }, class: "frontier")
        }
        var placer = LabelPlacer(within: plot)
        for row in xs.indices { placer.avoid(x: plot.x.place(xs[row]), y: plot.y.place(ys[row]), radius: 4) }
        for row in xs.indices {
            let (px, py) = (plot.x.place(xs[row]), plot.y.place(ys[row]))
            let onFrontier = row < isMarked.count && isMarked[row]
            let tip =
                "\(points.words(row))\n\(xColumn) \(Shown.number(xs[row])), \(yColumn) \(Shown.number(ys[row]))"
                + (onFrontier ? "\non the frontier" : "")
            drawing.circle(
                x: px, y: py, radius: onFrontier ? 6 : 4.5,
                class: "point \(colour.style[row])\(onFrontier ? " best" : "")", tip: tip)
        }
        // Names where there is room: of the frontier first, then of the rest if they are few.
        let named = marked + (xs.count <= 24 ? xs.indices.filter { !marked.contains($0) } : [])
        for row in named {
            let words = points.axes.map { points.cells($0)[row] }.joined(separator: ", ")
            let text = TextWidth.cut(words, to: 260, size: 11)
            let (px, py) = (plot.x.place(xs[row]), plot.y.place(ys[row]))
            if let place = placer.place(text, besideX: px, y: py, radius: 6) {
                drawing.text(text, x: place.x, y: place.y, class: "t small", tip: points.words(row))
            }
        }
        return drawing.html
    }

    private static func scale(_ values: [Double], from: Double, to: Double) -> Scale {
        let (low, high) = (values.min() ?? 0, values.max() ?? 1)
        let isLogarithmic = low > 0 && high / low > 30
        return Scale(values, from: from, to: to, isLogarithmic: isLogarithmic, zero: low >= 0 && low < high / 3)
    }

    private static func name(_ column: String, _ scale: Scale) -> String {
        TextWidth.cut(column, to: 340) + (scale.isLogarithmic ? " (logarithmic)" : "")
    }

    /// A colour for each value of the axis that has the most values, as far as there are colours.
    private static func colouring(
        _ points: SweepPoints, without columns: [String]
    ) -> (style: [String], legend: [(name: String, class: String)]) {
        let candidates = points.axes.filter { !columns.contains($0) }.map { axis in
            (axis: axis, values: points.cells(axis).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } })
        }
        guard
            let best = candidates.filter({ (2...8).contains($0.values.count) }).max(by: {
                $0.values.count < $1.values.count
            })
        else { return (points.rows.map { _ in "k0" }, []) }
        let style = points.cells(best.axis).map { "k\(best.values.firstIndex(of: $0)!)" }
        return (style, best.values.enumerated().map { ("\(best.axis) \($1)", "k\($0)") })
    }
}
