import Workload
import YAMLTree

/// Widths of experts as they are asked for, before a model and its routes say which expert gets which.
///
/// | text | meaning |
/// |---|---|
/// | `4.5` | bits of each weight of every expert |
/// | `edgemoe:2%,ERRORS.csv` | EdgeMoE's two steps over measured errors: `ExpertErrorTable.ranked` |
/// | `edgemoe:4,2,0.75` | EdgeMoE's ranking alone: 4 bits, but 2 for the three quarters of the experts used least |
/// | `mc-moe:2.5,ERRORS.csv` | MC-MoE's programme: 1, 2 or 3 bits, at most 2.5 in the mean of each layer |
/// | `mc-moe:2.5` | the same with a proxy for the errors |
/// | `gate:16,4` or `gate:16,4,0.6,0.9` | HOBBIT's rule at run time: `ExpertWidths.byGateWeight` |
/// | `FILE.csv` | columns `layer,expert,bits`, every expert once |
///
/// The error of an expert is weighed by the sum of the gate weights with which the routes use it (its uses, without
/// weights): MC-MoE's access frequency times mean gate weight. Errors come from a file (`ExpertErrorTable`). Without
/// one, `mc-moe` takes 4^-bits for every expert, by which the noise power of a uniform quantiser falls: a proxy, which
/// reports name as such, and which knows nothing of how one expert differs from another.
public enum WidthSpecification: Hashable, Sendable {
    case uniform(Double)
    case edgemoe(high: Double, low: Double, share: Double)
    case edgemoeErrors(loss: Double, file: String)
    /// - file: of measured errors; nil for the proxy.
    case mcMoE(mean: Double, file: String?)
    case gate(high: Double, low: Double, highUpTo: Float, lowUpTo: Float)
    case file(String)

