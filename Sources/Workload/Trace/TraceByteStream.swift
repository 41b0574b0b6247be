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

/// Lines of an operator trace, from a file (gzip or not) or from memory, with a checksum over them.
///
/// A line longer than `longestLine` is refused, and a last line without an end: the file was cut.
final class TraceInputStream {
    static let longestLine = 1 << 20

    let name: String
    private let lines: TextLines
    /// CRC-32 of the lines before the one returned last, since the last reset.
    private(set) var checksum: UInt = crc32(0, nil, 0)
    private var pending: UnsafeRawBufferPointer?
    /// 1 once a line could not be read, whose number is then the one after the last.
    private var failed = 0

    init(path: String) throws(TraceFileError) {
        name = path
        do throws(PackedInput.Failure) {
            lines = try TextLines(path: path, longest: Self.longestLine)
        } catch {
            guard case .unreadable(let code) = error else {
                throw TraceFileError(file: path, line: 1, Self.words(error))
            }
            throw TraceFileError(.noInput, file: path, "cannot be opened: \(String(cString: strerror(code)))")
        }
    }

    init(bytes: [UInt8], name: String) {
        self.name = name
        lines = TextLines(bytes: bytes)
    }

    /// Number of the line that `next` returned last, from 1.
    var line: Int { lines.line + failed }

    /// The next line without its end, valid until the following call; nil at the end of the file.
    func next() throws(TraceFileError) -> UnsafeRawBufferPointer? {
        countPending()
        do throws(TextLines.Failure) {
            guard let line = try lines.next() else { return nil }
            // The end, which the checksum counts, lies behind the line in the same block.
            pending = UnsafeRawBufferPointer(start: line.baseAddress, count: line.count + 1)
        } catch {
            failed = 1
            switch error {
            case .tooLong: throw self.error("the line is longer than \(Self.longestLine) bytes")
            case .input(let failure): throw self.error(Self.words(failure))
            }
        }
        if lines.isCut {
            pending = nil
            throw error("the file was cut: its last line has no end")
        }
        return pending.map { UnsafeRawBufferPointer(rebasing: $0.dropLast()) }
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

    private static func words(_ failure: PackedInput.Failure) -> String {
        switch failure {
        case .unreadable(let code): "the file cannot be read on: \(String(cString: strerror(code)))"
        case .notPacked: "the file's name ends in .gz and it is not gzip"
        case .truncated: "the compressed file was cut"
        case .damaged(let problem): "the file cannot be read on: \(problem)"
        }
    }
}
