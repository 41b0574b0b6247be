import CZlib

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The bytes of a file from front to back, unpacked on the way if they are gzip (one member or several).
///
/// Gzip is told by its first two bytes; a file whose name ends in `.gz` must be gzip. Not modelled: other packings.
public struct PackedInput: ~Copyable {
    public enum Failure: Error, Equatable, Sendable {
        /// The file cannot be opened or read; the system's error number.
        case unreadable(Int32)
        /// The name ends in `.gz` and the content is not gzip.
        case notPacked
        /// The gzip data end in the middle.
        case truncated
        /// The gzip data are damaged; with zlib's words.
        case damaged(String)
    }

    private let file: gzFile

    public init(path: String) throws(Failure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(errno) }
        var status = stat()
        let code = fstat(descriptor, &status) != 0 ? errno : status.st_mode & S_IFMT == S_IFDIR ? EISDIR : 0
        guard code == 0, let file = gzdopen(descriptor, "rb") else {
            close(descriptor)
            throw .unreadable(code == 0 ? ENOMEM : code)
        }
        gzbuffer(file, 1 << 17)
        if path.hasSuffix(".gz"), gzdirect(file) == 1 {
            gzclose_r(file)
            throw .notPacked
        }
        self.file = file
    }

    deinit { gzclose_r(file) }

    /// Reads the next bytes to the front of `buffer` and returns how many; 0 at the end of the file.
    public mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        let count = gzread(file, buffer.baseAddress, UInt32(min(buffer.count, 1 << 30)))
        if count > 0 { return Int(count) }
        var code: Int32 = 0
        let text = gzerror(file, &code).map { String(cString: $0) } ?? ""
        switch code {
        case Z_OK, Z_STREAM_END: return 0
        case Z_ERRNO: throw .unreadable(errno)
        case Z_BUF_ERROR: throw .truncated
        default:
            // zlib puts the name of the file before its words.
            throw .damaged(String(text.split(separator: ":").last?.drop { $0 == " " } ?? "damaged data"))
        }
    }
}
