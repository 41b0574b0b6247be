import Foundation
import Testing

@testable import Workload

/// Lines of files, plain and packed, whole and broken.
@Suite struct TextLinesTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("lines-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func read(_ bytes: Data, as name: String, longest: Int = 64) throws -> [String] {
        let file = folder.appendingPathComponent(name)
        defer { try? FileManager.default.removeItem(at: file) }
        try bytes.write(to: file)
        let lines = try TextLines(path: file.path, longest: longest)
        var found: [String] = []
        while let line = try lines.next() { found.append(String(decoding: line, as: UTF8.self)) }
        #expect(lines.line == found.count)
        return found
    }

    /// The gzip members of "a\nb\n" and of "c", as Python's gzip module writes them with no time stamp.
    private static let first = Data(base64Encoded: "H4sIAAAAAAAC/0vkSuICAJcqVxgEAAAA")!
    private static let second = Data(base64Encoded: "H4sIAAAAAAAC/0sGAG/fuQYBAAAA")!

    @Test func linesOfAFileAndOfTwoGzipMembersAreTheSame() throws {
        #expect(try read(Data("a\nb\nc".utf8), as: "t") == ["a", "b", "c"])
    }

    @Test func severalGzipMembersAreOneText() throws {
        #expect(try read(Self.first + Self.second, as: "t.gz") == ["a", "b", "c"])
    }

    @Test func gzipIsToldByItsContentToo() throws {
        #expect(try read(Self.first, as: "t.trace") == ["a", "b"])
    }

    @Test func whatIsNamedGzipMustBeGzip() {
        #expect(throws: PackedInput.Failure.notPacked) { try read(Data("a\n".utf8), as: "t.gz") }
    }

    @Test func aCutGzipIsTold() {
        #expect(throws: TextLines.Failure.input(.truncated)) { try read(Self.first.dropLast(9), as: "t.gz") }
        var damaged = Self.first
        damaged[damaged.count - 6] ^= 1
        #expect(throws: TextLines.Failure.input(.damaged("incorrect data check"))) { try read(damaged, as: "t.gz") }
    }

    @Test func longLinesAreRefusedWhereTheyBegin() {
        #expect(throws: TextLines.Failure.tooLong) {
            try read(Data(("a\n" + String(repeating: "x", count: 1 << 20)).utf8), as: "t")
        }
    }

    @Test func aMissingFileIsUnreadable() {
        #expect(throws: PackedInput.Failure.unreadable(ENOENT)) { try TextLines(path: "/no/such/file", longest: 9) }
        #expect(throws: PackedInput.Failure.unreadable(EISDIR)) { try TextLines(path: "/", longest: 9) }
    }
}
