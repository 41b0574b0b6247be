import Foundation
import Offload
import Testing
import Workload
import YAMLTree

@Suite struct ExpertErrorTests {
    /// One layer of four experts, each used once, with errors that halve at each width in a way of its own.
    private let routes: Routes = {
        var routes = Routes(shape: RouteShape(layers: 1, experts: 4, topK: 1))
        for expert in 0..<4 { routes.append(.init(request: 0, position: expert), experts: [UInt16(expert)]) }
        return routes
    }()

    private func widths(_ text: String, _ rows: String) throws -> ExpertWidths {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("errors-\(UUID().uuidString).csv").path
        try Data(("layer,expert,bits,error\n" + rows).utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let mark = Mark(file: "--widths")
        let asked = try WidthSpecification(parsing: text + path, at: mark, kind: .usage)
        return try asked.widths(routes, at: mark, kind: .usage)
    }

    private func rows(_ errors: [[Double]], from first: Int = 1) -> String {
        errors.enumerated().flatMap { expert, list in
            list.enumerated().map { "0,\(expert),\($0 + first),\($1)\n" }
        }.joined()
    }

    /// A sum of 8 bits over four experts, one of 2 and one of 3 at least: 3 + 2 + 2 + 1 or 3 + 3 + 1 + 1 (which lacks a
    /// 2). Expert 2 gains most from 3 bits, expert 0 loses least at 1.
    @Test func theProgrammeTakesMeasuredErrors() throws {
        let text = rows([[0.1, 0.1, 0.1], [0.5, 0.2, 0.1], [0.9, 0.8, 0.0], [0.6, 0.2, 0.15]])
        #expect(try widths("mc-moe:2,", text) == .perExpert([1, 2, 3, 2]))
    }

    /// At 2 bits all lose 0.4 in the mean, at 3 bits 0.05: a loss of 0.1 or 0.13 lies between. Narrowing adds 0.025
    /// for expert 1, 0.05 for expert 0 and more for the others.
    @Test func edgemoeTakesTheTwoWidthsAroundTheTolerableLoss() throws {
        let text = rows([[0.25, 0.05], [0.15, 0.05], [0.65, 0.05], [0.55, 0.05]], from: 2)
        #expect(try widths("edgemoe:10%,", text) == .perExpert([3, 2, 3, 3]))
        #expect(try widths("edgemoe:13%,", text) == .perExpert([2, 2, 3, 3]))
        #expect(try widths("edgemoe:41%,", text) == .perExpert([2, 2, 2, 2]))
        let message = #expect(throws: DiagnosticList.self) { try widths("edgemoe:1%,", text) }
        #expect("\(message!)".contains("the tolerated loss of 1.0 % is exceeded at the widest of"))
    }

    @Test func mistakesOfAFileOfErrorsAreAllReported() throws {
        let message = #expect(throws: DiagnosticList.self) {
            try widths("mc-moe:2,", "0,0,1,0.5\n0,4,1,0.5\n0,0,1,0.5\n0,1,1,-1\n")
        }
        #expect(message!.diagnostics.count == 3)
        let missing = #expect(throws: DiagnosticList.self) { try widths("mc-moe:2,", "0,0,1,0.5\n0,1,1,0.1\n") }
        #expect("\(missing!)".contains("layer 0, expert 2 has no error at 1 bit"))
    }

    @Test func reportsSayWhatChoseTheWidths() throws {
        let mark = Mark(file: "--widths")
        let texts: [OffloadOptions.Key: OffloadOptions.Text] = [
            .cache: .init("lru", at: mark), .capacity: .init("2", at: mark), .widths: .init("mc-moe:2", at: mark),
        ]
        let options = try OffloadOptions(texts, absent: { _ in mark }, kind: .usage)
        let run = try options.run(
            model: smallModel(routes.shape), routes: routes, events: ExpertEvents(routes), machine: nil)
        #expect(run.result().summaryCells(routes: "r").contains("mixed of mean 2.000 (mc-moe by 4^-bits)"))
    }
}
