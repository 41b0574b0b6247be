/// One weight of a model, as F32, made when it is first asked for.
///
/// An aligned F32 tensor is used where it lies in the mapped file; F16 and BF16 are widened into memory (exactly).
/// Either way the values are checked once: a NaN or an infinity is refused with the tensor's name and element.
/// Not thread-safe: a model runs on one thread, OpenBLAS splits the products.
public final class WeightTensor {
    let file: SafetensorsFile
    public let tensor: SafetensorsFile.Tensor
    private var ready: UnsafeBufferPointer<Float>?
    private var owned: UnsafeMutableBufferPointer<Float>?

    init(file: SafetensorsFile, tensor: SafetensorsFile.Tensor) {
        self.file = file
        self.tensor = tensor
    }

    deinit { owned?.deallocate() }

    public var shape: [Int] { tensor.shape }

    /// A copy of all elements, row-major.
    public func array() throws(ModelFileError) -> [Float] { Array(try floats()) }

    /// All elements, row-major, valid as long as this object lives.
    func floats() throws(ModelFileError) -> UnsafeBufferPointer<Float> {
        if let ready { return ready }
        let bytes = file.bytes(of: tensor)
        let values: UnsafeBufferPointer<Float>
        let bad: Int?
        if tensor.format == .f32, Int(bitPattern: bytes.baseAddress) % MemoryLayout<Float>.alignment == 0 {
            values = bytes.bindMemory(to: Float.self)
            bad = ElementFormat.firstNonFinite(values)
        } else {
            let target = UnsafeMutableBufferPointer<Float>.allocate(capacity: tensor.count)
            owned = target
            bad = tensor.format.widen(bytes, into: target)
            values = UnsafeBufferPointer(target)
        }
        if let bad { throw nonFinite(values[bad], at: bad) }
        ready = values
        return values
    }

    /// The address of the first element of `floats()`.
    func pointer() throws(ModelFileError) -> UnsafePointer<Float> { try floats().baseAddress! }

    /// Row `row` of a matrix `[rows, columns]` into `target`, without touching the other rows.
    func copyRow(_ row: Int, into target: UnsafeMutableBufferPointer<Float>) throws(ModelFileError) {
        let columns = shape[1]
        precondition(target.count == columns && row >= 0 && row < shape[0], "a row of the matrix")
        let width = columns * tensor.format.size
        let bytes = UnsafeRawBufferPointer(rebasing: file.bytes(of: tensor)[row * width..<(row + 1) * width])
        if let bad = tensor.format.widen(bytes, into: target) { throw nonFinite(target[bad], at: row * columns + bad) }
    }

    private func nonFinite(_ value: Float, at index: Int) -> ModelFileError {
        ModelFileError(
            file: file.path, position: .byte(tensor.range.lowerBound + index * tensor.format.size),
            subject: tensor.name, "element \(index) is \(value); weights must be finite")
    }
}
