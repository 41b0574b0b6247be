/// Prompts from a JSON-lines file: one object a line, `{"prompt": "text", "max_new_tokens": 40}`; the second key is
/// optional. Empty lines are skipped.
public struct PromptFile: Sendable, Equatable {
    /// One prompt.
    public struct Prompt: Sendable, Equatable {
        public var text: String
        public var newTokens: Int?
    }

    static let longestFile = 1 << 30

    public var prompts: [Prompt]

    public init(file path: String) throws(ModelFileError) {
        try self.init(lines: try MappedFile.contents(of: path, limit: Self.longestFile), file: path)
    }

    public init(lines: [UInt8], file: String) throws(ModelFileError) {
        prompts = []
        for (index, line) in lines.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { continue }
            do throws(ModelFileError) {
                let document = try JSONParser.parse(Array(line), file: file)
                let root = try JSONObjectReader(document, document.root)
                guard let text = try root.string("prompt") else { throw root.missing("prompt") }
                prompts.append(Prompt(text: text, newTokens: try root.integer("max_new_tokens", in: 1...(1 << 24))))
            } catch {
                // The parser saw one line; its place in the file is further down.
                var error = error
                if case .text(_, let column) = error.position {
                    error.position = .text(line: index + 1, column: column)
                }
                throw error
            }
        }
        if prompts.isEmpty { throw ModelFileError(file: file, "there is no prompt in the file") }
    }
}
