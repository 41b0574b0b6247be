import CZlib
import YAMLTree

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The bytes of a file, decompressed on the way if it is in gzip format, and a buffer for them.
struct GzipInput: ~Copyable {
    let buffer: UnsafeMutableRawBufferPointer
    private let name: String
    private let file: gzFile

    /// - Throws: a diagnostic of kind `noInput` if the file cannot be opened, of kind `badData` if its name ends in
    ///   `.gz` but it is not compressed.
    init(path: String, bufferSize: Int) throws(DiagnosticList) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SourceFile.unreadable(path, errno) }
        var status = stat()
        let code = fstat(descriptor, &status) != 0 ? errno : status.st_mode & S_IFMT == S_IFDIR ? EISDIR : 0
        guard code == 0, let file = gzdopen(descriptor, "rb") else {
            close(descriptor)
            throw SourceFile.unreadable(path, code == 0 ? ENOMEM : code)
        }
        gzbuffer(file, 1 << 17)
        if path.hasSuffix(".gz"), gzdirect(file) == 1 {
            gzclose(file)
            throw DiagnosticList(Diagnostic("this is not gzip data", at: Mark(file: path)))
        }
        self.name = path
        self.file = file
        self.buffer = .allocate(byteCount: bufferSize, alignment: 16)
    }

    deinit {
        gzclose(file)
        buffer.deallocate()
    }

    /// Fills `buffer` from `start` on.
    ///
    /// - Returns: how many bytes were read; 0 at the end of the file.
    /// - Throws: a diagnostic at `place` if the compressed data are damaged or end too early, or at the file if it
    ///   cannot be read.
    mutating func fill(from start: Int, at place: Mark) throws(DiagnosticList) -> Int {
        let count = gzread(file, buffer.baseAddress! + start, UInt32(min(buffer.count - start, 1 << 30)))
        if count > 0 { return Int(count) }
        var code: Int32 = 0
        let text = gzerror(file, &code).map { String(cString: $0) } ?? ""
        switch code {
        case Z_OK, Z_STREAM_END: return 0
        case Z_ERRNO: throw SourceFile.unreadable(name, errno)
        case Z_BUF_ERROR:
            throw DiagnosticList(Diagnostic("broken gzip: the compressed data end too early", at: place))
        default:
            // zlib puts the name of the file before its words.
            let words = text.split(separator: ":").last.map { $0.drop { $0 == " " } } ?? "damaged data"
            throw DiagnosticList(Diagnostic("broken gzip: \(words)", at: place))
        }
    }
}
