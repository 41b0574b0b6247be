/// A token is a byte's value.
public struct ByteTokenizer: Tokenizer {
    /// Put before a text when special tokens are asked for.
    public var beginToken: Int?

    public init(beginToken: Int? = nil) { self.beginToken = beginToken }

    public func encode(_ text: [UInt8], addingSpecialTokens: Bool) -> [Int] {
        (addingSpecialTokens ? beginToken.map { [$0] } ?? [] : []) + text.map(Int.init)
    }

    public func bytes(of token: Int) -> [UInt8] { UInt8(exactly: token).map { [$0] } ?? [] }
}
