import SimCore

/// One row of a topology table to one layer.
extension TopologyReader {
    /// Nil for a heading or after a mistake.
    mutating func layer(of row: TableText.Row, columns: [Column]) -> TopologyLayer? {
        let name = row.cells[0]
        guard row.cells.count > 1 else {
            warning(row.line, name.column, "'\(name.text)' has no sizes and was taken for a heading")
            return nil
        }
        let before = mistakes.count
        var sizes = [Int?](repeating: nil, count: sizeNames.count)
        var extras = Extras()
        for index in 0..<max(columns.count, row.cells.count - 1) {
            let column = index < columns.count ? columns[index] : .unnamed
            let cell = index + 1 < row.cells.count ? row.cells[index + 1] : nil
            switch column {
            case .size(let size): sizes[size] = self.size(cell, sizeNames[size], row)
            case .unknown: continue
            default:
                if let cell, !cell.text.isEmpty { readExtra(cell, column, row, stride: sizes.last ?? nil, &extras) }
            }
        }
        guard mistakes.count == before else { return nil }
        let found = sizes.map { $0! }
        let shown = name.text.isEmpty ? "line \(row.line)" : name.text
        switch input {
        case .gemm: return gemmLayer(shown, found, extras, row)
        case .conv: return convLayer(shown, found, extras, row)
        }
    }

    struct Extras {
        var sparsity: StructuredSparsity?
        var batch = 1
        var strideWidth: Int?
    }

    private mutating func size(_ cell: TableText.Cell?, _ name: String, _ row: TableText.Row) -> Int? {
        guard let cell else {
            mistake(row.line, row.endColumn, "the row ends before '\(name)': \(sizeNames.count) sizes are needed")
            return nil
        }
        guard !cell.text.isEmpty else {
            mistake(row.line, cell.column, "blank cell where '\(name)' is expected")
            return nil
        }
        guard let value = cell.wholeNumber else {
            mistake(row.line, cell.column, "'\(cell.text)' is not a whole number; '\(name)' is expected here")
            return nil
        }
        guard (1...TopologyReader.maximumSize).contains(value) else {
            mistake(row.line, cell.column, "'\(name)' is \(value) but must be between 1 and 1000000000")
            return nil
        }
        return value
    }

    private mutating func readExtra(
        _ cell: TableText.Cell, _ column: Column, _ row: TableText.Row, stride: Int?, _ extras: inout Extras
    ) {
        switch column {
        case .strideWidth: extras.strideWidth = size(cell, "stride width", row)
        case .sparsity: extras.sparsity = sparsity(cell, row)
        case .unnamed where cell.text.contains(":"): extras.sparsity = sparsity(cell, row)
        case .unnamed where cell.wholeNumber == nil:
            warning(row.line, cell.column, "'\(cell.text)' is beyond the last column and is ignored")
        case .unnamed where input == .conv: extras.strideWidth = unnamedNumber(cell, stride, row)
        default: extras.batch = size(cell, "batch", row) ?? 1
        }
    }

    /// A number after a convolution's stride that no header names: a second stride in some shipped tables, a batch in
    /// others. Only one that changes nothing as a second stride is taken.
    private mutating func unnamedNumber(_ cell: TableText.Cell, _ stride: Int?, _ row: TableText.Row) -> Int? {
        if cell.wholeNumber == stride {
            warning(row.line, cell.column, "'\(cell.text)' has no header; taken as the stride along the width")
        } else if cell.wholeNumber == 1 {
            warning(row.line, cell.column, "'1' has no header; taken as a batch of 1")
        } else {
            let advice = "name its column 'batch' or 'stride width' in the header"
            mistake(row.line, cell.column, "'\(cell.text)' could be a batch or a second stride; \(advice)")
        }
        return stride
    }

    private mutating func sparsity(_ cell: TableText.Cell, _ row: TableText.Row) -> StructuredSparsity? {
        if cell.wholeNumber == 1 { return .dense }
        let parts = cell.text.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { TableText.Cell(text: $0.filter { !$0.isWhitespace }, column: 1).wholeNumber }
        guard parts.count == 2, numbers.count == 2 else {
            mistake(row.line, cell.column, "'\(cell.text)' is not a sparsity; write N:M, as in 2:4")
            return nil
        }
        guard numbers[0] > 0, numbers[0] <= numbers[1], numbers[1] <= TopologyReader.maximumSize else {
            mistake(row.line, cell.column, "sparsity '\(cell.text)' must keep at least 1 and at most all of a block")
            return nil
        }
        return StructuredSparsity(kept: numbers[0], of: numbers[1])
    }

    private mutating func gemmLayer(
        _ name: String, _ sizes: [Int], _ extras: Extras, _ row: TableText.Row
    ) -> TopologyLayer? {
        guard let gemm = shape(sizes[0], sizes[1], sizes[2], times: extras.batch, row) else { return nil }
        return TopologyLayer(
            name: name, gemm: gemm, sparsity: extras.sparsity, repetitions: extras.batch, line: row.line)
    }

    private mutating func convLayer(
        _ name: String, _ sizes: [Int], _ extras: Extras, _ row: TableText.Row
    ) -> TopologyLayer? {
        let conv = ConvolutionShape(
            inputHeight: sizes[0], inputWidth: sizes[1], filterHeight: sizes[2], filterWidth: sizes[3],
            channels: sizes[4], filters: sizes[5], strideHeight: sizes[6],
            strideWidth: extras.strideWidth ?? sizes[6], batch: extras.batch, isDepthwise: name.contains("DP"))
        for (filter, size, axis) in [(2, 0, "height"), (3, 1, "width")] where sizes[filter] > sizes[size] {
            let found = "filter \(axis) is \(sizes[filter]) but the IFMAP's is only \(sizes[size])"
            mistake(row.line, row.cells[filter + 1].column, found)
        }
        guard conv.filterHeight <= conv.inputHeight, conv.filterWidth <= conv.inputWidth else { return nil }
        let pixels = conv.outputHeight.multipliedReportingOverflow(by: conv.outputWidth * conv.batch)
        let window = (conv.filterHeight * conv.filterWidth).multipliedReportingOverflow(by: conv.innerChannels)
        guard !pixels.overflow, !window.overflow else {
            mistake(row.line, 1, "the convolution has more than 2^53 multiply-accumulates")
            return nil
        }
        let times = conv.isDepthwise ? conv.channels : 1
        guard let gemm = shape(pixels.partialValue, conv.filters, window.partialValue, times: times, row) else {
            return nil
        }
        return TopologyLayer(
            name: name, gemm: gemm, sparsity: extras.sparsity, repetitions: times, convolution: conv, line: row.line)
    }

    private mutating func shape(_ m: Int, _ n: Int, _ k: Int, times: Int, _ row: TableText.Row) -> GEMMShape? {
        guard GEMMShape.isRepresentable(m: m, n: n, k: k) else {
            mistake(row.line, 1, "M x N x K is \(m) x \(n) x \(k): more than 2^53 multiply-accumulates")
            return nil
        }
        guard times <= TopologyReader.maximumRepetitions else {
            mistake(row.line, 1, "the product is repeated \(times) times; at most 1000000 are taken")
            return nil
        }
        let (macs, overflows) = (m * n * k).multipliedReportingOverflow(by: times)
        guard !overflows, macs <= GEMMShape.maximumMACs else {
            mistake(row.line, 1, "M x N x K, \(times) times, is more than 2^53 multiply-accumulates")
            return nil
        }
        return GEMMShape(m: m, n: n, k: k)
    }
}
