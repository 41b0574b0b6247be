/// A row-major matrix of F32 in memory of its own, reused from pass to pass: it grows and never shrinks.
final class Matrix {
    private(set) var rows = 0
    private(set) var columns = 0
    private var storage: UnsafeMutableBufferPointer<Float>

    init() { storage = .allocate(capacity: 0) }

    deinit { storage.deallocate() }

    /// Makes it `[rows, columns]`; the content is undefined after it.
    func reshape(_ rows: Int, _ columns: Int) {
        let count = rows * columns
        if count > storage.count {
            storage.deallocate()
            storage = .allocate(capacity: count)
        }
        self.rows = rows
        self.columns = columns
    }

    var count: Int { rows * columns }

    var pointer: UnsafeMutablePointer<Float> { storage.baseAddress! }

    func row(_ row: Int) -> UnsafeMutablePointer<Float> { pointer + row * columns }

    func fill(_ value: Float) { pointer.update(repeating: value, count: count) }
}
