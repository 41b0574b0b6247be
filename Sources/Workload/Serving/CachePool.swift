/// The memory for caches, handed out block by block as requests grow, taken back as they end.
///
/// There is a pool for each channel where a request's caches lie in one channel, else one for the whole memory. Any free
/// block will do for any part of any request of its pool, so nothing is lost to fragmentation but the unused rest of each
/// request's last pages. Freed blocks are used again before fresh ones, the last freed first, so that the same requests
/// always get the same blocks.
public struct CachePool: Sendable {
    public let shape: CacheShape
    public let blocksPerPool: Int
    private var fresh: [Int]
    private var returned: [[Int32]]
    private var holdings: [Holding?]
    /// Blocks handed out and taken back so far.
    public private(set) var allocatedBlocks = 0
    public private(set) var freedBlocks = 0

    private struct Holding: Sendable {
        var pool: Int
        /// For each part, the block of each piece of each page, in order.
        var blocks: [[Int32]]
    }

    /// - Parameter requests: how many there are in all; they are named by their positions.
    public init(shape: CacheShape, pools: Int, blocksPerPool: Int, requests: Int) {
        precondition(pools > 0 && blocksPerPool >= 0, "there is memory, if only for nothing")
        self.shape = shape
        self.blocksPerPool = blocksPerPool
        fresh = [Int](repeating: 0, count: pools)
        returned = [[Int32]](repeating: [], count: pools)
        holdings = [Holding?](repeating: nil, count: requests)
    }

    public var pools: Int { fresh.count }
    /// Blocks in use.
    public var usedBlocks: Int { allocatedBlocks - freedBlocks }

    public func freeBlocks(in pool: Int) -> Int { blocksPerPool - fresh[pool] + returned[pool].count }

    /// Whether a request that holds nothing yet could hold so many tokens.
    public func fits(tokens: Int, in pool: Int) -> Bool { shape.blocks(forTokens: tokens) <= freeBlocks(in: pool) }

    /// The pool that a request's caches lie in; nil while it has none.
    public func pool(of request: Int) -> Int? { holdings[request]?.pool }

    /// Binds a request without caches to a pool.
    public mutating func place(_ request: Int, in pool: Int) {
        precondition(holdings[request] == nil, "request \(request) has caches already")
        holdings[request] = Holding(pool: pool, blocks: [[Int32]](repeating: [], count: shape.parts.count))
    }

    /// Gives a request the blocks that it lacks for so many tokens; all of them or, if the pool has too few, none.
    public mutating func grow(_ request: Int, toTokens tokens: Int) -> Bool {
        guard var holding = holdings[request] else { preconditionFailure("request \(request) has no pool yet") }
        let missing = shape.parts.indices.map {
            max(0, shape.parts[$0].blocks(forTokens: tokens) - holding.blocks[$0].count)
        }
        let all = missing.reduce(0, +)
        guard all > 0 else { return true }
        guard all <= freeBlocks(in: holding.pool) else { return false }
        holdings[request] = nil
        for (part, count) in missing.enumerated() {
            for _ in 0..<count { holding.blocks[part].append(take(from: holding.pool)) }
        }
        holdings[request] = holding
        allocatedBlocks += all
        return true
    }

    private mutating func take(from pool: Int) -> Int32 {
        if let block = returned[pool].popLast() { return block }
        fresh[pool] += 1
        return Int32(fresh[pool] - 1)
    }

    /// Takes back all that a request holds.
    public mutating func release(_ request: Int) {
        guard let holding = holdings[request] else { return }
        holdings[request] = nil
        for blocks in holding.blocks {
            returned[holding.pool] += blocks.reversed()
            freedBlocks += blocks.count
        }
    }

    /// The block with a piece of a page of a request's part.
    ///
    /// - Parameter piece: pages before it times the blocks of a page, plus its place in the page.
    public func block(request: Int, part: Int, piece: Int) -> Int {
        guard let holding = holdings[request] else { preconditionFailure("request \(request) has no caches") }
        return Int(holding.blocks[part][piece])
    }

    /// What must hold between any two steps: every block is in one place.
    public func checkInvariants() {
        for pool in fresh.indices {
            let held = holdings.compactMap { $0 }.filter { $0.pool == pool }.flatMap { $0.blocks.flatMap { $0 } }
            let all = held + returned[pool]
            precondition(Set(all).count == all.count && all.count == fresh[pool], "each block is in one place")
            precondition(all.allSatisfy { $0 < blocksPerPool }, "no block lies outside of the memory")
        }
        let held = holdings.reduce(0) { $0 + ($1?.blocks.reduce(0) { $0 + $1.count } ?? 0) }
        precondition(held == usedBlocks, "blocks in use are those that were handed out and not taken back")
    }
}
