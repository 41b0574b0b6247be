import YAMLTree

/// A key with the values that a sweep gives it.
struct Axis: Sendable {
    var key: String
    var mark: Mark
    var values: [Node]

    func value(_ index: Int) -> SweepValue { SweepValue(key: key, mark: mark, value: values[index]) }
}

extension SweepSpace {
    /// Whole numbers as values: all from one to another, by a step or by a factor.
    static let longestRange = 10_000

    /// The axes of a section: at least one, each with at least one value and none twice.
    static func axes(_ entries: [SweepValue], at mark: Mark) throws(DiagnosticList) -> [Axis] {
        var mistakes: [Diagnostic] = []
        if entries.isEmpty { mistakes.append(Diagnostic("there are no axes here", at: mark)) }
        let axes = entries.map { entry -> Axis in
            var axis = Axis(key: entry.key, mark: entry.mark, values: [])
            switch entry.value {
            case .list(let items, _):
                if items.isEmpty {
                    mistakes.append(Diagnostic("'\(entry.key)' has no values", at: entry.value.mark))
                }
                axis.values = items
            case .mapping:
                do throws(DiagnosticList) {
                    axis.values = try range(entry)
                } catch {
                    mistakes += error.diagnostics
                }
            case .scalar:
                mistakes.append(
                    Diagnostic(
                        "'\(entry.key)' must be a list of values such as [4, 8], or a range such as {from: 1, to: 8}, "
                            + "not \(entry.value.phrase)", at: entry.value.mark))
            }
            return axis
        }
        if !mistakes.isEmpty { throw DiagnosticList(mistakes) }
        return axes
    }

    /// Each value of an axis of a grid occurs once: twice is a slip of the pen.
    static func checkValuesDiffer(_ axes: [Axis]) throws(DiagnosticList) {
        var mistakes: [Diagnostic] = []
        for axis in axes {
            var seen: [String: Mark] = [:]
            for value in axis.values {
                if let first = seen[value.canonicalText] {
                    mistakes.append(
                        Diagnostic("'\(axis.key)' has '\(value.flowText)' twice, first at \(first)", at: value.mark))
                } else {
                    seen[value.canonicalText] = value.mark
                }
            }
        }
        if !mistakes.isEmpty { throw DiagnosticList(mistakes) }
    }

    /// The values of `{from: 4, to: 64, step: 4}` or `{from: 4, to: 64, factor: 2}`; the step is 1 if there is neither.
    private static func range(_ entry: SweepValue) throws(DiagnosticList) -> [Node] {
        let reader = Reader(entry.value)
        let bounds = -1_000_000_000_000...1_000_000_000_000
        let from = reader.key("from").int(in: bounds)
        let to = reader.key("to").int(in: bounds)
        let step = reader.ifPresent("step")?.int(in: 1...bounds.upperBound)
        let factor = reader.ifPresent("factor")?.int(in: 2...1_000_000)
        reader.require(from.value <= to.value, from, "must be at most", to)
        if let step, let factor { reader.report("'factor' beside 'step', set at \(step.mark)", at: factor.mark) }
        if factor != nil { reader.require(from.value >= 1, from, "must be at least 1 with 'factor'") }
        try reader.finish()
        var values: [Node] = []
        var next = from.value
        while next <= to.value {
            values.append(.scalar(text: "\(next)", isPlain: true, mark: from.mark))
            next = factor.map { next * $0.value } ?? next + (step?.value ?? 1)
            if values.count > longestRange {
                throw DiagnosticList(
                    Diagnostic(
                        "'\(entry.key)' has more than \(longestRange) values; give it a larger 'step'", at: entry.mark))
            }
        }
        return values
    }
}
