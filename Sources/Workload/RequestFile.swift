import Quantities
import YAMLTree

/// A list of requests as a CSV file.
///
/// Three forms, told apart by their header, columns in any order: `seq_len` (requests in the middle of decoding, with
/// the length each attends over), `seq_len,ch_idx` (with the memory channel of each), and
/// `input_tokens,output_tokens[,arrival_ns]` (whole requests).
public struct RequestFile: Hashable, Sendable {
    public var requests: [Request]
    /// Where each request stands in its file; none if they come from no file.
    public private(set) var marks: [Mark] = []

    public init(requests: [Request]) {
        self.requests = requests
    }

    /// Whether these are whole requests, with prompt and output, rather than ones in the middle of decoding.
    public var isWhole: Bool { requests.contains { $0.promptTokens > 0 } }

    /// No length may exceed this: 2^31 - 1 tokens.
    public static let largestLength = Int(Int32.max)
    /// How many mistakes of a file are shown.
    public static let mistakesShown = 20

    /// Reads a request file.
    ///
    /// - Parameter channels: how many channels the machine has; nil if `ch_idx` is not to be checked.
    /// - Throws: up to 20 mistakes with their places.
    public static func load(path: String, channels: Int? = nil) throws(DiagnosticList) -> RequestFile {
        try parse(try SourceFile.read(path), channels: channels)
    }

    /// Reads requests from bytes; throws as `load(path:channels:)`.
    public static func parse(_ file: SourceFile, channels: Int? = nil) throws(DiagnosticList) -> RequestFile {
        let records = try CSVTable(file).records
        guard let header = records.first else {
            let message = "the file is empty; its first line must name the columns"
            throw DiagnosticList(Diagnostic(message, at: Mark(file: file.name)))
        }
        let columns = try Columns(header, file: file.name)
        var decoder = RowDecoder(columns: columns, channels: channels)
        let requests = records.dropFirst().enumerated().map { decoder.request($0.offset, $0.element) }
        if requests.isEmpty {
            throw DiagnosticList(Diagnostic("the file has a header but no requests", at: Mark(file: file.name)))
        }
        let hidden = decoder.mistakes.count - mistakesShown
        if hidden > 0 {
            let message = "\(hidden) more mistake\(hidden == 1 ? "" : "s") not shown"
            let rest = Diagnostic(message, at: Mark(file: file.name))
            throw DiagnosticList(Array(decoder.mistakes.prefix(mistakesShown)) + [rest])
        }
        if !decoder.mistakes.isEmpty { throw DiagnosticList(decoder.mistakes) }
        var list = RequestFile(requests: requests)
        list.marks = records.dropFirst().map { $0[0].mark }
        return list
    }
}

/// Which cell of a record holds what.
private struct Columns {
    enum Name: String, CaseIterable {
        case length = "seq_len"
        case channel = "ch_idx"
        case input = "input_tokens"
        case output = "output_tokens"
        case arrival = "arrival_ns"
    }

    let count: Int
    let positions: [Name: Int]

    init(_ header: [CSVTable.Cell], file: String) throws(DiagnosticList) {
        var positions: [Name: Int] = [:]
        var mistakes: [Diagnostic] = []
        let known = Name.allCases.map(\.rawValue)
        if let first = header.first, Int(first.text) != nil {
            let message = "the first line must name the columns, such as 'seq_len', not '\(first.text)'"
            throw DiagnosticList(Diagnostic(message, at: first.mark))
        }
        for (index, cell) in header.enumerated() {
            guard let name = Name(rawValue: cell.text) else {
                let suggestion = nearestName(to: cell.text, in: known)
                mistakes.append(Diagnostic("unknown column '\(cell.text)'", at: cell.mark, suggestion: suggestion))
                continue
            }
            if positions[name] != nil { mistakes.append(Diagnostic("duplicate column '\(cell.text)'", at: cell.mark)) }
            positions[name] = index
        }
        let place = header[0].mark
        let isSnapshot = positions[.length] != nil || positions[.channel] != nil
        let isWhole = positions[.input] != nil || positions[.output] != nil
        let needed: [Name] = isSnapshot ? [.length] : isWhole ? [.input, .output] : []
        for name in needed where positions[name] == nil {
            mistakes.append(Diagnostic("missing column '\(name.rawValue)'", at: place))
        }
        if isSnapshot {
            for name in [Name.input, .output, .arrival] {
                guard let index = positions[name] else { continue }
                let message = "column '\(name.rawValue)' does not go with 'seq_len'"
                mistakes.append(Diagnostic(message, at: header[index].mark))
            }
        } else if !isWhole, mistakes.isEmpty {
            let message = "missing column 'seq_len', or 'input_tokens' and 'output_tokens'"
            mistakes.append(Diagnostic(message, at: place))
        }
        if !mistakes.isEmpty { throw DiagnosticList(mistakes) }
        self.count = header.count
        self.positions = positions
    }
}

/// Turns records into requests and collects what is wrong with them.
private struct RowDecoder {
    let columns: Columns
    let channels: Int?
    var mistakes: [Diagnostic] = []

    init(columns: Columns, channels: Int?) {
        self.columns = columns
        self.channels = channels
    }

    mutating func request(_ id: Int, _ record: [CSVTable.Cell]) -> Request {
        var request = Request(id: id)
        guard record.count == columns.count else {
            let cells = "\(record.count) cell\(record.count == 1 ? "" : "s")"
            let place = record.count > columns.count ? record[columns.count].mark : record[0].mark
            mistakes.append(Diagnostic("this line has \(cells), the header \(columns.count)", at: place))
            return request
        }
        let tokens = 1...RequestFile.largestLength
        request.contextTokens = number(.length, record, in: tokens) ?? 0
        request.promptTokens = number(.input, record, in: tokens) ?? 0
        request.outputTokens = number(.output, record, in: tokens)
        request.channel = number(.channel, record, in: 0...((channels ?? Int(Int32.max)) - 1))
        request.arrival = .nanoseconds(Int64(number(.arrival, record, in: 0...(1 << 52)) ?? 0))
        return request
    }

    /// The number in a column, nil if there is no such column or the cell is wrong.
    private mutating func number(_ name: Columns.Name, _ record: [CSVTable.Cell], in range: ClosedRange<Int>) -> Int? {
        guard let index = columns.positions[name] else { return nil }
        let cell = record[index]
        let digits = cell.text.hasPrefix("-") ? cell.text.dropFirst() : cell.text[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            let found = cell.text.isEmpty ? "nothing" : "'\(cell.text)'"
            mistakes.append(Diagnostic("'\(name.rawValue)' must be a whole number, not \(found)", at: cell.mark))
            return nil
        }
        guard let value = Int(cell.text), range.contains(value) else {
            let bounds = "must be between \(range.lowerBound) and \(range.upperBound)"
            mistakes.append(Diagnostic("'\(name.rawValue)' is \(cell.text) but \(bounds)", at: cell.mark))
            return nil
        }
        return value
    }
}
