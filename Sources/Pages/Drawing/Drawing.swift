/// An SVG drawing, built shape by shape; colours come from the page's style by class names.
struct Drawing {
    let width: Double
    let height: Double
    /// What it shows, for those who cannot see it.
    let label: String
    private var body = ""

    /// Width of all charts that stand alone: as wide as the page's column.
    static let pageWidth = 1000.0

    init(width: Double = pageWidth, height: Double, label: String) {
        (self.width, self.height, self.label) = (width, height, label)
    }

    private func number(_ value: Double) -> String { Markup.coordinate(value) }

    private static func tip(_ text: String?) -> String { text.map { "<title>\(Markup.escaped($0))</title>" } ?? "" }

    /// - Parameter tip: shown when the pointer rests on the shape.
    mutating func rectangle(
        x: Double, y: Double, width: Double, height: Double, class name: String, radius: Double = 0, tip: String? = nil
    ) {
        let corner = radius > 0 ? " rx=\"\(number(radius))\"" : ""
        body += "<rect class=\"\(name)\" x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(max(0, width)))\" "
        body += "height=\"\(number(max(0, height)))\"\(corner)"
        body += tip == nil ? "/>\n" : ">\(Self.tip(tip))</rect>\n"
    }

    mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, class name: String) {
        body += "<line class=\"\(name)\" x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" "
        body += "y2=\"\(number(y2))\"/>\n"
    }

    mutating func polyline(_ points: [(x: Double, y: Double)], class name: String, tip: String? = nil) {
        let list = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
        body += "<polyline class=\"\(name)\" points=\"\(list)\">\(Self.tip(tip))</polyline>\n"
    }

    mutating func circle(x: Double, y: Double, radius: Double, class name: String, tip: String? = nil) {
        body += "<circle class=\"\(name)\" cx=\"\(number(x))\" cy=\"\(number(y))\" r=\"\(number(radius))\">"
        body += "\(Self.tip(tip))</circle>\n"
    }

    enum Anchor: String { case start, middle, end }

    /// - Parameters:
    ///   - y: of the baseline.
    ///   - angle: degrees clockwise about the anchor.
    mutating func text(
        _ text: String, x: Double, y: Double, anchor: Anchor = .start, class name: String = "t", angle: Double = 0,
        tip: String? = nil
    ) {
        let turn = angle == 0 ? "" : " transform=\"rotate(\(number(angle)) \(number(x)) \(number(y)))\""
        let place = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
        body += "<text class=\"\(name)\" x=\"\(number(x))\" y=\"\(number(y))\"\(place)\(turn)>"
        body += "\(Markup.escaped(text))\(Self.tip(tip))</text>\n"
    }

    /// The drawing as an element of the page, which may be scrolled sideways where the page is narrower.
    var html: String {
        "<div class=\"chart\"><svg viewBox=\"0 0 \(number(width)) \(number(height))\" role=\"img\" "
            + "aria-label=\"\(Markup.escaped(label))\" style=\"min-width:\(number(min(width, 720)))px\">\n\(body)</svg></div>\n"
    }
}

/// How much room text takes.
enum TextWidth {
    /// Size of ordinary text in drawings.
    static let size = 12.0

    /// An upper estimate of a text's width in a sans-serif typeface, so that nothing overlaps whatever the font.
    static func of(_ text: String, size: Double = size) -> Double {
        text.unicodeScalars.reduce(0) { width, scalar in
            let share =
                switch scalar {
                case "i", "j", "l", "I", ".", ",", ":", ";", "'", "|", "!": 0.36
                case "f", "t", "r", " ", "(", ")", "[", "]", "-", "/": 0.45
                case "m", "w", "M", "W", "%", "@": 0.96
                case "A"..."Z": 0.74
                default: scalar.value > 0x2E80 ? 1.05 : 0.64
                }
            return width + share * size
        }
    }

    /// The text, with its end replaced by dots if it would be wider than `limit`.
    static func cut(_ text: String, to limit: Double, size: Double = size) -> String {
        guard of(text, size: size) > limit else { return text }
        var kept = text
        while !kept.isEmpty, of(kept + "…", size: size) > limit { kept.removeLast() }
        return kept.isEmpty ? "" : kept + "…"
    }
}
