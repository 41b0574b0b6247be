/// Horizontal bars, each in one piece or stacked, with their values written beside them.
struct BarChart {
    struct Bar {
        var name: String
        var parts: [(value: Double, class: String, tip: String)]
        /// Written behind the bar.
        var value: String

        var length: Double { parts.reduce(0) { $0 + max(0, $1.value) } }
    }

    var bars: [Bar]
    var label: String
    var legend: [(name: String, class: String)] = []
    var width = Drawing.pageWidth

    /// Empty if there are no bars.
    var html: String {
        guard !bars.isEmpty else { return "" }
        let nameWidth = min(240, bars.map { TextWidth.of($0.name) }.max() ?? 0) + 12
        let valueWidth = (bars.map { TextWidth.of($0.value) }.max() ?? 0) + 12
        let room = max(20, width - nameWidth - valueWidth)
        let legendBlock = Legend(legend, width: width - nameWidth)
        let top = legend.isEmpty ? 4 : legendBlock.height + 10
        var drawing = Drawing(width: width, height: top + Double(bars.count) * 28 + 4, label: label)
        if !legend.isEmpty { legendBlock.draw(in: &drawing, x: nameWidth, y: 2) }
        let longest = bars.map(\.length).max() ?? 0
        for (index, bar) in bars.enumerated() {
            let y = top + Double(index) * 28
            drawing.text(TextWidth.cut(bar.name, to: nameWidth - 12), x: 0, y: y + 16, tip: bar.name)
            var x = nameWidth
            for part in bar.parts where part.value > 0 && longest > 0 {
                let width = room * part.value / longest
                drawing.rectangle(x: x, y: y + 2, width: width, height: 20, class: "op \(part.class)", tip: part.tip)
                x += width
            }
            drawing.text(bar.value, x: x + 8, y: y + 16, class: "t")
        }
        return drawing.html
    }
}
