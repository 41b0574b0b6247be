/// A safetensors file: eight bytes of header length, a JSON header, then the tensors' bytes.
///
/// The header is checked whole before anything is used: its length against the file, every tensor's element format,
/// shape and byte range against each other and against the file, and the ranges together, which must cover the data
/// without overlap or hole (the rule of the format's own reader). Memory: the header, at most `longestHeader` bytes,
/// and never more than the file itself.
/// Source: the safetensors format description, github.com/huggingface/safetensors, README "Format".
public final class SafetensorsFile: Sendable {
    /// One tensor as the header describes it.
    public struct Tensor: Sendable, Equatable {
        public var name: String
        public var format: ElementFormat
        /// Row-major; empty for a scalar.
        public var shape: [Int]
        /// Byte range counted from the file's first byte.
        public var range: Range<Int>

        public var count: Int { range.count / format.size }
    }

    /// The limit of the format's own reader.
    public static let longestHeader = 100_000_000
    static let longestShape = 16

    public let mapped: MappedFile
    public let tensors: [String: Tensor]

    public var path: String { mapped.path }

    public init(path: String) throws(ModelFileError) {
        mapped = try MappedFile(path: path)
        let bytes = mapped.bytes
        guard bytes.count >= 8 else {
            throw ModelFileError(
                file: path, position: .byte(0), "the file has \(bytes.count) bytes, too few for a safetensors header")
        }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard length <= UInt64(bytes.count - 8) else {
            throw ModelFileError(
                file: path, position: .byte(0),
                "the header claims \(length) bytes, but only \(bytes.count - 8) follow its length")
        }
        guard length <= UInt64(Self.longestHeader) else {
            throw ModelFileError(
                file: path, position: .byte(0),
                "the header claims \(length) bytes; at most \(Self.longestHeader) are read")
        }
        let dataStart = 8 + Int(length)
        let document = try JSONParser.parse(Array(bytes[8..<dataStart]), file: path)
        tensors = try Self.tensors(of: document, dataStart: dataStart, dataSize: bytes.count - dataStart)
    }

    /// The bytes of a tensor, as they lie in the file.
    public func bytes(of tensor: Tensor) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: mapped.bytes[tensor.range])
    }

    private static func tensors(
        of document: JSONDocument, dataStart: Int, dataSize: Int
    ) throws(ModelFileError) -> [String: Tensor] {
        var result: [String: Tensor] = [:]
        var ordered: [Tensor] = []
        for member in try JSONObjectReader(document, document.root).all where member.key != "__metadata__" {
            let tensor = try tensor(member, in: document, dataStart: dataStart, dataSize: dataSize)
            // Swift's String takes canonically equivalent names for one; refuse the second.
            guard result.updateValue(tensor, forKey: tensor.name) == nil else {
                throw document.error("the name stands twice in the header", at: member.node, subject: member.key)
            }
            ordered.append(tensor)
        }
        ordered.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
        var end = dataStart
        var previous: String?
        for tensor in ordered {
            if tensor.range.lowerBound < end {
                throw ModelFileError(
                    file: document.file, position: .byte(tensor.range.lowerBound), subject: tensor.name,
                    "its bytes overlap those of '\(previous ?? "the header")'")
            }
            if tensor.range.lowerBound > end {
                throw ModelFileError(
                    file: document.file, position: .byte(end), subject: tensor.name,
                    "\(tensor.range.lowerBound - end) bytes before it belong to no tensor")
            }
            end = tensor.range.upperBound
            previous = tensor.name
        }
        if end != dataStart + dataSize {
            throw ModelFileError(
                file: document.file, position: .byte(end),
                "\(dataStart + dataSize - end) bytes at the end belong to no tensor")
        }
        return result
    }

    private static func tensor(
        _ member: JSONMember, in document: JSONDocument, dataStart: Int, dataSize: Int
    ) throws(ModelFileError) -> Tensor {
        let reader = try JSONObjectReader(document, member.node, path: member.key)
        func refuse(_ message: String, _ kind: ModelFileError.Kind = .badData) -> ModelFileError {
            document.error(message, at: member.node, subject: member.key, kind: kind)
        }
        guard let formatName = try reader.string("dtype") else { throw reader.missing("dtype") }
        guard let format = ElementFormat(rawValue: formatName) else {
            throw refuse("unknown dtype '\(formatName)'", .unsupported)
        }
        guard let dimensions = try reader.array("shape") else { throw reader.missing("shape") }
        guard let offsets = try reader.array("data_offsets") else { throw reader.missing("data_offsets") }
        guard dimensions.count <= longestShape else {
            throw refuse("a shape of \(dimensions.count) dimensions; at most \(longestShape) are read")
        }
        func count(_ node: JSONNode, _ what: String) throws(ModelFileError) -> Int {
            guard case .number(let number) = node.value, let value = number.integer, value >= 0 else {
                throw document.error(
                    "\(what) must be an integer of 0 or more that fits in 63 bits", at: node, subject: member.key)
            }
            return value
        }
        var shape: [Int] = []
        var size = format.size
        for node in dimensions {
            let dimension = try count(node, "a dimension")
            let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
            if overflow { throw refuse("the shape's size in bytes does not fit in 63 bits") }
            size = product
            shape.append(dimension)
        }
        guard offsets.count == 2 else { throw refuse("data_offsets must hold two numbers, found \(offsets.count)") }
        let begin = try count(offsets[0], "an offset")
        let end = try count(offsets[1], "an offset")
        guard begin <= end else { throw refuse("data_offsets run backwards: \(begin) to \(end)") }
        guard end <= dataSize else {
            throw refuse("its data ends at byte \(end), but the file holds \(dataSize) bytes of data")
        }
        guard end - begin == size else {
            throw refuse("\(formatName) \(shape) takes \(size) bytes, but data_offsets span \(end - begin)")
        }
        return Tensor(name: member.key, format: format, shape: shape, range: dataStart + begin..<dataStart + end)
    }
}
