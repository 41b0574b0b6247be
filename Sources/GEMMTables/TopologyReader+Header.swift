/// What the header line says about the columns after the layer's name.
extension TopologyReader {
    /// Nil after a mistake that makes the rest meaningless.
    mutating func columnsNamed(by header: TableText.Row) -> [Column]? {
        let names = header.cells.dropFirst().map { TopologyReader.plain($0.text) }
        guard !isOtherInput(names, header) else { return nil }
        let sizes = sizeNames.count
        var columns: [Column] = []
        for (index, name) in names.enumerated() {
            if index < sizes {
                columns.append(.size(index))
            } else if name.isEmpty {
                columns.append(.unnamed)
            } else if name.hasPrefix("spars") {
                columns.append(.sparsity)
            } else if ["batch", "batchsize", "repetitions", "repeat", "repeats", "count"].contains(name) {
                columns.append(.batch)
            } else if input == .conv && index == sizes && name.hasPrefix("stride") {
                columns.append(.strideWidth)
            } else {
                columns.append(.unknown(header.cells[index + 1].text))
                let text = header.cells[index + 1].text
                warning(header.line, header.cells[index + 1].column, "column '\(text)' is not known and is ignored")
            }
        }
        while columns.count < sizes { columns.append(.size(columns.count)) }
        if input == .gemm { reorder(&columns, names, header) }
        return columns
    }

    /// Lower case letters and digits only: `Num Filter`, `num_filter` and `numfilter` are one name.
    static func plain(_ text: String) -> String {
        String(text.lowercased().filter { $0.isLetter || $0.isNumber })
    }

    private mutating func isOtherInput(_ names: [String], _ header: TableText.Row) -> Bool {
        let looksLikeConv = names.contains { $0.hasPrefix("filterh") || $0.hasPrefix("ifmaph") }
        let looksLikeGEMM = Set(["m", "n", "k"]).isSubset(of: names)
        if input == .gemm && looksLikeConv {
            mistake(header.line, 1, "the header is that of a convolution table; read it with --input conv")
            return true
        }
        if input == .conv && looksLikeGEMM {
            mistake(header.line, 1, "the header is that of a GEMM table; read it with --input gemm")
            return true
        }
        return false
    }

    private mutating func reorder(_ columns: inout [Column], _ names: [String], _ header: TableText.Row) {
        let order = names.prefix(3).compactMap { ["m", "n", "k"].firstIndex(of: $0) }
        guard Set(order).count == 3, order != [0, 1, 2] else { return }
        for (index, size) in order.enumerated() { columns[index] = .size(size) }
        let spelt = names.prefix(3).map { $0.uppercased() }.joined(separator: ", ")
        warning(
            header.line, header.cells[1].column,
            "columns are in the order \(spelt) and were read by name; SCALE-Sim reads them as M, N, K")
    }
}
