import Testing
import YAMLTree

@testable import Sweep

/// The points that a sweep file stands for, and what is wrong with one.
@Suite struct SweepFileTests {
    static let base = """
        machine: neupims
        workload: {model: gpt3-7b, requests: {lengths: sharegpt, count: 8, seed: 1}}

        """

    private func points(_ section: String) throws -> [[String]] {
        let file = try SweepFile.parse(SourceFile(name: "s.yaml", text: Self.base + section))
        return file.points.map { point in file.axes.map { point.text(of: $0) } }
    }

    @Test func aGridsLastAxisChangesFastest() throws {
        #expect(try points("grid: {a: [1, 2], b: [x, y]}") == [["1", "x"], ["1", "y"], ["2", "x"], ["2", "y"]])
    }

    @Test func aRangeIsAList() throws {
        #expect(try points("grid: {a: {from: 4, to: 33, factor: 2}}") == [["4"], ["8"], ["16"], ["32"]])
        #expect(try points("grid: {a: {from: 4, to: 9, step: 3}}") == [["4"], ["7"]])
        #expect(try points("grid: {a: {from: 4, to: 5}}") == [["4"], ["5"]])
    }

    @Test func aZipPairsItsValues() throws {
        #expect(try points("zip: {a: [1, 2], b: [[ro, ra], 2 KiB]}") == [["1", "[ro, ra]"], ["2", "2 KiB"]])
    }

    @Test func aListHasTheAxesOfAllItsPoints() throws {
        #expect(try points("list: [{a: 1}, {b: 2, a: 3}]") == [["1", ""], ["3", "2"]])
    }

    @Test func aRandomSweepIsPartOfItsGridAndTheSameForTheSameSeed() throws {
        let axes = "axes: {a: {from: 1, to: 50}, b: {from: 1, to: 50}}"
        let drawn = try points("random: {count: 20, seed: 3, \(axes)}")
        #expect(drawn.count == 20 && Set(drawn).count == 20)
        #expect(drawn == (try points("random: {count: 20, seed: 3, \(axes)}")))
        #expect(drawn != (try points("random: {count: 20, seed: 4, \(axes)}")))
        let grid = try points("limit: 2500\ngrid: {a: {from: 1, to: 50}, b: {from: 1, to: 50}}")
        #expect(drawn == grid.filter { drawn.contains($0) })
        #expect(try points("random: {count: 4, seed: 0, axes: {a: [1, 2], b: [1, 2]}}").count == 4)
    }

    /// Sections with mistakes; line 3 is their first.
    private static let mistakes: [(section: String, message: String)] = [
        ("", "s.yaml:1:1: error: nothing is varied: say what by 'grid', 'zip', 'list' or 'random'"),
        (
            "gird: {a: [1]}",
            """
            s.yaml:1:1: error: nothing is varied: say what by 'grid', 'zip', 'list' or 'random'
            s.yaml:3:1: error: unknown key 'gird'; did you mean 'grid'?
            """
        ),
        (
            "grid: {a: [1]}\nzip: {a: [1]}",
            "s.yaml:4:1: error: 'zip' beside 'grid', set at s.yaml:3:1: a sweep has one of 'grid', 'zip', 'list' and 'random'"
        ),
        ("grid: {}", "s.yaml:3:1: error: there are no axes here"),
        ("grid: {a: [1], b: []}", "s.yaml:3:19: error: 'b' has no values"),
        (
            "grid: {a: 4}",
            "s.yaml:3:11: error: 'a' must be a list of values such as [4, 8], or a range such as {from: 1, to: 8}, not '4'"
        ),
        ("grid: {a: [4, 8, 4]}", "s.yaml:3:18: error: 'a' has '4' twice, first at s.yaml:3:12"),
        (
            "zip: {a: [1, 2], b: [1]}", "s.yaml:3:18: error: 'b' has 1 values but 'a' has 2, set at s.yaml:3:7"
        ),
        ("list: []", "s.yaml:3:1: error: 'list' has no points"),
        ("list: [3]", "s.yaml:3:8: error: a point must be a mapping such as {memory.channels: 16}, not '3'"),
        (
            "grid: {a: {from: 1, to: 100}, b: {from: 1, to: 50}, c: [1, 2]}",
            "s.yaml:3:1: error: this sweep has 10000 points (100 x 50 x 2), more than 1000; if they are meant, state 'limit'"
        ),
        (
            "grid: {a: {from: 1, to: 160000}}",
            "s.yaml:3:8: error: 'a' has more than 10000 values; give it a larger 'step'"
        ),
        (
            "grid: {a: {from: 5, to: 1}}",
            "s.yaml:3:18: error: 'from' is 5 but must be at most to (1), set at s.yaml:3:25"
        ),
        (
            "random: {count: 5, seed: 1, axes: {a: [1, 2]}}",
            "s.yaml:3:17: error: 'count' is 5 but the axes have only 2 points"
        ),
        ("random: {count: 5, axes: {a: [1]}}", "s.yaml:3:9: error: missing key 'seed'"),
    ]

    @Test(arguments: mistakes.indices) func mistakesHaveTheirPlaces(_ index: Int) throws {
        let mistake = Self.mistakes[index]
        var found = ""
        do { _ = try points(mistake.section) } catch { found = "\(error)" }
        #expect(found == mistake.message)
    }
}
