import Glibc

/// A regular file mapped read-only: pages cost memory when they are first touched.
///
/// The mapping lives as long as the object. A file that another process shortens while it is mapped ends this process
/// with SIGBUS, as any use of `mmap` does.
public final class MappedFile: @unchecked Sendable {
    // Sendable: the mapping is read-only and its pointer never changes.
    public let path: String
    public let bytes: UnsafeRawBufferPointer

    /// Maps a whole file; refuses what is not a regular file, and an empty one.
    public init(path: String) throws(ModelFileError) {
        self.path = path
        // O_NONBLOCK: opening a FIFO must not wait for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw ModelFileError(.noInput, file: path, "cannot be opened: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw ModelFileError(.noInput, file: path, "cannot be examined: \(String(cString: strerror(errno)))")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw ModelFileError(.noInput, file: path, "is not a regular file")
        }
        guard status.st_size > 0 else { throw ModelFileError(file: path, "the file is empty") }
        let size = Int(status.st_size)
        guard let base = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED else {
            throw ModelFileError(.noInput, file: path, "cannot be mapped: \(String(cString: strerror(errno)))")
        }
        bytes = UnsafeRawBufferPointer(start: base, count: size)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress!), bytes.count) }

    /// The file as bytes in memory; refuses one longer than `limit` bytes before any is read.
    public static func contents(of path: String, limit: Int) throws(ModelFileError) -> [UInt8] {
        let file = try MappedFile(path: path)
        guard file.bytes.count <= limit else {
            throw ModelFileError(file: path, "the file has \(file.bytes.count) bytes; at most \(limit) are read")
        }
        return Array(file.bytes)
    }
}
