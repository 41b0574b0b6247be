import YAMLTree

/// What the header of a file of routes says: `request,token,layer,e0…e{k-1}[,p0…p{k-1}]`.
struct RouteColumns {
    let topK: Int
    let hasWeights: Bool

    var count: Int { 3 + topK * (hasWeights ? 2 : 1) }

    /// Reads the header.
    ///
    /// - Throws: the first cell that is not what it must be, or a number of experts other than the model's.
    init(_ line: UnsafeRawBufferPointer, shape: RouteShape, file: String, number: Int) throws(DiagnosticList) {
        let cells = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        let names = cells.map { String(decoding: line[$0.startIndex..<$0.endIndex], as: UTF8.self) }
        func fail(_ index: Int, _ message: String) -> DiagnosticList {
            let column = index < cells.count ? cells[index].startIndex + 1 : line.count + 1
            return DiagnosticList(Diagnostic(message, at: Mark(file: file, line: number, column: column)))
        }
        for (index, name) in ["request", "token", "layer"].enumerated()
        where index >= names.count || names[index] != name {
            let found = index < names.count ? "'\(names[index])'" : "nothing"
            throw fail(index, "column \(index + 1) must be '\(name)', not \(found)")
        }
        var experts = 0
        while experts + 3 < names.count, names[experts + 3] == "e\(experts)" { experts += 1 }
        let rest = names.count - 3 - experts
        for index in 0..<rest where names[3 + experts + index] != "p\(index)" || index >= experts {
            let wanted = index == 0 ? "'e\(experts)' or 'p0'" : index < experts ? "'p\(index)'" : "the last"
            let found = names[3 + experts + index]
            throw fail(3 + experts + index, "column \(4 + experts + index) must be \(wanted), not '\(found)'")
        }
        if rest > 0, rest < experts {
            throw fail(names.count, "missing column 'p\(rest)'; there must be one weight for each expert, or none")
        }
        if experts != shape.topK {
            let some = "\(experts) expert\(experts == 1 ? "" : "s")"
            throw fail(3, "the file has \(some) for each token and layer, but the model uses \(shape.topK)")
        }
        topK = experts
        hasWeights = rest > 0
    }
}
