import Quantities

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The bytes of an input file, and the name to show in messages.
public struct SourceFile: Sendable {
    public let name: String
    public let bytes: [UInt8]

    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    /// An input given as text, under the name to show in messages.
    public init(name: String, text: String) {
        self.init(name: name, bytes: Array(text.utf8))
    }

    /// Reads a whole file.
    ///
    /// - Parameter limit: the largest size accepted.
    /// - Throws: a diagnostic of kind `noInput` if the file is missing, a directory or unreadable; of kind `badData`
    ///   if it is larger than `limit`.
    public static func read(_ path: String, limit: Int = 64 << 20) throws(DiagnosticList) -> SourceFile {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(path, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unreadable(path, errno) }
        if status.st_mode & S_IFMT == S_IFDIR { throw unreadable(path, EISDIR) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(limit, Int(max(0, status.st_size))) + 1)
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = chunk.withUnsafeMutableBytes { readSome(descriptor, $0.baseAddress!, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(path, errno) }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
            if bytes.count > limit {
                let message = "the file is larger than the limit of \(Bytes(Int64(limit)))"
                throw DiagnosticList(Diagnostic(message, at: Mark(file: path)))
            }
        }
        return SourceFile(name: path, bytes: bytes)
    }

    /// Why the system would not give a file, from its `errno`.
    package static func unreadable(_ path: String, _ code: Int32) -> DiagnosticList {
        let message =
            switch code {
            case ENOENT, ENOTDIR: "no such file"
            case EISDIR: "this is a directory, not a file"
            case EACCES, EPERM: "no permission to read this file"
            default: "cannot read this file: \(String(cString: strerror(code)))"
            }
        return DiagnosticList(Diagnostic(message, at: Mark(file: path), kind: .noInput))
    }
}

/// The system call, under a name that `SourceFile.read` does not hide.
private func readSome(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
