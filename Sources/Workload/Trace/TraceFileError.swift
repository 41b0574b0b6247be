/// A mistake in an operator trace, with its line.
public struct TraceFileError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Kind: Equatable, Sendable {
        /// The file cannot be opened, read or written.
        case noInput
        /// The file is there and its content is wrong.
        case badData
    }

    public var kind: Kind
    public var file: String
    /// From 1; nil where the file as a whole is meant.
    public var line: Int?
    public var message: String

    public init(_ kind: Kind = .badData, file: String, line: Int? = nil, _ message: String) {
        self.kind = kind
        self.file = file
        self.line = line
        self.message = message
    }

    public var description: String { "\(file):\(line.map { "\($0):" } ?? "") error: \(message)" }
}
