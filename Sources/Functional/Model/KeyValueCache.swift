/// The keys and values of one request, all layers: per layer two matrices `[length, keyValueHeads × headWidth]`.
///
/// Keys are stored rotated. Rows grow by doubling, so a request costs what it has seen, not what it may see.
public final class KeyValueCache {
    /// Tokens whose keys and values are held.
    public internal(set) var length = 0
    private var keys: [GrowingRows]
    private var values: [GrowingRows]

    public convenience init(_ config: ModelConfig) {
        self.init(layers: config.layers, width: config.keyValueHeads * config.headWidth)
    }

    init(layers: Int, width: Int) {
        keys = (0..<layers).map { _ in GrowingRows(width: width) }
        values = (0..<layers).map { _ in GrowingRows(width: width) }
    }

    /// Makes room for rows up to `count` and returns the matrices of `layer`.
    func rows(layer: Int, count: Int) -> (keys: UnsafeMutablePointer<Float>, values: UnsafeMutablePointer<Float>) {
        keys[layer].reserve(count)
        values[layer].reserve(count)
        return (keys[layer].pointer, values[layer].pointer)
    }

    /// Forgets all tokens from `length` on.
    public func truncate(to length: Int) {
        precondition(length <= self.length, "a cache is cut, never extended")
        self.length = length
    }
}

/// Rows in one block of memory that doubles when it is full.
private final class GrowingRows {
    private let width: Int
    private var storage = UnsafeMutableBufferPointer<Float>.allocate(capacity: 0)

    init(width: Int) { self.width = width }

    deinit { storage.deallocate() }

    var pointer: UnsafeMutablePointer<Float> { storage.baseAddress! }

    func reserve(_ rows: Int) {
        let needed = rows * width
        guard needed > storage.count else { return }
        let larger = UnsafeMutableBufferPointer<Float>.allocate(capacity: max(needed, 2 * storage.count, 32 * width))
        larger.baseAddress!.update(from: storage.baseAddress!, count: storage.count)
        storage.deallocate()
        storage = larger
    }
}
