/// Something wrong, or worth saying, at one place of a table or configuration file.
public struct TableMistake: Hashable, Sendable, CustomStringConvertible {
    public enum Severity: String, Sendable {
        /// The file cannot be used.
        case error
        /// The file was read, but not as its author may think.
        case warning
    }

    public let file: String
    /// 1-based; columns count characters.
    public let line: Int
    public let column: Int
    public let severity: Severity
    public let message: String

    public init(file: String, line: Int, column: Int, severity: Severity = .error, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.severity = severity
        self.message = message
    }

    /// `file:line:column: error: message`.
    public var description: String { "\(file):\(line):\(column): \(severity.rawValue): \(message)" }
}

/// All errors of one file, in the order of its lines. Never empty.
public struct TableMistakes: Error, Hashable, Sendable, CustomStringConvertible {
    public let mistakes: [TableMistake]

    public init(_ mistakes: [TableMistake]) {
        precondition(!mistakes.isEmpty, "a file that is refused has at least one mistake")
        self.mistakes = mistakes
    }

    public var description: String { mistakes.map(\.description).joined(separator: "\n") }
}

/// The nearest of some names to a misspelt one, if it is near enough to be meant.
func suggestion(for name: String, among names: [String]) -> String? {
    let wanted = name.lowercased()
    let nearest = names.map { ($0, editDistance(wanted, $0.lowercased())) }.min { $0.1 < $1.1 }
    guard let (found, distance) = nearest, distance <= max(1, wanted.count / 4) else { return nil }
    return found
}

/// Levenshtein distance: insertions, deletions and replacements of single characters.
private func editDistance(_ a: String, _ b: String) -> Int {
    let target = Array(b)
    var row = Array(0...target.count)
    for (i, left) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, right) in target.enumerated() {
            let replaced = diagonal + (left == right ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[target.count]
}
