import Foundation
import Testing
import YAMLTree

@testable import Sweep

/// A sweep asks nothing of its points but what `PointRun` and `PointResolver` say.
@Suite struct SweepKindTests {
    /// Divides two whole numbers.
    private struct Division: PointRun {
        var (left, right) = (0, 0)
        var identity: String { ContentHash.text(["\(left)", "\(right)"]) }

        func row() throws(PointError) -> [String] {
            guard right != 0 else { throw PointError(words: "division by nothing") }
            return ["\(left / right)", "\(left % right)"]
        }
    }

    private struct Divider: PointResolver {
        var file: SweepFile

        mutating func run(of point: SweepPoint) throws(DiagnosticList) -> any PointRun {
            var root = file.base
            for value in point.values { root = try root.setting(value.key, at: value.mark, to: value.value) }
            let reader = Reader(root)
            let (left, right) = (reader.key("left").int(in: 0...100), reader.key("right").int(in: 0...100))
            try reader.finish()
            return Division(left: left.value, right: right.value)
        }
    }

    private static let division = SweepKind(
        name: "divide", sections: ["left", "right"],
        askForBase: { reader in
            for name in ["left", "right"] { _ = reader.key(name) }
        },
        columns: ["quotient", "rest"], shownColumns: ["quotient"], isBetterHigher: ["quotient": true],
        makeResolver: { file, _, _ in Divider(file: file) })

    private func file(_ text: String) throws -> SweepFile {
        try SweepFile.parse(SourceFile(name: "s.yaml", text: text), kinds: [.simulate, Self.division])
    }

    private func plan(_ text: String) throws -> SweepPlan {
        try SweepPlan(try file(text), library: SweepLibrary(machines: [], models: []), version: "1")
    }

    @Test func anotherKindOfRunHasItsOwnColumns() throws {
        let scratch = try SweepScratch()
        let plan = try plan("run: divide\nleft: 7\nright: 1\ngrid: {right: [2, 0, 3]}\n")
        let folder = SweepFolder(path: "\(scratch.path)/out")
        try folder.write(plan)
        let runner = SweepRunner(plan, folder: folder)
        #expect(runner.open == [0, 1, 2])
        try runner.run(jobs: 2) { _ in }
        #expect(try folder.collect().csv == "right,quotient,rest,error\n2,3,1,\n0,,,division by nothing\n3,2,1,\n")
        #expect(SweepRunner(plan, folder: folder).open.isEmpty)
    }

    @Test func aKindNamesItsMistakesWithTheirPlaces() throws {
        func mistakes(_ text: String) -> String {
            do { _ = try plan(text) } catch { return "\(error)" }
            return ""
        }
        #expect(mistakes("run: divide\nleft: 7\ngrid: {right: [2]}\n") == "s.yaml:1:1: error: missing key 'right'")
        #expect(
            mistakes("run: divide\nleft: 7\nright: 1\ngrid: {right: [2, 700]}\n")
                == "s.yaml:4:19: error: 'right' is 700 but must be between 0 and 100")
        #expect(mistakes("run: divid\nleft: 7\nright: 1\ngrid: {right: [2]}\n").contains("did you mean 'divide'?"))
    }
}
