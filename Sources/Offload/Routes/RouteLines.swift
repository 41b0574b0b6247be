import Workload
import YAMLTree

/// The lines of a file of routes that hold data: empty ones and those that begin with `#` are skipped.
struct RouteLines: ~Copyable {
    private let lines: TextLines
    private let name: String

    /// No line may be longer.
    private static let longest = 1 << 18

    /// - Throws: a diagnostic of kind `noInput` if the file cannot be opened, of kind `badData` if its name ends in
    ///   `.gz` but it is not compressed.
    init(path: String) throws(DiagnosticList) {
        name = path
        do throws(PackedInput.Failure) {
            lines = try TextLines(path: path, longest: Self.longest)
        } catch {
            throw Self.mistake(error, path, line: nil)
        }
    }

    /// The number of the last line found, from 1.
    var line: Int { lines.line }

    /// The next line without its end, valid until the next call; nil at the end of the file.
    ///
    /// - Throws: a line that is too long; compressed data that are damaged or end too early.
    mutating func next() throws(DiagnosticList) -> UnsafeRawBufferPointer? {
        while let line = try nextRaw() {
            var first = 0
            // A byte-order mark.
            if lines.line == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { first = 3 }
            guard line.count > first else { continue }
            let last = line[line.count - 1] == UInt8(ascii: "\r") ? line.count - 1 : line.count
            if last > first, line[first] != UInt8(ascii: "#") {
                return UnsafeRawBufferPointer(rebasing: line[first..<last])
            }
        }
        return nil
    }

    @inline(__always)
    private func nextRaw() throws(DiagnosticList) -> UnsafeRawBufferPointer? {
        do throws(TextLines.Failure) {
            return try lines.next()
        } catch {
            switch error {
            case .input(let failure): throw Self.mistake(failure, name, line: lines.line + 1)
            case .tooLong:
                let mark = Mark(file: name, line: lines.line + 1, column: 1)
                throw DiagnosticList(Diagnostic("the line is longer than \(Self.longest) bytes", at: mark))
            }
        }
    }

    /// What is wrong with the packing of the file, found out by unpacking all of it; nil if nothing is.
    ///
    /// Damaged data unpack to nonsense before their checksum tells: a nonsensical line of a damaged file is no mistake
    /// of who wrote it.
    static func damage(_ path: String, line: Int) -> DiagnosticList? {
        do throws(PackedInput.Failure) {
            var input = try PackedInput(path: path)
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
            defer { buffer.deallocate() }
            while try input.read(into: buffer) > 0 {}
            return nil
        } catch {
            return mistake(error, path, line: line)
        }
    }

    private static func mistake(_ failure: PackedInput.Failure, _ path: String, line: Int?) -> DiagnosticList {
        let mark = line.map { Mark(file: path, line: $0, column: 1) } ?? Mark(file: path)
        switch failure {
        case .unreadable(let code): return SourceFile.unreadable(path, code)
        case .notPacked: return DiagnosticList(Diagnostic("this is not gzip data", at: Mark(file: path)))
        case .truncated:
            return DiagnosticList(Diagnostic("broken gzip: the compressed data end too early", at: mark))
        case .damaged(let words): return DiagnosticList(Diagnostic("broken gzip: \(words)", at: mark))
        }
    }
}
