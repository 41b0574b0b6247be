import Glibc

/// Finds the folder of a model that is asked for by folder or by name.
public enum ModelFolder {
    /// A folder with a `config.json`: `model` itself, or the folder of that name in one of `collections`.
    /// - Parameters:
    ///   - model: a path or a name such as `tinymoe`.
    ///   - collections: folders of models, such as `Traces/models`, the first that has it wins.
    public static func find(_ model: String, in collections: [String]) throws(ModelFileError) -> String {
        let isName = !model.isEmpty && !model.contains("/") && model != "." && model != ".."
        for folder in [model] + (isName ? collections.map { $0 + "/" + model } : [])
        where access(folder + "/config.json", F_OK) == 0 {
            return folder
        }
        let known = collections.flatMap(names).sorted()
        throw ModelFileError(
            .noInput, file: model, "there is no config.json in it, and no model of that name",
            suggestion: known.isEmpty ? nil : "known are " + known.joined(separator: ", "))
    }

    /// Names of the models in a folder.
    static func names(in collection: String) -> [String] {
        guard let folder = opendir(collection) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix("."), access("\(collection)/\(name)/config.json", F_OK) == 0 { names.append(name) }
        }
        return names
    }
}
