import Foundation
import YAMLTree

@testable import Pages

/// A folder of reports made by hand, removed when the test is over.
final class FolderScratch {
    let path: String

    static let summary = #"""
        machine,model,workload,total_cycles,total_time_ns,tokens_per_s,version
        m<1>,"say ""hi""",w,1000,2000.0,5.0,0

        """#
    static let operators = """
        iteration,layer,sub_batch,stage,operator,unit,start_cycle,end_cycle,macs,dram_read_bytes,dram_write_bytes
        0,0,0,A,qkv,systolic,0,500,1000000,4000,0
        0,0,0,B,logit,pim,400,900,2000,0,0
        0,0,0,B,attend,pim,500,900,2000,0,0
        0,1,0,E,fc1,systolic,900,1000,1000000,0,0

        """

    init(_ files: [String: String] = [:]) throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("dualrow-\(UUID().uuidString)").path
        for (name, text) in files { try write(name, text) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws {
        let file = URL(fileURLWithPath: "\(path)/\(name)")
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// What is wrong with the folder, its path left out; empty if nothing is.
    func mistakes(x: String? = nil, y: String? = nil) -> String {
        do throws(DiagnosticList) {
            _ = try ReportPages(folder: path, x: x, y: y)
            return ""
        } catch {
            return error.description.replacingOccurrences(of: path, with: "DIR")
        }
    }

    func page() throws -> String { try ReportPages(folder: path).files[0].text }
}
