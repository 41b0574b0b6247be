import Foundation

/// Files with measured facts, in `Tests/Fixtures`; each says in its first lines where they come from.
enum Fixture {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures")

    /// Lines of a fixture, without comments.
    static func lines(_ path: String) throws -> [Substring] {
        let text = try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }
    }

    /// Rows of a CSV fixture by column name.
    static func rows(_ path: String) throws -> [[String: String]] {
        let lines = try lines(path).map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
    }
}
