import CZlib
import YAMLTree

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The bytes of a file from front to back in pieces, unpacked on the way if the name ends in `.gz`.
final class ByteStream {
    enum Failure: Error, Equatable {
        case unreadable(Int32)
        /// The gzip data end in the middle.
        case truncated
        /// The data are not gzip, or damaged; with zlib's words.
        case damaged(String)
    }

    private let descriptor: Int32
    private var inflater: Inflater?

    static let pieceSize = 1 << 16

    init(path: String) throws(Failure) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(errno) }
        inflater = path.hasSuffix(".gz") ? Inflater() : nil
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(errno) }
        if status.st_mode & S_IFMT == S_IFDIR { throw .unreadable(EISDIR) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// The next bytes; none at the end of the file.
    func next(into piece: inout [UInt8]) throws(Failure) {
        guard let inflater else { return try readPiece(&piece) }
        while true {
            if inflater.needsInput {
                var packed: [UInt8] = []
                try readPiece(&packed)
                if packed.isEmpty {
                    piece.removeAll(keepingCapacity: true)
                    if inflater.isMidway { throw .truncated }
                    return
                }
                inflater.take(packed)
            }
            if let problem = inflater.inflate(into: &piece) { throw .damaged(problem) }
            if !piece.isEmpty { return }
        }
    }

    private func readPiece(_ piece: inout [UInt8]) throws(Failure) {
        var code: Int32 = 0
        let descriptor = descriptor
        piece = [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { buffer, count in
            while true {
                let got = read(descriptor, buffer.baseAddress!, Self.pieceSize)
                if got < 0, errno == EINTR { continue }
                code = got < 0 ? errno : 0
                count = max(0, got)
                return
            }
        }
        if code != 0 { throw .unreadable(code) }
    }
}

/// zlib's state for one gzip file, which may have several members.
private final class Inflater {
    private let stream: UnsafeMutablePointer<z_stream>
    private var input: [UInt8] = []
    private var used = 0
    /// Inside a member: its end has not been seen.
    private(set) var isMidway = true

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15 bits of window, 16 for a gzip header.
        let code = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(code == Z_OK, "zlib could not start")
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// More input is needed once all of it is used; what zlib holds back comes out with the next bytes.
    var needsInput: Bool { used == input.count }

    func take(_ bytes: [UInt8]) {
        input = bytes
        used = 0
    }

    /// Unpacks up to a piece; returns zlib's complaint, if any.
    func inflate(into piece: inout [UInt8]) -> String? {
        if !isMidway {
            inflateReset(stream)
            isMidway = true
        }
        var code = Z_OK
        piece = [UInt8](unsafeUninitializedCapacity: ByteStream.pieceSize) { output, count in
            input.withUnsafeMutableBufferPointer { bytes in
                stream.pointee.next_in = bytes.baseAddress! + used
                stream.pointee.avail_in = UInt32(bytes.count - used)
                stream.pointee.next_out = output.baseAddress!
                stream.pointee.avail_out = UInt32(output.count)
                code = CZlib.inflate(stream, Z_NO_FLUSH)
                used = bytes.count - Int(stream.pointee.avail_in)
                count = output.count - Int(stream.pointee.avail_out)
            }
        }
        if code == Z_STREAM_END { isMidway = false }
        guard code != Z_OK, code != Z_STREAM_END, code != Z_BUF_ERROR else { return nil }
        return stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(code)"
    }
}
