import YAMLTree

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Finds the lines of a stream of bytes, skipping empty ones and those that begin with `#`.
struct LineScanner {
    /// The number of the last line found, from 1.
    private(set) var line = 0
    /// The bytes of the buffer that are read but not yet used.
    private var start = 0
    private var end = 0

    /// The next line as a range of the input's buffer, without its line end; valid until the next call.
    ///
    /// - Returns: nil at the end of the input.
    /// - Throws: what the input throws; a line that is longer than the buffer.
    mutating func next(_ input: inout GzipInput, _ name: String) throws(DiagnosticList) -> Range<Int>? {
        while let range = try nextRaw(&input, name) {
            line += 1
            guard !range.isEmpty else { continue }
            let buffer = input.buffer
            var range = range
            // A byte-order mark.
            if line == 1, buffer[range].starts(with: [0xEF, 0xBB, 0xBF]) { range = range.dropFirst(3) }
            guard !range.isEmpty else { continue }
            let last = buffer[range.upperBound - 1] == UInt8(ascii: "\r") ? range.upperBound - 1 : range.upperBound
            if last > range.lowerBound, buffer[range.lowerBound] != UInt8(ascii: "#") { return range.lowerBound..<last }
        }
        return nil
    }

    @inline(__always)
    private mutating func nextRaw(_ input: inout GzipInput, _ name: String) throws(DiagnosticList) -> Range<Int>? {
        var searched = start
        while true {
            let buffer = input.buffer
            let base = buffer.baseAddress!
            if let found = memchr(base + searched, 0x0A, end - searched) {
                let stop = UnsafeRawPointer(found) - UnsafeRawPointer(base)
                defer { start = stop + 1 }
                return start..<stop
            }
            memmove(base, base + start, end - start)
            (start, end) = (0, end - start)
            searched = end
            let mark = Mark(file: name, line: line + 1, column: end + 1)
            guard end < buffer.count else {
                throw DiagnosticList(Diagnostic("the line is longer than \(buffer.count) bytes", at: mark))
            }
            let count = try input.fill(from: end, at: mark)
            if count == 0 {
                guard end > 0 else { return nil }
                defer { start = end }
                return 0..<end
            }
            end += count
        }
    }
}
