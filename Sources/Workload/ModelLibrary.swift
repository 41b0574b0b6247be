import Foundation
import YAMLTree

/// Finds model shapes by name in given directories, or by the path of a file.
public struct ModelLibrary: Sendable {
    /// Searched in order; the model `x` is the file `x.yaml`.
    public let directories: [String]

    public init(directories: [String]) {
        self.directories = directories
    }

    /// The names of all models, sorted, each once.
    public var names: [String] {
        let files = directories.flatMap { (try? FileManager.default.contentsOfDirectory(atPath: $0)) ?? [] }
        return Set(files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }).sorted()
    }

    /// Loads a model by name, or by path if the text has a `/` or ends in `.yaml` or `.yml`.
    ///
    /// - Parameter place: where the name was given, for the message: an option or a place in a file.
    /// - Throws: a usage diagnostic for an unknown name, with the nearest one; the mistakes of the file.
    public func model(_ nameOrPath: String, at place: Mark = Mark(file: "--model")) throws(DiagnosticList) -> ModelShape
    {
        try ModelShape.load(path: try path(nameOrPath, at: place))
    }

    /// The file of a model; throws as `model(_:at:)`.
    public func path(_ nameOrPath: String, at place: Mark = Mark(file: "--model")) throws(DiagnosticList) -> String {
        if nameOrPath.contains("/") || nameOrPath.hasSuffix(".yaml") || nameOrPath.hasSuffix(".yml") {
            return nameOrPath
        }
        for directory in directories {
            let path = "\(directory)/\(nameOrPath).yaml"
            if FileManager.default.fileExists(atPath: path) { return path }
        }
        let known = names
        let suggestion = nearestName(to: nameOrPath, in: known)
        let list = suggestion == nil && !known.isEmpty ? "; known are \(known.joined(separator: ", "))" : ""
        throw DiagnosticList(
            Diagnostic("no model is named '\(nameOrPath)'\(list)", at: place, kind: .usage, suggestion: suggestion))
    }
}
