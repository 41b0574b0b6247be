/// A page of sections: one file, no scripts, nothing loaded from elsewhere.
struct Page {
    struct Section {
        var id: String
        var title: String
        var html: String
    }

    var title: String
    var subtitle: String
    var version: String
    private(set) var sections: [Section] = []

    init(title: String, subtitle: String, version: String) {
        (self.title, self.subtitle, self.version) = (title, subtitle, version)
    }

    /// Adds a section unless it is empty.
    mutating func append(_ title: String, _ html: String) {
        guard !html.isEmpty else { return }
        sections.append(Section(id: "s\(sections.count + 1)", title: title, html: html))
    }

    var html: String {
        let links = sections.map { "<a href=\"#\($0.id)\">\(Markup.escaped($0.title))</a>" }
        let bodies = sections.map {
            "<section id=\"\($0.id)\">\n<h2>\(Markup.escaped($0.title))</h2>\n\($0.html)</section>\n"
        }
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <link rel="icon" href="data:,">
            <title>\(Markup.escaped(title))</title>
            <style>
            \(PageStyle.css)
            </style>
            </head>
            <body>
            <header>
            <h1>\(Markup.escaped(title))</h1>
            \(Markup.paragraph(subtitle, class: "soft"))<nav>\(links.joined(separator: "\n"))</nav>
            </header>
            <main>
            \(bodies.joined())</main>
            <footer>
            \(Markup.paragraph("DualRow \(version). Rest the pointer on a mark for its figures; the tables are in the CSV files."))</footer>
            </body>
            </html>

            """
    }

    /// Figures that are seen first.
    static func tiles(_ tiles: [(value: String, name: String)]) -> String {
        let parts = tiles.map {
            "<div class=\"tile\"><b>\(Markup.escaped($0.value))</b><span>\(Markup.escaped($0.name))</span></div>\n"
        }
        return "<div class=\"tiles\">\n\(parts.joined())</div>\n"
    }

    /// Names with values.
    static func list(_ entries: [(name: String, value: String)]) -> String {
        let parts = entries.map {
            "<div><dt>\(Markup.escaped($0.name))</dt><dd>\(Markup.escaped($0.value))</dd></div>\n"
        }
        return "<dl>\n\(parts.joined())</dl>\n"
    }

    /// Something that is shown when it is asked for.
    static func details(_ title: String, _ html: String) -> String {
        html.isEmpty ? "" : "<details><summary>\(Markup.escaped(title))</summary>\n\(html)</details>\n"
    }

    /// Charts beside each other where there is room.
    static func pair(_ charts: [String]) -> String {
        let shown = charts.filter { !$0.isEmpty }
        return shown.isEmpty ? "" : "<div class=\"pair\">\n\(shown.joined())</div>\n"
    }
}
