import Glibc

/// Turns text into a model's tokens and back.
public protocol Tokenizer: Sendable {
    /// Tokens of a text; with `addingSpecialTokens`, also those the model expects around a text.
    func encode(_ text: [UInt8], addingSpecialTokens: Bool) throws(ModelFileError) -> [Int]

    /// The bytes of one token; empty if the token is not in the vocabulary.
    func bytes(of token: Int) -> [UInt8]
}

extension Tokenizer {
    public func encode(_ text: String) throws(ModelFileError) -> [Int] {
        try encode(Array(text.utf8), addingSpecialTokens: true)
    }

    /// Bytes of a text; not valid UTF-8 where the tokens end inside a character.
    public func decode(_ tokens: [Int]) -> [UInt8] { tokens.flatMap { bytes(of: $0) } }
}

/// Finds the tokenizer of a model folder: its `tokenizer.json`, or bytes if the vocabulary is the 256 bytes.
public func modelTokenizer(folder: String, config: ModelConfig) throws(ModelFileError) -> any Tokenizer {
    let path = folder + "/tokenizer.json"
    if access(path, F_OK) == 0 { return try BytePairTokenizer(file: path) }
    guard config.vocabulary == 256 else {
        throw ModelFileError(
            .noInput, file: path,
            "there is no tokenizer.json, and a vocabulary of \(config.vocabulary) is not the 256 bytes")
    }
    return ByteTokenizer(beginToken: config.beginToken)
}
