import CZlib
import Glibc

/// Bytes to a file, gzip-compressed if its name ends in `.gz`, or into memory.
///
/// A file is written beside its name and renamed by `finish`, so that nothing half-written is left under the name.
final class TraceOutputStream {
    private let path: String
    private var file: gzFile?
    private(set) var memory: [UInt8] = []
    private var buffer: [UInt8] = []
    private static let bufferSize = 1 << 18

    /// In memory.
    init() { path = "" }

    init(path: String) throws(TraceFileError) {
        self.path = path
        // T: the bytes as they are; otherwise gzip at a level that costs little time.
        guard let file = gzopen(path + ".part", path.hasSuffix(".gz") ? "wb3" : "wbT") else {
            throw TraceFileError(.noInput, file: path, "cannot be written: \(String(cString: strerror(errno)))")
        }
        self.file = file
        gzbuffer(file, 1 << 17)
    }

    deinit {
        if let file {
            gzclose_w(file)
            unlink(path + ".part")
        }
    }

    func write(_ bytes: [UInt8]) throws(TraceFileError) {
        if path.isEmpty {
            memory += bytes
            return
        }
        buffer += bytes
        if buffer.count >= Self.bufferSize { try flush() }
    }

    func finish() throws(TraceFileError) {
        guard let file else { return }
        try flush()
        self.file = nil
        guard gzclose_w(file) == Z_OK, rename(path + ".part", path) == 0 else {
            let reason = String(cString: strerror(errno))
            unlink(path + ".part")
            throw TraceFileError(.noInput, file: path, "cannot be written: \(reason)")
        }
    }

    private func flush() throws(TraceFileError) {
        if buffer.isEmpty { return }
        let written = buffer.withUnsafeBytes { gzwrite(file, $0.baseAddress, UInt32($0.count)) }
        guard written == buffer.count else {
            throw TraceFileError(.noInput, file: path, "cannot be written: \(String(cString: strerror(errno)))")
        }
        buffer.removeAll(keepingCapacity: true)
    }
}

/// Lines from a file, gzip-compressed or not (told by its content), or from memory.
///
/// Holds one block at a time; a line longer than `longestLine` is refused.
final class TraceInputStream {
    static let blockSize = 1 << 18
    static let longestLine = 1 << 20

    let name: String
    private var file: gzFile?
    private var block: UnsafeMutableRawBufferPointer
    private var filled = 0
    private var position = 0
    private var isAtEnd = false
    /// Number of the line that `next` returned last, from 1.
    private(set) var line = 0
    /// CRC-32 of the lines before the one returned last, since the last reset.
    private(set) var checksum: UInt = crc32(0, nil, 0)
    private var pending: UnsafeRawBufferPointer?

    init(path: String) throws(TraceFileError) {
        name = path
        block = .allocate(byteCount: Self.blockSize + Self.longestLine, alignment: 16)
        guard let file = gzopen(path, "rb") else {
            throw TraceFileError(.noInput, file: path, "cannot be opened: \(String(cString: strerror(errno)))")
        }
        self.file = file
        gzbuffer(file, 1 << 17)
    }

    init(bytes: [UInt8], name: String) {
        self.name = name
        block = .allocate(byteCount: max(bytes.count, 1), alignment: 16)
        block.copyBytes(from: bytes)
        filled = bytes.count
        isAtEnd = true
    }

    deinit {
        if let file { gzclose_r(file) }
        block.deallocate()
    }

    /// The next line without its end, valid until the following call; nil at the end of the file.
    ///
    /// A last line without a line end is refused: the file was cut.
    func next() throws(TraceFileError) -> UnsafeRawBufferPointer? {
        countPending()
        var searched = position
        while true {
            if let end = memchr(block.baseAddress! + searched, 0x0A, filled - searched) {
                let start = block.baseAddress! + position
                let length = UnsafeRawPointer(end) - UnsafeRawPointer(start)
                position += length + 1
                line += 1
                pending = UnsafeRawBufferPointer(start: start, count: length + 1)
                return UnsafeRawBufferPointer(start: start, count: length)
            }
            if isAtEnd {
                if position == filled { return nil }
                line += 1
                throw error("the file was cut: its last line has no end")
            }
            guard filled - position <= Self.longestLine else {
                line += 1
                throw error("the line is longer than \(Self.longestLine) bytes")
            }
            block.baseAddress!.copyMemory(from: block.baseAddress! + position, byteCount: filled - position)
            filled -= position
            position = 0
            searched = filled
            try fill()
        }
    }

    /// Begins a new checksum behind the line returned last.
    func resetChecksum() {
        countPending()
        checksum = crc32(0, nil, 0)
    }

    func error(_ message: String) -> TraceFileError { TraceFileError(file: name, line: max(line, 1), message) }

    private func countPending() {
        guard let pending else { return }
        let bytes = pending.baseAddress!.assumingMemoryBound(to: UInt8.self)
        checksum = crc32(checksum, bytes, UInt32(pending.count))
        self.pending = nil
    }

    private func fill() throws(TraceFileError) {
        let read = gzread(file, block.baseAddress! + filled, UInt32(Self.blockSize))
        if read < 0 {
            var code: Int32 = 0
            let reason = gzerror(file, &code).map { String(cString: $0) } ?? "unknown"
            line += 1
            throw error("the file cannot be read on: \(reason)")
        }
        filled += Int(read)
        if read == 0 { isAtEnd = true }
        // A gzip file that was cut is told apart from one that ends only by zlib's error code.
        var code: Int32 = 0
        _ = gzerror(file, &code)
        if code == Z_BUF_ERROR {
            line += 1
            throw error("the compressed file was cut")
        }
    }
}
