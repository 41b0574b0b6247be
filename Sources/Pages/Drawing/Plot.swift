/// A frame with two axes to draw into.
struct Plot {
    let x: Scale
    let y: Scale
    /// Left, top, right and bottom of the frame.
    let left: Double, top: Double, right: Double, bottom: Double

    init(x: Scale, y: Scale) {
        (self.x, self.y) = (x, y)
        (left, right) = (x.from, x.to)
        (top, bottom) = (y.to, y.from)
    }

    /// Grid lines, tick labels and the names of both axes with their units.
    func drawAxes(
        in drawing: inout Drawing, x xName: String, y yName: String, xText: (Double) -> String = Tick.text,
        yText: (Double) -> String = Tick.text, ticks: (x: Int, y: Int) = (8, 5)
    ) {
        drawing.rectangle(x: left, y: top, width: right - left, height: bottom - top, class: "frame")
        for tick in y.ticks(ticks.y) {
            let place = y.place(tick)
            drawing.line(left, place, right, place, class: "grid")
            drawing.text(yText(tick), x: left - 8, y: place + 4, anchor: .end, class: "tick")
        }
        drawXAxis(in: &drawing, name: xName, text: xText, count: ticks.x)
        drawing.text(
            yName, x: left - 54, y: (top + bottom) / 2, anchor: .middle, class: "axis", angle: -90)
    }

    /// The horizontal axis alone; labels that would touch their neighbours are left out.
    func drawXAxis(
        in drawing: inout Drawing, name: String, text: (Double) -> String = Tick.text, count: Int = 8,
        hasGrid: Bool = true
    ) {
        var free = -Double.infinity
        for tick in x.ticks(count) {
            let (place, label) = (x.place(tick), text(tick))
            let half = TextWidth.of(label) / 2
            if hasGrid { drawing.line(place, top, place, bottom, class: "grid") }
            drawing.line(place, bottom, place, bottom + 4, class: "tickmark")
            guard place - half > free else { continue }
            drawing.text(label, x: place, y: bottom + 17, anchor: .middle, class: "tick")
            free = place + half + 6
        }
        drawing.text(name, x: (left + right) / 2, y: bottom + 36, anchor: .middle, class: "axis")
    }
}

/// Finds places for labels where they touch neither each other nor the marks.
struct LabelPlacer {
    private var taken: [(left: Double, top: Double, right: Double, bottom: Double)] = []
    let bounds: (left: Double, top: Double, right: Double, bottom: Double)

    init(within plot: Plot) { bounds = (plot.left, plot.top, plot.right, plot.bottom) }

    /// Keeps labels away from a mark.
    mutating func avoid(x: Double, y: Double, radius: Double) {
        taken.append((x - radius, y - radius, x + radius, y + radius))
    }

    /// A place beside a mark, as the start of the text's baseline; nil if all are taken.
    mutating func place(_ text: String, besideX x: Double, y: Double, radius: Double) -> (x: Double, y: Double)? {
        let (width, height) = (TextWidth.of(text, size: 11), 13.0)
        let gap = radius + 3
        let offsets = [
            (gap, 4.0), (-gap - width, 4), (-width / 2, -gap), (-width / 2, gap + 9), (gap - 2, -gap),
            (gap - 2, gap + 9),
            (-gap - width + 2, -gap), (-gap - width + 2, gap + 9), (gap + 6, -gap - 12), (gap + 6, gap + 22),
        ]
        for (dx, dy) in offsets {
            let box = (left: x + dx, top: y + dy - 10, right: x + dx + width, bottom: y + dy - 10 + height)
            guard box.left >= bounds.left, box.right <= bounds.right, box.top >= bounds.top, box.bottom <= bounds.bottom
            else { continue }
            let isFree = taken.allSatisfy {
                box.right < $0.left || box.left > $0.right || box.bottom < $0.top || box.top > $0.bottom
            }
            if isFree {
                taken.append(box)
                return (box.left, y + dy)
            }
        }
        return nil
    }
}

/// Names beside coloured squares, in as many lines as they take.
struct Legend {
    let entries: [(name: String, class: String)]
    let lines: [[(x: Double, name: String, class: String)]]

    init(_ entries: [(name: String, class: String)], width: Double) {
        self.entries = entries
        var lines: [[(x: Double, name: String, class: String)]] = [[]]
        var x = 0.0
        for entry in entries {
            let name = TextWidth.cut(entry.name, to: width - 20)
            let room = TextWidth.of(name) + 34
            if x + room > width, !lines[lines.count - 1].isEmpty {
                lines.append([])
                x = 0
            }
            lines[lines.count - 1].append((x, name, entry.class))
            x += room
        }
        self.lines = lines
    }

    var height: Double { 20 * Double(lines.count) }

    func draw(in drawing: inout Drawing, x: Double, y: Double) {
        for (index, line) in lines.enumerated() {
            let top = y + 20 * Double(index)
            for entry in line {
                drawing.rectangle(x: x + entry.x, y: top, width: 12, height: 12, class: entry.class, radius: 2)
                drawing.text(entry.name, x: x + entry.x + 18, y: top + 10)
            }
        }
    }
}