    /// - Throws: a diagnostic of `kind` at `place` if the text is none of these.
    public init(parsing text: String, at place: Mark, kind: Diagnostic.Kind) throws(DiagnosticList) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let numbers = parts.last!.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) ?? .nan }
        let bits = 0.5...64.0
        func areBits(_ count: Int) -> Bool { numbers.count >= count && numbers.prefix(count).allSatisfy(bits.contains) }
        switch (parts.count, parts[0], numbers.count) {
        case (1, _, 1) where areBits(1): self = .uniform(numbers[0])
        case (1, _, _) where text.hasSuffix(".csv"): self = .file(text)
        case (2, "edgemoe", 3) where areBits(2) && numbers[0] > numbers[1] && (0...1).contains(numbers[2]):
            self = .edgemoe(high: numbers[0], low: numbers[1], share: numbers[2])
        case (2, "mc-moe", 1) where (1...3).contains(numbers[0]): self = .mcMoE(mean: numbers[0], file: nil)
        case (2, "mc-moe", 2...) where (1...3).contains(numbers[0]) && text.hasSuffix(".csv"):
            self = .mcMoE(mean: numbers[0], file: Self.afterComma(parts[1]))
        case (2, "edgemoe", 2...) where Self.loss(parts[1]) != nil && text.hasSuffix(".csv"):
            self = .edgemoeErrors(loss: Self.loss(parts[1])!, file: Self.afterComma(parts[1]))
        case (2, "gate", 2) where areBits(2) && numbers[0] > numbers[1]:
            self = .gate(high: numbers[0], low: numbers[1], highUpTo: 0.6, lowUpTo: 0.9)
        case (2, "gate", 4)
        where areBits(2) && numbers[0] > numbers[1] && (0...1).contains(numbers[2]) && (0...1).contains(numbers[3])
            && numbers[2] <= numbers[3]:
            self = .gate(high: numbers[0], low: numbers[1], highUpTo: Float(numbers[2]), lowUpTo: Float(numbers[3]))
        default:
            let message =
                "'\(text)' is not a width: give bits of 0.5 to 64 such as '4.5', 'edgemoe:HIGH,LOW,SHARE' or "
                + "'edgemoe:LOSS%,ERRORS.csv', 'mc-moe:MEAN' or 'mc-moe:MEAN,ERRORS.csv' with a mean of 1 to 3, "
                + "'gate:HIGH,LOW' or a file 'WIDTHS.csv'"
            throw DiagnosticList(Diagnostic(message, at: place, kind: kind))
        }
    }

    /// The share before the first comma, as `2%`; nil if there is none.
    private static func loss(_ text: String) -> Double? {
        let share = text.prefix { $0 != "," }
        guard share.hasSuffix("%"), let percent = Double(share.dropLast()) else { return nil }
        return (0...100).contains(percent) ? percent / 100 : nil
    }

    /// What chose the widths, for reports; nil where the widths say it themselves.
    var origin: String? {
        switch self {
        case .uniform, .gate, .file: nil
        case .edgemoe: "edgemoe by uses"
        case .edgemoeErrors: "edgemoe by errors"
        case .mcMoE(_, let file): file == nil ? "mc-moe by 4^-bits" : "mc-moe by errors"
        }
    }

    private static func afterComma(_ text: String) -> String { String(text.drop { $0 != "," }.dropFirst()) }

    /// The same with the path of its file as it is seen from where the program runs.
    func resolvingFiles(_ path: (String) -> String) -> WidthSpecification {
        switch self {
        case .file(let file): .file(path(file))
        case .mcMoE(let mean, let file?): .mcMoE(mean: mean, file: path(file))
        case .edgemoeErrors(let loss, let file): .edgemoeErrors(loss: loss, file: path(file))
        default: self
        }
    }

    /// The widths of the experts.
    ///
    /// - Throws: the mistakes of a file of widths; a mean that leaves no room for MC-MoE's constraints.
    public func widths(_ routes: Routes, at place: Mark, kind: Diagnostic.Kind) throws(DiagnosticList) -> ExpertWidths {
        switch self {
        case .uniform(let bits): return .uniform(bits)
        case .gate(let high, let low, let highUpTo, let lowUpTo):
            return .byGateWeight(high: high, low: low, highUpTo: highUpTo, lowUpTo: lowUpTo)
        case .edgemoe(let high, let low, let share):
            let count = Int((share * Double(routes.shape.blocks)).rounded())
            return .ranked(sensitivity: routes.gateSums, low: low, high: high, lowCount: count)
        case .edgemoeErrors(let loss, let file):
            let table = try ExpertErrorTable(path: file, shape: routes.shape)
            guard let bits = table.ranked(importance: routes.gateSums, loss: loss) else {
                let message =
                    "the tolerated loss of \(loss * 100) % is exceeded at the widest of '\(file)', \(table.widths.last!) bits"
                throw DiagnosticList(Diagnostic(message, at: place, kind: kind))
            }
            return .perExpert(bits)
        case .mcMoE(let mean, let file): return try Self.mixed(routes, mean, file, at: place, kind)
        case .file(let path): return try Self.read(path, shape: routes.shape)
        }
    }

    private static func mixed(
        _ routes: Routes, _ mean: Double, _ file: String?, at place: Mark, _ kind: Diagnostic.Kind
    ) throws(DiagnosticList) -> ExpertWidths {
        let shape = routes.shape
        let sums = routes.gateSums
        var table: ExpertErrorTable?
        if let file { table = try ExpertErrorTable(path: file, shape: shape) }
        var bits: [Double] = []
        for layer in 0..<shape.layers {
            var errors: [[Double]] = []
            for block in layer * shape.experts..<(layer + 1) * shape.experts {
                var own = [0.25, 0.0625, 0.015625]
                if let table, let file {
                    guard let measured = table.errors(block, at: [1, 2, 3]) else {
                        let message = "errors at 1, 2 and 3 bits are needed, not only at \(table.widths)"
                        throw DiagnosticList(Diagnostic(message, at: Mark(file: file)))
                    }
                    own = measured
                }
                errors.append(own.map { $0 * sums[block] })
            }
            guard let chosen = ExpertWidths.mixed(errors: errors, budget: Int(mean * Double(shape.experts))) else {
                let message =
                    "a mean of \(mean) bits is too little: one of \(shape.experts) experts has 3 bits, one 2 and the others "
                    + "at least 1"
                throw DiagnosticList(Diagnostic(message, at: place, kind: kind))
            }
            bits += chosen.map(Double.init)
        }
        return .perExpert(bits)
    }

    /// Reads `layer,expert,bits`.
    private static func read(_ path: String, shape: RouteShape) throws(DiagnosticList) -> ExpertWidths {
        let records = try CSVTable(try SourceFile.read(path)).records
        guard records.first?.map(\.text) == ["layer", "expert", "bits"] else {
            let mark = records.first?[0].mark ?? Mark(file: path)
            throw DiagnosticList(Diagnostic("the first line must be 'layer,expert,bits'", at: mark))
        }
        var bits = [Double?](repeating: nil, count: shape.blocks)
        var mistakes: [Diagnostic] = []
        for record in records.dropFirst() {
            let cells = record.map(\.text)
            guard cells.count == 3, let layer = Int(cells[0]), (0..<shape.layers).contains(layer),
                let expert = Int(cells[1]), (0..<shape.experts).contains(expert), let value = Double(cells[2]),
                (0.5...64).contains(value)
            else {
                let message =
                    "must be a layer of 0 to \(shape.layers - 1), an expert of 0 to \(shape.experts - 1) and bits of 0.5 "
                    + "to 64, not '\(cells.joined(separator: ","))'"
                mistakes.append(Diagnostic(message, at: record[0].mark))
                continue
            }
            let block = layer * shape.experts + expert
            if bits[block] != nil {
                mistakes.append(Diagnostic("layer \(layer), expert \(expert) comes again", at: record[0].mark))
            }
            bits[block] = value
        }
        if mistakes.isEmpty, let block = bits.firstIndex(of: nil) {
            let message = "layer \(block / shape.experts), expert \(block % shape.experts) has no width"
            mistakes.append(Diagnostic(message, at: Mark(file: path)))
        }
        if !mistakes.isEmpty { throw DiagnosticList(mistakes) }
        return .perExpert(bits.map { $0! })
    }
}

extension Routes {
    /// The sum of the gate weights of each expert (`layer · experts + expert`); of ones if there are no weights.
    var gateSums: [Double] {
        var sums = [Double](repeating: 0, count: shape.blocks)
        for entry in experts.indices {
            let layer = entry / shape.topK % shape.layers
            sums[layer * shape.experts + Int(experts[entry])] += weights.isEmpty ? 1 : Double(weights[entry])
        }
        return sums
    }
}
