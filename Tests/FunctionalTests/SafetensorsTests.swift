import Foundation
import Testing

@testable import Functional

/// Each hostile file is refused with the whole message.
@Suite struct SafetensorsTests {
    typealias Builder = SafetensorsBuilder

    @Test func aSoundFileIsRead() throws {
        let header = "{" + Builder.entry("a", shape: [2], 0, 8) + "," + Builder.entry("s", shape: [], 8, 12) + "}"
        #expect(try Builder.refusal(Builder.file(header: header, data: [UInt8](repeating: 0, count: 12))) == nil)
    }

    @Test func aHeaderLengthBeyondTheFileIsRefused() throws {
        #expect(
            try Builder.refusal(Builder.file(header: "{}", length: 1 << 63))
                == "model.safetensors: byte 0: error: the header claims 9223372036854775808 bytes, but only 2 follow its length"
        )
        #expect(
            try Builder.refusal(Builder.file(header: "{}", length: 3))
                == "model.safetensors: byte 0: error: the header claims 3 bytes, but only 2 follow its length")
    }

    @Test func anEmptyOrShortFileIsRefused() throws {
        #expect(try Builder.refusal([]) == "model.safetensors: error: the file is empty")
        #expect(
            try Builder.refusal([1, 2, 3])
                == "model.safetensors: byte 0: error: the file has 3 bytes, too few for a safetensors header")
    }

    @Test func overlappingTensorsAreRefused() throws {
        let header = "{" + Builder.entry("a", shape: [2], 0, 8) + "," + Builder.entry("b", shape: [2], 4, 12) + "}"
        let file = Builder.file(header: header, data: [UInt8](repeating: 0, count: 12))
        #expect(
            try Builder.refusal(file)
                == "model.safetensors: byte \(8 + header.utf8.count + 4): error: 'b': its bytes overlap those of 'a'")
    }

    @Test func holesAndLeftoverBytesAreRefused() throws {
        let hole = "{" + Builder.entry("a", shape: [1], 4, 8) + "}"
        #expect(
            try Builder.refusal(Builder.file(header: hole, data: [UInt8](repeating: 0, count: 8)))
                == "model.safetensors: byte \(8 + hole.utf8.count): error: 'a': 4 bytes before it belong to no tensor")
        let rest = "{" + Builder.entry("a", shape: [1], 0, 4) + "}"
        #expect(
            try Builder.refusal(Builder.file(header: rest, data: [UInt8](repeating: 0, count: 5)))
                == "model.safetensors: byte \(8 + rest.utf8.count + 4): error: 1 bytes at the end belong to no tensor")
    }

    @Test(arguments: [
        (
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,16]}}"#,
            "F32 [2] takes 8 bytes, but data_offsets span 16"
        ),
        (
            #"{"a":{"dtype":"F32","shape":[99],"data_offsets":[0,396]}}"#,
            "its data ends at byte 396, but the file holds 16 bytes of data"
        ),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}"#, "data_offsets run backwards: 8 to 4"),
        (#"{"a":{"dtype":"Q7","shape":[1],"data_offsets":[0,4]}}"#, "unknown dtype 'Q7'"),
        (
            #"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}"#,
            "the shape's size in bytes does not fit in 63 bits"
        ),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, "data_offsets must hold two numbers, found 1"),
    ])
    func aTensorThatDoesNotFitIsRefused(header: String, message: String) throws {
        let file = Builder.file(header: header, data: [UInt8](repeating: 0, count: 16))
        #expect(try Builder.refusal(file) == "model.safetensors:1:6: error: 'a': " + message)
    }

    @Test func offsetsBeyond63BitsOrNegativeAreRefused() throws {
        for offset in ["9223372036854775808", "-4", "1.5", "1e3"] {
            let header = #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,\#(offset)]}}"#
            #expect(
                try Builder.refusal(Builder.file(header: header, data: [0, 0, 0, 0]))
                    == "model.safetensors:1:51: error: 'a': an offset must be an integer of 0 or more that fits in 63 bits"
            )
        }
    }

    @Test func duplicateTensorsAreRefused() throws {
        let entry = Builder.entry("a", shape: [1], 0, 4)
        let column = entry.utf8.count + 3
        #expect(
            try Builder.refusal(Builder.file(header: "{\(entry),\(entry)}", data: [0, 0, 0, 0]))
                == "model.safetensors:1:\(column): error: duplicate key 'a'")
    }

    @Test func aSymlinkLoopAFolderAndAFifoAreRefused() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let loop = folder + "/loop"
        #expect(symlink("loop", loop) == 0)
        #expect(throws: ModelFileError(.noInput, file: loop, "cannot be opened: Too many levels of symbolic links")) {
            try SafetensorsFile(path: loop)
        }
        #expect(throws: ModelFileError(.noInput, file: folder, "is not a regular file")) {
            try SafetensorsFile(path: folder)
        }
        let fifo = folder + "/fifo"
        #expect(mkfifo(fifo, 0o600) == 0)
        #expect(throws: ModelFileError(.noInput, file: fifo, "is not a regular file")) {
            try SafetensorsFile(path: fifo)
        }
    }

    @Test(arguments: [
        ("F32", [0, 0, 0xC0, 0x7F] as [UInt8], "nan"), ("F16", [0, 0xFC], "-inf"), ("BF16", [0x80, 0x7F], "inf"),
    ])
    func weightsThatAreNotFiniteAreRefusedWithTheirElement(dtype: String, bad: [UInt8], shown: String) throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let data = [UInt8](repeating: 0, count: 9 * bad.count) + bad + [UInt8](repeating: 0, count: 2 * bad.count)
        let header = "{" + Builder.entry("w", shape: [12], 0, data.count, dtype: dtype) + "}"
        let path = try Builder.write(Builder.file(header: header, data: data), in: folder)
        let tensor = try WeightStore(file: path).tensor("w", shape: [12])
        let error = #expect(throws: ModelFileError.self) { try tensor.array() }
        #expect(error?.subject == "w")
        #expect(
            error?.description
                == "\(path): byte \(8 + header.utf8.count + 9 * bad.count): error: 'w': element 9 is \(shown); weights must be finite"
        )
    }

    @Test func missingTensorsAndWrongShapesNameTheTensor() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let header =
            "{" + Builder.entry("w", shape: [2, 3], 0, 24) + "," + Builder.entry("i", shape: [1], 24, 28, dtype: "I32")
            + "}"
        let path = try Builder.write(
            Builder.file(header: header, data: [UInt8](repeating: 0, count: 28)), in: folder)
        let store = try WeightStore(file: path)
        func message(_ name: String, _ shape: [Int]) -> String? {
            do {
                _ = try store.tensor(name, shape: shape)
                return nil
            } catch { return error.description }
        }
        #expect(message("x", [1]) == "\(path): error: 'x': the tensor is missing; shape [1] was expected")
        #expect(message("w", [3, 2]) == "\(path): error: 'w': its shape is [2, 3], but the config asks for [3, 2]")
        #expect(message("i", [1]) == "\(path): error: 'i': dtype I32 is not one of F32, F16, BF16")
    }

    @Test func shardsAreFoundByTheirIndex() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["a", "b"] {
            let header = "{" + Builder.entry(name, shape: [1], 0, 4) + "}"
            _ = try Builder.write(Builder.file(header: header, data: [0, 0, 128, 63]), in: folder, name: name + ".st")
        }
        func index(_ text: String) throws -> WeightStore {
            _ = try Builder.write(Array(text.utf8), in: folder, name: "model.safetensors.index.json")
            return try WeightStore(folder: folder)
        }
        let store = try index(#"{"weight_map":{"a":"a.st","b":"b.st"}}"#)
        #expect(try store.tensor("b", shape: [1]).array() == [1])
        let path = folder + "/model.safetensors.index.json"
        #expect(throws: ModelFileError.self) { try index(#"{"weight_map":{"a":"../a.st"}}"#) }
        let error = #expect(throws: ModelFileError.self) { try index(#"{"weight_map":{"c":"a.st"}}"#) }
        #expect(error?.description == "\(path):1:20: error: 'c': the shard 'a.st' has no such tensor")
    }

    @Test func halfPrecisionIsWidenedExactly() {
        for bits in UInt16.min...UInt16.max where bits & 0x7C00 != 0x7C00 {
            let expected = Float(Float16(bitPattern: bits))
            let value = withUnsafeBytes(of: bits.littleEndian) { source in
                withUnsafeTemporaryAllocation(of: Float.self, capacity: 1) { target in
                    _ = ElementFormat.f16.widen(source, into: target)
                    return target[0]
                }
            }
            #expect(value.bitPattern == expected.bitPattern)
        }
    }
}
