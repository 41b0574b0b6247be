#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The lines of a file, unpacked on the way if it is gzip, or of bytes in memory. Holds one block at a time.
public final class TextLines {
    public enum Failure: Error, Equatable, Sendable {
        case input(PackedInput.Failure)
        /// The line that would come next is longer than allowed.
        case tooLong
    }

    private var input: PackedInput?
    private let block: UnsafeMutableRawBufferPointer
    private let longest: Int
    private var filled = 0
    private var position = 0
    private var isAtEnd = false
    /// Number of the line that `next` returned last, from 1; 0 before the first.
    public private(set) var line = 0
    /// Whether that line had no end: only the last one of a file can.
    public private(set) var isCut = false

    private static let blockSize = 1 << 18

    /// - Parameter longest: most bytes of a line.
    public init(path: String, longest: Int) throws(PackedInput.Failure) {
        input = try PackedInput(path: path)
        self.longest = longest
        block = .allocate(byteCount: Self.blockSize + longest, alignment: 16)
    }

    public init(bytes: [UInt8]) {
        input = nil
        longest = bytes.count
        block = .allocate(byteCount: max(bytes.count, 1), alignment: 16)
        block.copyBytes(from: bytes)
        filled = bytes.count
        isAtEnd = true
    }

    deinit { block.deallocate() }

    /// The next line without its end, valid until the following call; nil at the end of the file.
    public func next() throws(Failure) -> UnsafeRawBufferPointer? {
        var searched = position
        while true {
            if let end = memchr(block.baseAddress! + searched, 0x0A, filled - searched) {
                let start = block.baseAddress! + position
                let length = UnsafeRawPointer(end) - UnsafeRawPointer(start)
                guard length <= longest else { throw .tooLong }
                position += length + 1
                line += 1
                return UnsafeRawBufferPointer(start: start, count: length)
            }
            guard filled - position <= longest else { throw .tooLong }
            if isAtEnd {
                guard position < filled else { return nil }
                defer { position = filled }
                line += 1
                isCut = true
                return UnsafeRawBufferPointer(rebasing: block[position..<filled])
            }
            block.baseAddress!.copyMemory(from: block.baseAddress! + position, byteCount: filled - position)
            filled -= position
            position = 0
            searched = filled
            do throws(PackedInput.Failure) {
                let room = UnsafeMutableRawBufferPointer(rebasing: block[filled..<filled + Self.blockSize])
                let count = try input!.read(into: room)
                filled += count
                isAtEnd = count == 0
            } catch {
                throw .input(error)
            }
        }
    }
}
