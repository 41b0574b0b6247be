import Hardware
import Workload
import YAMLTree

/// One published run of decode attention on PIM units.
public struct AttentionCase: Sendable, Equatable {
    public var level: String
    /// Cycles from one dot-product command to the next.
    public var interval: Int
    public var heads: Int
    public var headSize: Int
    public var context: Int
    public var refresh: String
    public var cycles: Int
    /// What the source of the cycles does otherwise than the model, in words.
    public var why: String
}

/// The file of published runs: CSV, the columns in this order.
public enum AttentionCases {
    public static let columns = [
        "level", "interval_cycles", "heads", "head_size", "context", "refresh", "published_cycles", "why",
    ]

    /// - Throws: every mistake of the file.
    public static func read(_ path: String) throws(DiagnosticList) -> [AttentionCase] {
        try decode(try SourceFile.read(path))
    }

    static func decode(_ file: SourceFile) throws(DiagnosticList) -> [AttentionCase] {
        let table = try CSVTable(file)
        var mistakes: [Diagnostic] = []
        guard let header = table.records.first else {
            throw DiagnosticList(Diagnostic("the file has no lines", at: Mark(file: file.name)))
        }
        guard header.map(\.text) == columns else {
            let message =
                "the columns must be \(columns.joined(separator: ",")), not "
                + header.map(\.text).joined(separator: ",")
            throw DiagnosticList(Diagnostic(message, at: header[0].mark))
        }
        var cases: [AttentionCase] = []
        for record in table.records.dropFirst() {
            guard record.count == columns.count else {
                mistakes.append(
                    Diagnostic("a line has \(columns.count) cells, not \(record.count)", at: record[0].mark))
                continue
            }
            let limits = [1: 1_000_000, 2: 1 << 16, 3: 1 << 14, 4: 1 << 24, 6: Int.max]
            var numbers: [Int: Int] = [:]
            for (column, limit) in limits.sorted(by: { $0.key < $1.key }) {
                guard let number = Int(record[column].text), (1...limit).contains(number) else {
                    mistakes.append(
                        Diagnostic(
                            "'\(columns[column])' must be a whole number from 1 to \(limit), not '\(record[column].text)'",
                            at: record[column].mark))
                    continue
                }
                numbers[column] = number
            }
            for (column, known) in [
                (0, PIMLevel.allCases.map(\.rawValue)), (5, RefreshPolicy.allCases.map(\.rawValue)),
            ]
            where !known.contains(record[column].text) {
                mistakes.append(
                    Diagnostic(
                        "'\(columns[column])' must be one of \(known.joined(separator: ", ")), not "
                            + "'\(record[column].text)'", at: record[column].mark))
            }
            guard numbers.count == limits.count else { continue }
            cases.append(
                AttentionCase(
                    level: record[0].text, interval: numbers[1]!, heads: numbers[2]!, headSize: numbers[3]!,
                    context: numbers[4]!, refresh: record[5].text, cycles: numbers[6]!, why: record[7].text))
        }
        if !mistakes.isEmpty { throw DiagnosticList(mistakes) }
        guard !cases.isEmpty else {
            throw DiagnosticList(Diagnostic("the file has no lines but its header", at: header[0].mark))
        }
        return cases
    }
}
