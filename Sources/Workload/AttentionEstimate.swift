import Quantities

/// An estimate of how long one request's attention takes in the memory channel that holds its caches.
///
/// NeuPIMs (ASPLOS'24), algorithm 1: with E elements of a token's keys, P elements in a row, B banks, H heads of size d
/// (all of one tensor-parallel shard), an operand write of GW and a row of dot-products of T cycles,
///
///     L(seq) = ceil(E/P)·(GW + ceil(seq/B)·T) + H·ceil(seq/P)·(GW + ceil(d/B)·T)
///
/// The first term multiplies the query with the keys, a row of which lies in each bank; the second the probabilities
/// with the transposed values. It is used to compare requests, not to time them: refresh, softmax and the memory's
/// other traffic are left out. With grouped-query attention E and H are those of the queries, which bounds the cost
/// from above and keeps the order of requests.
public struct AttentionEstimate: Hashable, Sendable {
    /// Query elements of a token in the shard (E) and their heads (H, d).
    public var width: Int
    public var heads: Int
    public var headSize: Int
    /// Elements in one row of one bank (P), and banks in a channel (B).
    public var rowElements: Int
    public var banks: Int
    /// The write of one operand row into the channel's buffer (GW).
    public var operandWrite: Cycles
    /// One row in every bank, from its activation to its results (T).
    public var rowOfDotProducts: Cycles

    public init(
        width: Int, heads: Int, headSize: Int, rowElements: Int, banks: Int, operandWrite: Cycles,
        rowOfDotProducts: Cycles
    ) {
        precondition(rowElements > 0 && banks > 0, "a channel has at least one bank, and a row one element")
        self.width = width
        self.heads = heads
        self.headSize = headSize
        self.rowElements = rowElements
        self.banks = banks
        self.operandWrite = operandWrite
        self.rowOfDotProducts = rowOfDotProducts
    }

    /// The estimate for a shard of a model.
    public init(
        of shard: ModelShard, rowElements: Int, banks: Int, operandWrite: Cycles, rowOfDotProducts: Cycles
    ) {
        self.init(
            width: shard.queryWidth, heads: shard.heads, headSize: shard.model.headSize, rowElements: rowElements,
            banks: banks, operandWrite: operandWrite, rowOfDotProducts: rowOfDotProducts)
    }

    /// L(length) in cycles of the memory's clock.
    public func latency(length: Int) -> Cycles {
        let logit = pieces(width, rowElements) * cost(rows: pieces(length, banks))
        let attend = Int64(heads) * pieces(length, rowElements) * cost(rows: pieces(headSize, banks))
        return Cycles(logit + attend)
    }

    private func cost(rows: Int64) -> Int64 { operandWrite.count + rows * rowOfDotProducts.count }

    private func pieces(_ whole: Int, _ part: Int) -> Int64 { Int64((whole + part - 1) / part) }
}
