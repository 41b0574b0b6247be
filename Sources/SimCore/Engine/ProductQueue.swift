/// The products of a program in order, how far their blocks are fetched and their tile operations placed.
///
/// Blocks are fetched in order, ahead of use as far as the scratchpad half for operands under way allows; a block's
/// space is free again when the operation that last used it has ended. A product larger than that half is fetched as
/// space frees up, so it is tiled by itself.
struct ProductQueue: Sendable {
    /// Bytes of the scratchpad for operand blocks.
    let budget: Int
    /// Products in program order: numbers of their nodes.
    var order: [Int] = []
    /// Started: dependencies are fulfilled.
    var isStarted: [Bool] = []
    /// Position in `order` of the product whose blocks are being fetched, and the next block of it.
    var fetching = 0
    var nextBlock = 0
    /// Position in `order` of the product whose operations are being placed, and the next operation of it.
    var placing = 0
    var nextOperation = 0
    var bytesUnderWay = 0
    var lastEnd = 0
    /// Uses of each block that are still to come.
    var usesLeft: [Int32] = []

    init(budget: Int) { self.budget = budget }
}
