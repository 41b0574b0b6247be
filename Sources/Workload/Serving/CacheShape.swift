/// How many blocks of memory the caches of one request take, by the tokens in them.
///
/// A cache grows in pages: each part of it (keys, values, or both together) takes a number of blocks for every so many
/// tokens. What a block is, the memory's layout decides; it has the same place in every layer.
public struct CacheShape: Sendable, Hashable {
    /// Keys, values, or both.
    public struct Part: Sendable, Hashable {
        /// Tokens of a page.
        public var tokens: Int
        /// Blocks of a page.
        public var blocks: Int

        public init(tokens: Int, blocks: Int) {
            precondition(tokens > 0 && blocks > 0, "a page holds tokens and takes blocks")
            self.tokens = tokens
            self.blocks = blocks
        }

        func blocks(forTokens count: Int) -> Int { (count + tokens - 1) / tokens * blocks }
    }

    public var parts: [Part]

    public init(parts: [Part]) {
        self.parts = parts
    }

    /// Blocks of all parts.
    public func blocks(forTokens count: Int) -> Int { parts.reduce(0) { $0 + $1.blocks(forTokens: count) } }
}
