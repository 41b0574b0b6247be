import YAMLTree

/// Reads a file of routes as a stream, one token at a time, in constant memory.
///
/// The file is CSV, plain or gzip, with the header `request,token,layer,e0…e{k-1}[,p0…p{k-1}]`: one line for each
/// token and layer, the layers of a token in order from 0, the tokens of a request in order, the requests one after
/// another. Empty lines and lines that begin with `#` are skipped.
public struct RouteReader: ~Copyable {
    public let shape: RouteShape
    private let name: String
    private let columns: RouteColumns
    private var lines: RouteLines
    private var order = RouteOrder()

    /// Opens a file and reads its header.
    ///
    /// - Throws: a diagnostic of kind `noInput` if there is no such file; the mistakes of the header.
    public init(path: String, shape: RouteShape) throws(DiagnosticList) {
        var lines = try RouteLines(path: path)
        guard let header = try lines.next() else {
            let message = "the file is empty; its first line must name the columns"
            throw DiagnosticList(Diagnostic(message, at: Mark(file: path)))
        }
        columns = try RouteColumns(header, shape: shape, file: path, number: lines.line)
        self.shape = shape
        self.name = path
        self.lines = lines
    }

    /// Adds the next token to `routes`, which must be of the same shape.
    ///
    /// - Returns: false at the end of the file.
    /// - Throws: the first mistake with its place: a cell that is not a number, an expert or a layer out of range, an
    ///   expert named twice, too few or too many cells, a missing layer, a token or request out of order.
    public mutating func readToken(into routes: inout Routes) throws(DiagnosticList) -> Bool {
        for layer in 0..<shape.layers {
            guard let row = try lines.next() else {
                if layer == 0 { return false }
                throw fail("the file ends, but \(order.missing(from: layer, of: shape.layers))", column: nil)
            }
            try readRow(row, layer, &routes)
        }
        routes.tokens.append(Routes.Token(request: order.request, position: order.token))
        return true
    }

    private mutating func readRow(_ row: UnsafeRawBufferPointer, _ layer: Int, _ routes: inout Routes)
        throws(DiagnosticList)
    {
        var cells = RowCells(row)
        let request = try whole(&cells, "request", below: 1 << 31)
        let token = try whole(&cells, "token", below: 1 << 31)
        let found = try whole(&cells, "layer", below: shape.layers)
        if let mistake = order.mistake(request: request, token: token, layer: found, wanted: layer, of: shape.layers) {
            throw fail(mistake.message, column: mistake.cell == 0 ? 1 : RowCells.column(of: mistake.cell, in: row))
        }
        let first = routes.experts.count
        for slot in 0..<shape.topK {
            let expert = try whole(&cells, "e", slot, below: shape.experts)
            for other in first..<first + slot where routes.experts[other] == expert {
                let message = "expert \(expert) is named twice, in 'e\(other - first)' and 'e\(slot)'"
                throw fail(message, column: cells.cellStart + 1)
            }
            routes.experts.append(UInt16(expert))
        }
        if columns.hasWeights {
            for slot in 0..<shape.topK { routes.weights.append(try weight(&cells, slot)) }
        }
        if cells.index <= row.count {
            let count = RowCells.count(row)
            throw fail("this line has \(count) cells, the header \(columns.count)", column: cells.index + 1)
        }
    }

    /// The next cell as a whole number in `0 ..< bound`.
    @inline(__always)
    private func whole(_ cells: inout RowCells, _ column: StaticString, _ slot: Int? = nil, below bound: Int)
        throws(DiagnosticList) -> Int
    {
        if let value = cells.wholeNumber(), value < bound { return value }
        throw cellMistake(cells, "\(column)\(slot.map(String.init) ?? "")", "between 0 and \(bound - 1)", isWhole: true)
    }

    @inline(__always)
    private func weight(_ cells: inout RowCells, _ slot: Int) throws(DiagnosticList) -> Float {
        if let value = cells.decimal() { return Float(value) }
        throw cellMistake(cells, "p\(slot)", "a finite number", isWhole: false)
    }

    private func cellMistake(_ cells: RowCells, _ column: String, _ range: String, isWhole: Bool) -> DiagnosticList {
        guard cells.cellStart <= cells.row.count else {
            let count = RowCells.count(cells.row)
            let message = "this line has \(count) cell\(count == 1 ? "" : "s"), the header \(columns.count)"
            return fail(message, column: cells.row.count + 1)
        }
        let text = cells.shownText
        let isNumber = !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        let message =
            isWhole && isNumber
            ? "'\(column)' is \(text) but must be \(range)"
            : "'\(column)' must be a \(isWhole ? "whole " : "")number, not \(text.isEmpty ? "nothing" : "'\(text)'")"
        return fail(message, column: cells.cellStart + 1)
    }

    private func fail(_ message: String, column: Int?) -> DiagnosticList {
        let mark = column.map { Mark(file: name, line: lines.line, column: $0) } ?? Mark(file: name)
        return RouteLines.damage(name, line: lines.line) ?? DiagnosticList(Diagnostic(message, at: mark))
    }
}
