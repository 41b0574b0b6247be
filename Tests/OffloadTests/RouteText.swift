import Foundation
import Offload
import YAMLTree

/// A file of the fixtures.
func fixture(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures/\(name)").path
}

/// 240 tokens of GPT-OSS-20B.
let realRoutes = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Traces/routes/gpt-oss-20b-240.csv.gz").path

let gptOSS20B = RouteShape(layers: 24, experts: 32, topK: 4)

/// Runs `body` with the path of a file of these bytes, which is then removed; the path stands as `r.csv` in messages.
func withFile<Result>(_ bytes: Data, suffix: String = ".csv", _ body: (String) throws -> Result) rethrows -> Result {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString)\(suffix)")
    _ = FileManager.default.createFile(atPath: url.path, contents: bytes)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url.path)
}

/// The message of reading a file of routes, with the file called `r`; empty if there is none.
func mistake(_ bytes: Data, suffix: String = ".csv", shape: RouteShape) -> String {
    withFile(bytes, suffix: suffix) { path in
        do {
            _ = try Routes.load(path: path, shape: shape)
            return ""
        } catch {
            return "\(error)".replacingOccurrences(of: path, with: "r")
        }
    }
}

func mistake(_ text: String, shape: RouteShape) -> String { mistake(Data(text.utf8), shape: shape) }
