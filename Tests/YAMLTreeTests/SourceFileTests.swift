import Foundation
import Testing
import YAMLTree

@Suite struct SourceFileTests {
    private func failure(_ path: String, limit: Int = 64 << 20) -> DiagnosticList? {
        do {
            _ = try SourceFile.read(path, limit: limit)
            return nil
        } catch {
            return error
        }
    }

    @Test func aMissingFileIsNoInput() {
        let error = failure("no/such.yaml")
        #expect(error?.description == "no/such.yaml: error: no such file")
        #expect(error?.exitCode == 66)
    }

    @Test func aDirectoryIsNoInput() {
        let path = FileManager.default.temporaryDirectory.path
        let error = failure(path)
        #expect(error?.description == "\(path): error: this is a directory, not a file")
        #expect(error?.exitCode == 66)
    }

    @Test func aFileBeyondTheLimitIsBadData() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("dualrow-\(UUID().uuidString).yaml")
        try Data(count: (1 << 20) + 1).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        let error = failure(url.path, limit: 1 << 20)
        #expect(error?.description == "\(url.path): error: the file is larger than the limit of 1 MiB")
        #expect(error?.exitCode == 65)
        #expect(try SourceFile.read(url.path).bytes.count == (1 << 20) + 1)
    }

    @Test func exitCodesFollowSysexits() {
        let kinds: [Diagnostic.Kind] = [.usage, .badData, .noInput, .internal]
        #expect(kinds.map(\.exitCode) == [64, 65, 66, 70])
        let place = Mark(file: "x")
        let mixed = DiagnosticList([Diagnostic("a", at: place), Diagnostic("b", at: place, kind: .internal)])
        #expect(mixed.exitCode == 70)
    }
}
