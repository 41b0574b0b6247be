import Foundation

@testable import Functional

/// Writes safetensors files, sound and otherwise.
enum SafetensorsBuilder {
    /// Length, header and data as given, whether they fit each other or not.
    static func file(header: String, data: [UInt8] = [], length: UInt64? = nil) -> [UInt8] {
        let value = length ?? UInt64(header.utf8.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } + Array(header.utf8) + data
    }

    static func write(_ bytes: [UInt8], in folder: String, name: String = "model.safetensors") throws -> String {
        let path = folder + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// The description of the error that reading `bytes` throws, without its folder.
    static func refusal(_ bytes: [UInt8]) throws -> String? {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = try write(bytes, in: folder)
        do {
            _ = try SafetensorsFile(path: path)
            return nil
        } catch {
            return error.description.replacingOccurrences(of: folder + "/", with: "")
        }
    }

    /// A sound tensor entry of F32.
    static func entry(_ name: String, shape: [Int], _ begin: Int, _ end: Int, dtype: String = "F32") -> String {
        #""\#(name)":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":[\#(begin),\#(end)]}"#
    }
}
