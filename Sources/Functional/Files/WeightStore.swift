import Glibc

/// The weights of a model folder: one `model.safetensors`, or shards named by `model.safetensors.index.json`.
public final class WeightStore: Sendable {
    static let longestIndex = 64 << 20

    /// The files in the order of their names.
    public let files: [SafetensorsFile]
    private let home: [String: Int]
    private let listing: String

    /// - Parameter folder: a folder in the layout of the HuggingFace hub.
    public convenience init(folder: String) throws(ModelFileError) {
        let index = folder + "/model.safetensors.index.json"
        if access(index, F_OK) == 0 {
            try self.init(index: index, folder: folder)
        } else {
            try self.init(file: folder + "/model.safetensors")
        }
    }

    /// One safetensors file with all tensors.
    public init(file path: String) throws(ModelFileError) {
        let file = try SafetensorsFile(path: path)
        files = [file]
        home = file.tensors.mapValues { _ in 0 }
        listing = path
    }

    /// Shards: each tensor's file as the index tells it; a name may not lead out of the folder.
    private init(index path: String, folder: String) throws(ModelFileError) {
        let bytes = try MappedFile.contents(of: path, limit: Self.longestIndex)
        let document = try JSONParser.parse(bytes, file: path)
        let root = try JSONObjectReader(document, document.root)
        guard let map = try root.object("weight_map") else { throw root.missing("weight_map") }
        var files: [SafetensorsFile] = []
        var numbers: [String: Int] = [:]
        var home: [String: Int] = [:]
        for member in map.all {
            guard case .string(let name) = member.node.value, !name.isEmpty, !name.contains("/"), !name.hasPrefix(".")
            else {
                throw document.error("expected the name of a file in this folder", at: member.node, subject: member.key)
            }
            if numbers[name] == nil {
                numbers[name] = files.count
                files.append(try SafetensorsFile(path: folder + "/" + name))
            }
            let number = numbers[name]!
            guard files[number].tensors[member.key] != nil else {
                throw document.error("the shard '\(name)' has no such tensor", at: member.node, subject: member.key)
            }
            home[member.key] = number
        }
        self.files = files
        self.home = home
        listing = path
    }

    public var names: Dictionary<String, Int>.Keys { home.keys }

    public func contains(_ name: String) -> Bool { home[name] != nil }

    /// A tensor of exactly `shape` in one of the weight formats.
    public func tensor(_ name: String, shape: [Int]) throws(ModelFileError) -> WeightTensor {
        guard let number = home[name] else {
            throw ModelFileError(file: listing, subject: name, "the tensor is missing; shape \(shape) was expected")
        }
        let file = files[number]
        let tensor = file.tensors[name]!
        guard tensor.format.isWeight else {
            throw ModelFileError(
                .unsupported, file: file.path, subject: name,
                "dtype \(tensor.format.rawValue) is not one of F32, F16, BF16")
        }
        guard tensor.shape == shape else {
            throw ModelFileError(
                file: file.path, subject: name, "its shape is \(tensor.shape), but the config asks for \(shape)")
        }
        return WeightTensor(file: file, tensor: tensor)
    }
}
