import Foundation

/// A byte-level BPE tokenizer as HuggingFace's `tokenizer.json` describes it.
public struct BytePairTokenizer: Tokenizer {
    /// A token that is cut out of the text before anything else.
    struct AddedToken: Sendable {
        var id: Int
        var content: [UInt8]
    }

    /// What its reader filled in.
    struct Parts: Sendable {
        var file = ""
        var tokenBytes: [Int: [UInt8]] = [:]
        var byteTokens = [Int32?](repeating: nil, count: 256)
        var merger = BytePairMerger()
        /// Whole pieces that are tokens, only if the tokenizer looks them up before merging.
        var wholePieces: [ArraySlice<UInt8>: Int]?
        var added: [AddedToken] = []
        var normalises = false
        var addsPrefixSpace = false
        var preTokenizer = PreTokenizer.whole
        var before: [Int] = []
        var after: [Int] = []
    }

    private let parts: Parts
    /// Added tokens by their first byte, longer ones first.
    private let addedByFirstByte: [[AddedToken]]

    /// - Parameter path: a `tokenizer.json`.
    public init(file path: String) throws(ModelFileError) {
        try self.init(json: try MappedFile.contents(of: path, limit: BytePairTokenizerReader.longestFile), file: path)
    }

    public init(json: [UInt8], file: String) throws(ModelFileError) {
        parts = try BytePairTokenizerReader.read(json, file: file)
        var byFirst = [[AddedToken]](repeating: [], count: 256)
        for token in parts.added { byFirst[Int(token.content[0])].append(token) }
        addedByFirstByte = byFirst.map { $0.sorted { $0.content.count > $1.content.count } }
    }

    public func bytes(of token: Int) -> [UInt8] { parts.tokenBytes[token] ?? [] }

    public func encode(_ text: [UInt8], addingSpecialTokens: Bool) throws(ModelFileError) -> [Int] {
        var tokens = addingSpecialTokens ? parts.before : []
        var start = 0
        var index = 0
        while index < text.count {
            let match = addedByFirstByte[Int(text[index])].first { text[index...].starts(with: $0.content) }
            guard let match else {
                index += 1
                continue
            }
            try encodePlain(text[start..<index], into: &tokens)
            tokens.append(match.id)
            index += match.content.count
            start = index
        }
        try encodePlain(text[start...], into: &tokens)
        return addingSpecialTokens ? tokens + parts.after : tokens
    }

    /// Text without added tokens. Bytes that are not UTF-8 become U+FFFD, as in any reader of text.
    private func encodePlain(_ bytes: ArraySlice<UInt8>, into tokens: inout [Int]) throws(ModelFileError) {
        guard !bytes.isEmpty else { return }
        var text = String(decoding: bytes, as: UTF8.self)
        if parts.normalises { text = text.precomposedStringWithCanonicalMapping }
        if parts.addsPrefixSpace, text.utf8.first != UInt8(ascii: " ") { text = " " + text }
        var result: [Int] = []
        try parts.preTokenizer.forEachPiece(of: text) { (piece) throws(ModelFileError) in
            if let token = parts.wholePieces?[piece] {
                result.append(token)
                return
            }
            var symbols: [Int32] = []
            for byte in piece {
                guard let token = parts.byteTokens[Int(byte)] else {
                    throw ModelFileError(file: parts.file, "the vocabulary has no token for byte \(byte) of the text")
                }
                symbols.append(token)
            }
            parts.merger.merge(&symbols)
            result += symbols.map(Int.init)
        }
        tokens += result
    }
}
