import Workload
import YAMLTree

/// Measured errors of the experts at whole widths, read from a CSV of `layer,expert,bits,error`.
///
/// The error is any number that falls as quality is kept, such as the squared error of an expert's output or weights
/// (`dualrow expert-errors` measures the latter), alike for all experts.
struct ExpertErrorTable {
    let shape: RouteShape
    /// The widths that the file has, ascending; every expert has all of them.
    let widths: [Int]
    /// `[layer · experts + expert][place in widths]`
    let errors: [[Double]]

    /// - Throws: every mistake of the file: another header, cells out of range, experts or widths that are missing or
    ///   come twice.
    init(path: String, shape: RouteShape) throws(DiagnosticList) {
        let records = try CSVTable(try SourceFile.read(path)).records
        guard records.first?.map(\.text) == ["layer", "expert", "bits", "error"] else {
            let mark = records.first?[0].mark ?? Mark(file: path)
            throw DiagnosticList(Diagnostic("the first line must be 'layer,expert,bits,error'", at: mark))
        }
        var found: [Int: [Int: Double]] = [:]
        var mistakes: [Diagnostic] = []
        for record in records.dropFirst() {
            let cells = record.map(\.text)
            guard cells.count == 4, let layer = Int(cells[0]), (0..<shape.layers).contains(layer),
                let expert = Int(cells[1]), (0..<shape.experts).contains(expert), let bits = Int(cells[2]),
                (1...16).contains(bits), let error = Double(cells[3]), error >= 0, error.isFinite
            else {
                let message =
                    "must be a layer of 0 to \(shape.layers - 1), an expert of 0 to \(shape.experts - 1), bits of 1 to 16 "
                    + "and an error of at least 0, not '\(cells.joined(separator: ","))'"
                mistakes.append(Diagnostic(message, at: record[0].mark))
                continue
            }
            if found[layer * shape.experts + expert, default: [:]].updateValue(error, forKey: bits) != nil {
                let message = "layer \(layer), expert \(expert) at \(bits) bits comes again"
                mistakes.append(Diagnostic(message, at: record[0].mark))
            }
        }
        let widths = Set(found.values.flatMap(\.keys)).sorted()
        if mistakes.isEmpty {
            for block in 0..<shape.blocks {
                let lacking = widths.filter { found[block]?[$0] == nil }
                if let bits = lacking.first {
                    let (layer, expert) = (block / shape.experts, block % shape.experts)
                    let message = "layer \(layer), expert \(expert) has no error at \(bits) bit\(bits == 1 ? "" : "s")"
                    mistakes.append(Diagnostic(message, at: Mark(file: path)))
                }
            }
            if widths.isEmpty {
                mistakes.append(Diagnostic("the file has a header but no errors", at: Mark(file: path)))
            }
        }
        if !mistakes.isEmpty { throw DiagnosticList(mistakes) }
        self.shape = shape
        self.widths = widths
        errors = (0..<shape.blocks).map { block in widths.map { found[block]![$0]! } }
    }

    /// The errors of an expert at some widths; nil if the file lacks one of them.
    func errors(_ block: Int, at bits: [Int]) -> [Double]? {
        var list: [Double] = []
        for width in bits {
            guard let place = widths.firstIndex(of: width) else { return nil }
            list.append(errors[block][place])
        }
        return list
    }

    /// The error of the model with given widths: of each expert by the weight of its use, over all weights.
    func loss(_ places: [Int], importance: [Double]) -> Double {
        let all = importance.reduce(0, +)
        guard all > 0 else { return 0 }
        return errors.indices.reduce(0) { $0 + importance[$1] * errors[$1][places[$1]] } / all
    }

    /// EdgeMoE's two steps (arXiv 2308.14352) with the weighted error in place of the accuracy lost.
    ///
    /// First all experts are tried at each width, and the two widths on both sides of the tolerated loss are taken. Then
    /// as many of the least sensitive ones as the loss allows, most of them, go to the lower width; sensitive is whose
    /// error grows most, by the weight of its use, when it alone is narrow.
    ///
    /// - Parameters:
    ///   - importance: weight of each expert's use.
    ///   - loss: tolerated error of the model, a share.
    /// - Returns: bits of each expert; nil if even the widest loses more.
    func ranked(importance: [Double], loss tolerated: Double) -> [Double]? {
        func all(_ place: Int) -> Double {
            loss([Int](repeating: place, count: errors.count), importance: importance)
        }
        guard let high = widths.indices.first(where: { all($0) <= tolerated }) else { return nil }
        guard high > 0 else { return [Double](repeating: Double(widths[0]), count: errors.count) }
        let low = high - 1
        let costs = errors.indices.map { importance[$0] * (errors[$0][low] - errors[$0][high]) }
        let order = errors.indices.sorted { (costs[$0], $0) < (costs[$1], $1) }
        var places = [Int](repeating: high, count: errors.count)
        var room = (tolerated - all(high)) * importance.reduce(0, +)
        for block in order {
            room -= costs[block]
            if room < 0 { break }
            places[block] = low
        }
        return places.map { Double(widths[$0]) }
    }
}
