/// A place in a file: 1-based line and column (in characters), both absent where the whole file is meant.
public struct Mark: Hashable, Sendable {
    /// The file as the user named it.
    public let file: String
    /// 1-based line and column.
    public let position: Position?

    /// A line and a column, both counted from 1; columns count Unicode scalars.
    public struct Position: Hashable, Comparable, Sendable {
        public let line: Int
        public let column: Int

        public init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }

        public static func < (left: Position, right: Position) -> Bool {
            (left.line, left.column) < (right.line, right.column)
        }
    }

    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.position = Position(line: line, column: column)
    }

    /// The whole of a file.
    public init(file: String) {
        self.file = file
        self.position = nil
    }
}

extension Mark: CustomStringConvertible {
    /// `file:line:column`, or the file alone.
    public var description: String {
        guard let position else { return file }
        return "\(file):\(position.line):\(position.column)"
    }
}

/// One mistake, as a value: what kind, where, about which key, in words, and what was probably meant.
public struct Diagnostic: Hashable, Sendable {
    public enum Severity: String, Hashable, Sendable {
        case error, warning
    }

    /// Whose mistake it is, which decides the exit code.
    public enum Kind: Hashable, Sendable {
        /// The command line.
        case usage
        /// The contents of a file.
        case badData
        /// A file that is not there or cannot be read.
        case noInput
        /// The program itself.
        case `internal`

        /// The exit code of `sysexits.h`: 64 usage, 65 bad data, 66 no input, 70 internal.
        public var exitCode: Int32 {
            switch self {
            case .usage: 64
            case .badData: 65
            case .noInput: 66
            case .internal: 70
            }
        }
    }

    public let kind: Kind
    public let severity: Severity
    public let mark: Mark
    /// The dotted path of the key concerned, where there is one: `pim.bank.rows`.
    public let keyPath: String?
    public let message: String
    public let suggestion: String?

    public init(
        _ message: String, at mark: Mark, kind: Kind = .badData, severity: Severity = .error, keyPath: String? = nil,
        suggestion: String? = nil
    ) {
        self.kind = kind
        self.severity = severity
        self.mark = mark
        self.keyPath = keyPath
        self.message = message
        self.suggestion = suggestion
    }
}

extension Diagnostic: CustomStringConvertible {
    /// `file:line:column: error: message; did you mean 'x'?`
    public var description: String {
        let question = suggestion.map { "; did you mean '\($0)'?" } ?? ""
        return "\(mark): \(severity.rawValue): \(message)\(question)"
    }
}

/// All the mistakes found in one input, in the order of their places; what this module throws.
public struct DiagnosticList: Error, Hashable, Sendable {
    public let diagnostics: [Diagnostic]

    /// The list must not be empty.
    public init(_ diagnostics: [Diagnostic]) {
        precondition(!diagnostics.isEmpty, "an error needs at least one diagnostic")
        self.diagnostics = diagnostics
    }

    public init(_ diagnostic: Diagnostic) {
        self.diagnostics = [diagnostic]
    }

    /// The exit code of the first mistake, or of an internal one if there is any.
    public var exitCode: Int32 {
        let kinds = diagnostics.map(\.kind)
        return (kinds.contains(.internal) ? .internal : kinds[0]).exitCode
    }
}

extension DiagnosticList: CustomStringConvertible {
    /// One line for each mistake.
    public var description: String {
        diagnostics.map(\.description).joined(separator: "\n")
    }
}
