import Foundation
import Functional
import Hardware
import Workload
import YAMLTree

/// Finds the machines and models that come with the program.
///
/// They are looked for under the folder that the variable `DUALROW_HOME` names, the current folder, and the folders
/// above the program itself (a build folder lies inside the project).
struct ShippedFiles {
    /// Folders that may hold `HardwareConfigs` and `Traces`, in the order in which they are searched.
    let homes: [String]

    init() {
        var homes: [String] = []
        if let home = ProcessInfo.processInfo.environment["DUALROW_HOME"], !home.isEmpty { homes.append(home) }
        homes.append(FileManager.default.currentDirectoryPath)
        if let program = Bundle.main.executableURL?.resolvingSymlinksInPath() {
            var folder = program.deletingLastPathComponent()
            while folder.path != "/" {
                homes.append(folder.path)
                folder.deleteLastPathComponent()
            }
        }
        self.homes = homes
    }

    /// The folders that hold machines and models.
    var machineFolders: [String] { existing("HardwareConfigs") }
    var modelFolders: [String] { existing("Traces/models") }

    /// Loads a model by name or path.
    ///
    /// - Parameter option: where the name was given, for the messages.
    func model(_ name: String, option: String = "--model") throws -> ModelShape {
        let folders = existing("Traces/models")
        guard !folders.isEmpty || Self.isPath(name) else {
            throw Failure.usage(
                "no folder Traces/models was found in \(homes.joined(separator: ", ")); set DUALROW_HOME to the "
                    + "project's folder, or give the path of a model file", at: option)
        }
        let library = ModelLibrary(directories: folders)
        let path: String
        do {
            path = try library.path(name)
        } catch {
            let first = error.diagnostics[0]
            let message = "\(first.message) (looked in \(folders.joined(separator: ", ")))"
            throw Failure.usage(message, at: option, suggestion: first.suggestion)
        }
        return try ModelShape.load(path: path)
    }

    /// The folder of a model with weights, by name or path.
    func modelFolder(_ name: String) throws -> String {
        try ModelFolder.find(name, in: existing("Traces/models"))
    }

    /// The file of a machine, given by its path or by the name of a shipped one.
    func machinePath(_ name: String) throws -> String {
        try machinePath(name, folders: existing("HardwareConfigs"), option: "MACHINE")
    }

    /// The file of a device that experts are offloaded on; as `machinePath`.
    func offloadMachinePath(_ name: String, option: String = "--machine") throws -> String {
        try machinePath(name, folders: existing("HardwareConfigs/edge"), option: option)
    }

    private func machinePath(_ name: String, folders: [String], option: String) throws -> String {
        if Self.isPath(name) || FileManager.default.fileExists(atPath: name) { return name }
        for folder in folders {
            let path = "\(folder)/\(name).yaml"
            if FileManager.default.fileExists(atPath: path) { return path }
        }
        let known = ModelLibrary(directories: folders).names
        let list = known.isEmpty ? "" : "; shipped are \(known.joined(separator: ", "))"
        throw Failure.usage(
            "there is no file '\(name)' and no shipped machine of that name\(list)", at: option,
            suggestion: nearestName(to: name, in: known))
    }

    private func existing(_ folder: String) -> [String] {
        var seen: Set<String> = []
        return homes.map { "\($0)/\(folder)" }.filter { path in
            FileManager.default.fileExists(atPath: path) && seen.insert(path).inserted
        }
    }

    private static func isPath(_ name: String) -> Bool {
        name.contains("/") || name.hasSuffix(".yaml") || name.hasSuffix(".yml")
    }
}
