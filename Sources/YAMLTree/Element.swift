/// A value of a mapping or a list on its way to a type; each getter notes what is wrong and goes on.
public struct Element {
    /// Nil if the key is missing, which is already noted.
    let node: Node?
    /// The place of the key (or of the list item).
    public let keyMark: Mark
    /// The dotted path, with list positions from 0: `tiers[1].size`.
    public let path: String
    let log: Reader.Log

    init(_ node: Node?, mark: Mark, path: String, log: Reader.Log) {
        self.node = node
        self.keyMark = mark
        self.path = path
        self.log = log
    }

    /// The place of the value.
    public var mark: Mark { node?.mark ?? keyMark }

    /// Whether the value is a mapping, a list or a plain text: for keys that accept more than one form.
    public var isMapping: Bool { if case .mapping? = node { true } else { false } }
    public var isList: Bool { if case .list? = node { true } else { false } }

    /// Whether the value is this plain text: for keys that accept a word in place of a quantity.
    public func isWord(_ word: String) -> Bool {
        if case .scalar(let text, _, _)? = node { text == word } else { false }
    }

    /// Whole decimal numbers in `range`.
    public func int(in range: ClosedRange<Int> = .min ... .max) -> Field<Int> {
        guard let text = scalar("an integer") else { return wrong(placeholder(range)) }
        guard let value = Int(text) else {
            let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
            let isHuge = !digits.isEmpty && digits.allSatisfy { $0.isASCII && $0.isNumber }
            note(isHuge ? "'\(path)' is \(text), which is too large" : "'\(path)' must be an integer, not '\(text)'")
            return wrong(placeholder(range))
        }
        guard range.contains(value) else {
            let bound =
                if range.upperBound == .max {
                    "at least \(range.lowerBound)"
                } else if range.lowerBound == .min {
                    "at most \(range.upperBound)"
                } else {
                    "between \(range.lowerBound) and \(range.upperBound)"
                }
            note("'\(path)' is \(value) but must be \(bound)")
            return wrong(placeholder(range))
        }
        return field(value)
    }

    /// Finite decimal numbers in `range`.
    public func double(in range: ClosedRange<Double> = -.infinity ... .infinity) -> Field<Double> {
        let stand = range.contains(1) ? 1 : range.lowerBound.isFinite ? range.lowerBound : range.upperBound
        guard let text = scalar("a number") else { return wrong(stand) }
        let isDecimal = text.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) }
        guard isDecimal, let value = Double(text), value.isFinite else {
            note("'\(path)' must be a number, not '\(text)'")
            return wrong(stand)
        }
        guard range.contains(value) else {
            let bound =
                if range.upperBound == .infinity {
                    "at least \(range.lowerBound)"
                } else if range.lowerBound == -.infinity {
                    "at most \(range.upperBound)"
                } else {
                    "between \(range.lowerBound) and \(range.upperBound)"
                }
            note("'\(path)' is \(text) but must be \(bound)")
            return wrong(stand)
        }
        return field(value)
    }

    /// `true` or `false`.
    public func bool() -> Field<Bool> {
        guard let text = scalar("true or false") else { return wrong(false) }
        if text == "true" || text == "false" { return field(text == "true") }
        let meant: String? =
            switch text.lowercased() {
            case "yes", "on", "y", "true", "1": "true"
            case "no", "off", "n", "false", "0": "false"
            default: nil
            }
        note("'\(path)' must be true or false, not '\(text)'", suggestion: meant)
        return wrong(false)
    }

    /// Text that is not empty.
    public func string() -> Field<String> {
        guard let text = scalar("text") else { return wrong("") }
        if text.isEmpty {
            note("'\(path)' must not be empty")
            return wrong("")
        }
        return field(text)
    }

    /// One of an enumeration's raw names.
    public func choice<Choice: RawRepresentable<String> & CaseIterable>(_ type: Choice.Type) -> Field<Choice> {
        let all = Array(Choice.allCases)
        return choice(of: all.map(\.rawValue)).map { name in all.first { $0.rawValue == name }! }
    }

    /// One of the given names, of which there must be at least one.
    public func choice(of names: [String]) -> Field<String> {
        let list = names.count == 1 ? names[0] : names.dropLast().joined(separator: ", ") + " or " + names.last!
        guard let text = scalar(list) else { return wrong(names[0]) }
        guard names.contains(text) else {
            note("'\(path)' must be \(list), not '\(text)'", suggestion: nearestName(to: text, in: names))
            return wrong(names[0])
        }
        return field(text)
    }

    /// A nested mapping. A value that is not one is noted, and an empty stand-in returned.
    public func mapping() -> Reader {
        if case .mapping(let entries, _)? = node {
            return Reader(entries, mark: keyMark, path: path, log: log)
        }
        if let node { note("'\(path)' must be a mapping, not \(node.phrase)") }
        return Reader(nil, mark: keyMark, path: path, log: log)
    }

    /// A list with an accepted number of items.
    public func list(count range: ClosedRange<Int> = 0 ... .max) -> [Element] {
        guard case .list(let items, _)? = node else {
            if let node { note("'\(path)' must be a list, not \(node.phrase)") }
            return []
        }
        if !range.contains(items.count) {
            let wanted =
                if range.lowerBound == range.upperBound {
                    "\(range.lowerBound)"
                } else if range.upperBound == .max {
                    "at least \(range.lowerBound)"
                } else {
                    "\(range.lowerBound) to \(range.upperBound)"
                }
            note("'\(path)' has \(items.count) item\(items.count == 1 ? "" : "s") but must have \(wanted)")
        }
        return items.enumerated().map { index, item in
            Element(item, mark: item.mark, path: "\(path)[\(index)]", log: log)
        }
    }

    /// The text of a scalar; notes an error and returns nil for anything else.
    func scalar(_ expected: String) -> String? {
        guard let node else { return nil }
        if case .scalar(let text, _, _) = node, !node.isNull { return text }
        note("'\(path)' must be \(expected), not \(node.phrase)")
        return nil
    }

    func note(_ message: String, suggestion: String? = nil) {
        log.diagnostics.append(Diagnostic(message, at: mark, keyPath: path, suggestion: suggestion))
    }

    func field<Value>(_ value: Value) -> Field<Value> { Field(value, mark: mark, path: path) }

    func wrong<Value>(_ placeholder: Value) -> Field<Value> {
        Field(placeholder, mark: mark, path: path, isValid: false)
    }

    private func placeholder(_ range: ClosedRange<Int>) -> Int {
        min(max(1, range.lowerBound), range.upperBound)
    }
}
