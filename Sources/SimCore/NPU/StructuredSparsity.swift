/// N:M structured sparsity of the weights, the same for a whole layer: of every `block` neighbours along `k`, `kept`
/// are stored and computed.
///
/// Source of the rule: SCALE-Sim v3.0.0, layer-wise mode (`SparsitySupport: true`, `OptimizedMapping: false`). Left
/// out: its row-wise mode, which ignores the table's ratio and draws a random one per column.
public struct StructuredSparsity: Hashable, Sendable {
    public let kept: Int
    public let block: Int

    public static let dense = StructuredSparsity(kept: 1, of: 1)

    /// - Precondition: `0 < kept <= block`.
    public init(kept: Int, of block: Int) {
        precondition(kept > 0 && kept <= block, "N:M sparsity keeps at least one and at most all of a block")
        self.kept = kept
        self.block = block
    }

    public var isDense: Bool { kept == block }

    /// Stored elements of an inner dimension of `k`.
    ///
    /// Whole blocks keep N each. A last block of r < M elements keeps min(N, r): it may hold N nonzeros and cannot hold
    /// more than r. For k divisible by M this is k * N / M.
    public func keptElements(of k: Int) -> Int {
        (k / block) * kept + min(kept, k % block)
    }

    /// The product that the array really does: `k` shortened to the stored elements.
    public func compressed(_ shape: GEMMShape) -> GEMMShape {
        isDense ? shape : GEMMShape(m: shape.m, n: shape.n, k: keptElements(of: shape.k))
    }
}
