/// A mistake in a file of a model: what is wrong, where, and where that can be said, what to do about it.
///
/// `position` is a line and column for text (JSON) and a byte offset for binary data; `subject` is the tensor or the
/// key path the sentence is about.
public struct ModelFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What sort of mistake it is; a command turns it into its exit code.
    public enum Kind: Equatable, Sendable {
        /// The file is absent or cannot be opened.
        case noInput
        /// The file is there and its content is wrong.
        case badData
        /// The file is sound, and asks for something this program does not do.
        case unsupported
    }

    /// Where in the file.
    public enum Position: Equatable, Sendable {
        case text(line: Int, column: Int)
        case byte(Int)
    }

    public var kind: Kind
    public var file: String
    public var position: Position?
    public var subject: String?
    public var message: String
    public var suggestion: String?

    public init(
        _ kind: Kind = .badData, file: String, position: Position? = nil, subject: String? = nil, _ message: String,
        suggestion: String? = nil
    ) {
        self.kind = kind
        self.file = file
        self.position = position
        self.subject = subject
        self.message = message
        self.suggestion = suggestion
    }

    /// `file:line:column: error: 'subject': message; suggestion`
    public var description: String {
        var text = file
        switch position {
        case .text(let line, let column): text += ":\(line):\(column)"
        case .byte(let offset): text += ": byte \(offset)"
        case nil: break
        }
        text += ": error: "
        if let subject { text += "'\(subject)': " }
        text += message
        if let suggestion { text += "; \(suggestion)" }
        return text
    }
}
