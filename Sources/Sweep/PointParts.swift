import YAMLTree

/// A point's values by what they replace: the sweep's own sections, the machine's file, or the model's.
struct PointParts {
    /// Values of `machine`, `workload` and `options`.
    var base: [SweepValue] = []
    /// Values of the machine's file, those that all points replace first.
    var machine: [SweepValue]
    /// Values of the model's file, their keys without `model.`.
    var model: [SweepValue] = []

    init(_ point: SweepPoint, of file: SweepFile) {
        machine = file.replaced
        for value in point.values {
            switch value.section {
            case "machine", "workload", "options": base.append(value)
            case "model":
                var inner = value
                inner.key = String(value.key.dropFirst("model.".count))
                model.append(inner)
            default: machine.append(value)
            }
        }
    }
}

extension SweepValue {
    /// What stands before the first dot of the key.
    var section: String { String(key.prefix { $0 != "." }) }

    /// Keys with their values as one text.
    static func text(of values: [SweepValue]) -> String {
        values.map { "\($0.key)=\($0.value.canonicalText)" }.joined(separator: "\n")
    }
}

extension Node {
    /// The tree with some of its values replaced.
    ///
    /// - Throws: every value that has no place in it.
    func setting(_ values: [SweepValue]) throws(DiagnosticList) -> Node {
        var (root, log) = (self, MistakeLog())
        for value in values {
            let next = log.noting { () throws(DiagnosticList) in
                try root.setting(value.key, at: value.mark, to: value.value)
            }
            if let next { root = next }
        }
        try log.finish()
        return root
    }
}
