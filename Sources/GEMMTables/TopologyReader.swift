import SimCore

/// Reads the layer tables of SCALE-Sim, GEMM and convolution.
///
/// SCALE-Sim takes the first line unread, drops the last field of a row that does not end with a comma, and stops with
/// an index error at a batch column, a tab, a comment or a blank cell. This reader takes all of these (see
/// `TableText`), and names file, line and column of what it cannot take. All errors of a file are collected.
///
/// Differences from SCALE-Sim, each said in a warning when it matters: a first line that holds numbers is a layer; GEMM
/// columns named in another order than M, N, K are read by name; further columns are `sparsity` (N:M) or `batch`
/// (also `repetitions`, `count`), by header or by what they hold. A GEMM's batch is that many independent products; a
/// convolution's batch is more images for the same filters, more rows `m`, and has to be named in the header.
public struct TopologyReader {
    /// The largest size accepted for one dimension.
    static let maximumSize = 1_000_000_000
    /// The largest number of repetitions of a layer.
    static let maximumRepetitions = 1_000_000

    let file: String
    let input: TopologyInput
    var mistakes: [TableMistake] = []
    var warnings: [TableMistake] = []

    /// - Throws: every mistake of the file.
    public static func read(
        _ bytes: [UInt8], file: String, input: TopologyInput
    ) throws(TableMistakes) -> Topology {
        let table = try TableText(bytes, file: file)
        var reader = TopologyReader(file: file, input: input)
        let layers = reader.layers(of: table)
        if layers.isEmpty && reader.mistakes.isEmpty {
            reader.mistake(1, 1, "no layers: expected a row of \(reader.expectedColumns)")
        }
        guard reader.mistakes.isEmpty else { throw TableMistakes(reader.mistakes) }
        return Topology(layers: layers, warnings: reader.warnings)
    }

    private init(file: String, input: TopologyInput) {
        self.file = file
        self.input = input
    }

    /// What a column holds.
    enum Column: Hashable {
        case size(Int)
        case strideWidth
        case sparsity
        case batch
        case unknown(String)
        /// No header: decided by what the cell holds.
        case unnamed
    }

    var sizeNames: [String] {
        switch input {
        case .gemm: ["M", "N", "K"]
        case .conv:
            ["IFMAP height", "IFMAP width", "filter height", "filter width", "channels", "num filter", "stride"]
        }
    }

    private var expectedColumns: String { "layer name, " + sizeNames.joined(separator: ", ") }

    private mutating func layers(of table: TableText) -> [TopologyLayer] {
        guard let first = table.rows.first else { return [] }
        let sizes = first.cells.dropFirst().prefix(sizeNames.count)
        let firstIsData = sizes.count == sizeNames.count && sizes.allSatisfy { $0.wholeNumber != nil }
        var columns = sizeNames.indices.map { Column.size($0) }
        if firstIsData {
            warning(first.line, 1, "the first line holds numbers and was read as a layer; SCALE-Sim skips it")
        } else {
            guard let named = columnsNamed(by: first) else { return [] }
            columns = named
        }
        return table.rows.dropFirst(firstIsData ? 0 : 1).compactMap { layer(of: $0, columns: columns) }
    }

    mutating func mistake(_ line: Int, _ column: Int, _ message: String) {
        mistakes.append(TableMistake(file: file, line: line, column: column, message: message))
    }

    mutating func warning(_ line: Int, _ column: Int, _ message: String) {
        warnings.append(TableMistake(file: file, line: line, column: column, severity: .warning, message: message))
    }
}
