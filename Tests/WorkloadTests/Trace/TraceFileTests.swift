import Foundation
import Testing

@testable import Workload

@Suite struct TraceFileTests {
    static func readAll(_ bytes: [UInt8]) throws -> [TraceIteration] {
        let reader = try TraceReader(bytes: bytes, name: "t.trace")
        var passes: [TraceIteration] = []
        while let pass = try reader.next() { passes.append(pass) }
        return passes
    }

    @Test(arguments: [TraceSamples.dense, TraceSamples.sparse])
    func whatIsWrittenIsReadBackWhole(shape: TraceModelShape) throws {
        let bytes = try TraceSamples.written(shape)
        let header = TraceSamples.header(shape)
        #expect(try TraceReader(bytes: bytes, name: "t").header == header)
        #expect(try Self.readAll(bytes) == TraceSamples.passes(header))
    }

    @Test func gzipIsWrittenByNameAndReadByContent() throws {
        let folder = NSTemporaryDirectory() + "/trace-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let header = TraceSamples.header(TraceSamples.sparse)
        for name in ["a.trace", "a.trace.gz"] {
            let writer = try TraceWriter(path: "\(folder)/\(name)", header: header)
            for pass in TraceSamples.passes(header) { try writer.write(pass) }
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/\(name)"))
            try writer.finish()
        }
        let plain = try Data(contentsOf: URL(fileURLWithPath: folder + "/a.trace"))
        let packed = try Data(contentsOf: URL(fileURLWithPath: folder + "/a.trace.gz"))
        #expect(Array(plain) == (try TraceSamples.written(TraceSamples.sparse)))
        #expect(Array(packed.prefix(2)) == [0x1F, 0x8B])
        #expect(packed.count < plain.count / 4)
        // Read under a name that says nothing.
        try packed.write(to: URL(fileURLWithPath: folder + "/b"))
        let reader = try TraceReader(path: folder + "/b")
        var passes: [TraceIteration] = []
        while let pass = try reader.next() { passes.append(pass) }
        #expect(passes == TraceSamples.passes(header))
        // A gzip file that was cut.
        try packed.prefix(packed.count - 20).write(to: URL(fileURLWithPath: folder + "/c"))
        let error = #expect(throws: TraceFileError.self) {
            let reader = try TraceReader(path: folder + "/c")
            while try reader.next() != nil {}
        }
        #expect(error?.line != nil)
    }

    @Test func nothingIsLeftUnderTheNameOfAnUnfinishedTrace() throws {
        let path = NSTemporaryDirectory() + "/trace-" + UUID().uuidString
        do { _ = try TraceWriter(path: path, header: TraceSamples.header(TraceSamples.dense)) }
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(!FileManager.default.fileExists(atPath: path + ".part"))
    }

    @Test func identicalLayersAreWrittenOnce() throws {
        let text = String(decoding: try TraceSamples.written(TraceSamples.dense), as: UTF8.self)
        // Two passes; the third layer differs by its window.
        #expect(
            text.components(separatedBy: "\n").filter { $0.hasPrefix("l ") } == ["l 0 2", "l 2 1", "l 0 2", "l 2 1"])
    }

    @Test func aSubsetOfRequestsIsCopiedExactly() throws {
        let header = TraceSamples.header(TraceSamples.sparse)
        let writer = TraceWriter(header: header)
        try writer.copy([9], from: try TraceReader(bytes: try TraceSamples.written(TraceSamples.sparse), name: "t"))
        try writer.finish()
        #expect(try Self.readAll(writer.bytes) == TraceSamples.passes(header).map { $0.cut([9], plan: header.plan)! })
    }

    @Test func everyCutIsRefusedWithItsLine() throws {
        let bytes = try TraceSamples.written(TraceSamples.sparse)
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).count - 1
        for kept in 0..<lines {
            let cut = Array(bytes.split(separator: 0x0A)[..<kept].joined(separator: [0x0A])) + (kept > 0 ? [0x0A] : [])
            let error = #expect(throws: TraceFileError.self) { try Self.readAll(cut) }
            #expect(error?.line == max(kept, 1))
        }
        for kept in stride(from: 1, to: bytes.count, by: 37) {
            #expect(throws: TraceFileError.self) { try Self.readAll(Array(bytes[..<kept])) }
        }
    }

    @Test func everyAlteredByteIsRefused() throws {
        let bytes = try TraceSamples.written(TraceSamples.sparse)
        for place in stride(from: 0, to: bytes.count, by: 11) {
            for change in [1, 0x10] as [UInt8] {
                var altered = bytes
                altered[place] ^= change
                let error = #expect(throws: TraceFileError.self) { try Self.readAll(altered) }
                #expect(error?.line != nil)
            }
        }
    }

    @Test func droppedAndSwappedLinesAreRefused() throws {
        let lines = try TraceSamples.written(TraceSamples.sparse).split(separator: 0x0A)
        for index in 0..<lines.count {
            var fewer = lines
            fewer.remove(at: index)
            #expect(throws: TraceFileError.self) { try Self.readAll(fewer.flatMap { $0 + [0x0A] }) }
        }
    }

    @Test(arguments: [
        ("", "t.trace:1: error: the file is empty"),
        ("hello\n", "t.trace:1: error: this is not an operator trace: its first line is not 'dualrow-trace 1'"),
        ("dualrow-trace 2\n", "t.trace:1: error: the trace is of version 2; this program reads version 1"),
        ("dualrow-trace 1\nmodel name=x\n", "t.trace:2: error: the line needs layers= with a number up to 67108864"),
        ("dualrow-trace 1\nfoo\n", "t.trace:2: error: expected a line 'model'"),
        ("dualrow-trace 1\nmodel", "t.trace:2: error: the file was cut: its last line has no end"),
    ])
    func aWrongHeaderIsNamed(text: String, message: String) {
        let error = #expect(throws: TraceFileError.self) { try Self.readAll(Array(text.utf8)) }
        #expect(error?.description == message)
    }

    /// Checksums are no secret: a trace with sound ones may still ask for what cannot be.
    @Test(arguments: [
        ("r 9 d 1 11 1", "r 9 d 1 2147483647 1"), ("r 9 d 1 11 1", "r 9 d 2147483647 2147483647 1"),
        ("x 1 3 0 ", "x 0 3 0 "), ("experts=6", "experts=100000"), ("layers=3", "layers=70000"),
        ("o norm_final 2 8", "o norm_final 1000000000000000 1000000000000000"), (" e=5", " e=6"),
        ("head_width=2", "head_width=60000000"), ("guess_width=3", "guess_width=0"), ("l 1 1", "l 1 2"),
    ])
    func nonsenseWithSoundChecksumsIsReadOrRefused(from: String, to: String) throws {
        let sound = String(decoding: try TraceSamples.written(TraceSamples.sparse), as: UTF8.self)
        #expect(sound.contains(from))
        let bytes = Self.resealed(sound.replacingOccurrences(of: from, with: to))
        do {
            let reader = try TraceReader(bytes: bytes, name: "t")
            var statistics = TraceStatistics(reader.header)
            while let pass = try reader.next() {
                statistics.add(pass)
                _ = pass.macs(isGated: true)
                _ = pass.cut([9], plan: reader.header.plan)?.macs(isGated: true)
            }
            _ = statistics.rows
        } catch {
            #expect(error.line != nil)
        }
    }

    /// The trace with the checksums that its lines should have.
    static func resealed(_ text: String) -> [UInt8] {
        var sums: [UInt8] = []
        var section: [UInt8] = []
        var result: [UInt8] = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix("c ") {
                let sum = TraceWriter.hex(checksum(section))
                sums += sum
                result += section + Array("c ".utf8) + sum + [0x0A]
                section = []
            } else if line.hasPrefix("end ") {
                let words = line.split(separator: " ")
                result += Array("end \(words[1]) \(words[2]) ".utf8) + TraceWriter.hex(checksum(sums)) + [0x0A]
            } else {
                section += Array(line.utf8) + [0x0A]
            }
        }
        return result
    }

    /// CRC-32, bit by bit: the polynomial of gzip (RFC 1952, section 8).
    static func checksum(_ bytes: [UInt8]) -> UInt {
        var crc: UInt32 = ~0
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return UInt(~crc)
    }

    @Test func aResealedTraceIsTheTrace() throws {
        let bytes = try TraceSamples.written(TraceSamples.sparse)
        #expect(Self.resealed(String(decoding: bytes, as: UTF8.self)) == bytes)
    }

    @Test func anAlteredLineWithinTheGrammarIsFoundByItsChecksum() throws {
        let text = String(decoding: try TraceSamples.written(TraceSamples.dense), as: UTF8.self)
        let altered = text.replacingOccurrences(of: "o norm_final 2 8", with: "o norm_final 2 9")
        let error = #expect(throws: TraceFileError.self) { try Self.readAll(Array(altered.utf8)) }
        let first = try #require(text.components(separatedBy: "\n").firstIndex { $0.hasPrefix("i 0") }) + 1
        let last = text.components(separatedBy: "\n").indices.filter {
            text.components(separatedBy: "\n")[$0].hasPrefix("c ")
        }[1]
        #expect(
            error?.description
                == "t.trace:\(last + 1): error: lines \(first) to \(last + 1) were altered: their checksum is not that of the 'c' line"
        )
    }
}
