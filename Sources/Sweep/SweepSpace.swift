import Workload
import YAMLTree

/// The axes and points that a sweep's section stands for.
struct SweepSpace {
    let axes: [String]
    let points: [SweepPoint]

    /// Mistakes so far; all of a section's are shown together.
    private struct Log {
        var mistakes: [Diagnostic] = []
        mutating func note(_ message: String, _ mark: Mark, suggestion: String? = nil) {
            mistakes.append(Diagnostic(message, at: mark, suggestion: suggestion))
        }
        func finish() throws(DiagnosticList) {
            if !mistakes.isEmpty { throw DiagnosticList(mistakes) }
        }
    }

    init(_ form: SweepForm, _ node: Node, at mark: Mark, limit: Int) throws(DiagnosticList) {
        switch form {
        case .grid: try self.init(gridOf: try Self.axes(SweepValue.all(of: node), at: mark), at: mark, limit)
        case .zip: try self.init(zipOf: try Self.axes(SweepValue.all(of: node), at: mark), limit)
        case .list: try self.init(listOf: node, at: mark, limit)
        case .random: try self.init(randomOf: node, at: mark, limit)
        }
    }

    private init(gridOf axes: [Axis], at mark: Mark, _ limit: Int) throws(DiagnosticList) {
        try Self.checkValuesDiffer(axes)
        let size = Self.size(of: axes)
        if size ?? .max > limit { throw Self.tooMany(size, axes, at: mark, limit) }
        self.init(axes, gridIndices: Array(0..<size!))
    }

    private init(_ axes: [Axis], gridIndices: [Int]) {
        self.axes = axes.map(\.key)
        points = gridIndices.enumerated().map { number, gridIndex in
            var (rest, values) = (gridIndex, [SweepValue]())
            for axis in axes.reversed() {
                values.append(axis.value(rest % axis.values.count))
                rest /= axis.values.count
            }
            return SweepPoint(index: number, values: values.reversed())
        }
    }

    private init(zipOf axes: [Axis], _ limit: Int) throws(DiagnosticList) {
        var log = Log()
        let count = axes[0].values.count
        for axis in axes.dropFirst() where axis.values.count != count {
            log.note(
                "'\(axis.key)' has \(axis.values.count) values but '\(axes[0].key)' has \(count), set at "
                    + "\(axes[0].mark)", axis.mark)
        }
        try log.finish()
        if count > limit { throw Self.tooMany(count, [axes[0]], at: axes[0].mark, limit) }
        self.axes = axes.map(\.key)
        points = (0..<count).map { index in SweepPoint(index: index, values: axes.map { $0.value(index) }) }
    }

    private init(listOf node: Node, at mark: Mark, _ limit: Int) throws(DiagnosticList) {
        guard case .list(let items, _) = node else {
            throw DiagnosticList(Diagnostic("'list' must be a list of points, not \(node.phrase)", at: node.mark))
        }
        var log = Log()
        if items.isEmpty { log.note("'list' has no points", mark) }
        var axes: [String] = []
        for item in items {
            guard case .mapping(let entries, _) = item, !entries.isEmpty else {
                log.note("a point must be a mapping such as {memory.channels: 16}, not \(item.phrase)", item.mark)
                continue
            }
            for entry in entries where !axes.contains(entry.key) { axes.append(entry.key) }
        }
        try log.finish()
        if items.count > limit { throw Self.tooMany(items.count, [], at: mark, limit) }
        self.axes = axes
        points = items.enumerated().map { SweepPoint(index: $0, values: SweepValue.all(of: $1)) }
    }

    private init(randomOf node: Node, at mark: Mark, _ limit: Int) throws(DiagnosticList) {
        let reader = Reader(node)
        let count = reader.key("count").int(in: 1...SweepFile.largestLimit)
        let seed = reader.key("seed").int(in: 0 ... .max)
        _ = reader.key("axes").mapping().allEntries()
        try reader.finish()
        let axes = try Self.axes(SweepValue.all(of: node["axes"]), at: mark)
        try Self.checkValuesDiffer(axes)
        guard let size = Self.size(of: axes) else { throw Self.tooMany(nil, axes, at: mark, .max) }
        if count.value > limit { throw Self.tooMany(count.value, [], at: count.mark, limit) }
        if count.value > size {
            throw DiagnosticList(
                Diagnostic("'count' is \(count.value) but the axes have only \(size) points", at: count.mark))
        }
        // Floyd's sampling (Bentley and Floyd, CACM 30(9), 1987): each set of points equally likely, none twice.
        var random = RandomNumbers(seed: UInt64(seed.value))
        var chosen: Set<Int> = []
        for top in size - count.value..<size {
            let drawn = random.nextIndex(below: top + 1)
            chosen.insert(chosen.contains(drawn) ? top : drawn)
        }
        self.init(axes, gridIndices: chosen.sorted())
    }

    /// The product of the axes' lengths; nil if it is beyond all bounds.
    private static func size(of axes: [Axis]) -> Int? {
        var size = 1
        for axis in axes {
            let (product, overflow) = size.multipliedReportingOverflow(by: axis.values.count)
            if overflow || product > 1 << 53 { return nil }
            size = product
        }
        return size
    }

    private static func tooMany(_ count: Int?, _ axes: [Axis], at mark: Mark, _ limit: Int) -> DiagnosticList {
        let product = axes.count > 1 ? " (" + axes.map { "\($0.values.count)" }.joined(separator: " x ") + ")" : ""
        let found = count.map { "\($0)" } ?? "more than 2^53"
        return DiagnosticList(
            Diagnostic(
                "this sweep has \(found) points\(product), more than \(limit); if they are meant, state 'limit'",
                at: mark))
    }
}
