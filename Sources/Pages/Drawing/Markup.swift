/// Text as HTML and SVG take it.
enum Markup {
    /// Escapes what has a meaning in markup, between tags and in quoted attributes; drops control characters, which no
    /// XML document may hold.
    static func escaped(_ text: some StringProtocol) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A coordinate: hundredths at the most, no exponent.
    static func coordinate(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let hundredths = Int((max(-1e9, min(1e9, value)) * 100).rounded())
        let (whole, part) = (hundredths.magnitude / 100, hundredths.magnitude % 100)
        let sign = hundredths < 0 ? "-" : ""
        if part == 0 { return "\(sign)\(whole)" }
        return part % 10 == 0 ? "\(sign)\(whole).\(part / 10)" : "\(sign)\(whole).\(part < 10 ? "0" : "")\(part)"
    }

    /// A table of cells that are text; numbers to the right.
    ///
    /// - Parameter numeric: the columns that hold numbers.
    static func table(_ header: [String], _ rows: [[String]], numeric: Set<Int> = [], caption: String? = nil) -> String
    {
        func row(_ cells: [String], _ tag: String) -> String {
            let parts = cells.enumerated().map { index, cell in
                "<\(tag)\(numeric.contains(index) ? " class=\"n\"" : "")>\(escaped(cell))</\(tag)>"
            }
            return "<tr>\(parts.joined())</tr>\n"
        }
        let head = header.isEmpty ? "" : "<thead>\(row(header, "th"))</thead>\n"
        let title = caption.map { "<caption>\(escaped($0))</caption>\n" } ?? ""
        return "<div class=\"scroll\"><table>\n\(title)\(head)<tbody>\n\(rows.map { row($0, "td") }.joined())</tbody>"
            + "</table></div>\n"
    }

    static func paragraph(_ text: String, class name: String? = nil) -> String {
        "<p\(name.map { " class=\"\($0)\"" } ?? "")>\(escaped(text))</p>\n"
    }
}
