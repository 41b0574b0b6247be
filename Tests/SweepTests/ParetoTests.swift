import Testing
import YAMLTree

@testable import Sweep

@Suite struct ParetoTests {
    @Test func aPointIsOnTheFrontierIfNoneIsBetter() {
        let figures: [[Double]?] = [[1, 5], [2, 5], [3, 1], [3, 0], nil, [3, 1]]
        #expect(ParetoFrontier.members(figures) == [false, true, true, false, false, true])
        #expect(ParetoFrontier.members([]) == [])
    }

    /// A row for each pair of axis, throughput and energy; no throughput is an error.
    private func table(_ rows: [(String, String, String)]) -> SweepTable {
        SweepTable(
            axes: ["arrays"], columns: SweepKind.simulate.rowColumns,
            rows: rows.map { arrays, rate, energy in
                [arrays]
                    + SweepKind.simulate.rowColumns.map { column in
                        switch column {
                        case "tokens_per_s": rate
                        case "energy_per_token_mJ": energy
                        case "error": rate.isEmpty ? "no" : ""
                        default: "x"
                        }
                    }
            })
    }

    @Test func theColumnMarksTheFrontier() throws {
        var marked = table([("1", "10", "2"), ("2", "20", "3"), ("3", "20", "4"), ("4", "", "")])
        try marked.markFrontier(try ParetoMeasure.list("tokens_per_s,energy_per_token_mJ"))
        #expect(marked.cells("pareto") == ["1", "1", "0", "0"])
        var byAxis = table([("1", "10", "2"), ("2", "10", "1")])
        try byAxis.markFrontier(try ParetoMeasure.list("tokens_per_s,min:arrays"))
        #expect(byAxis.cells("pareto") == ["1", "0"])
    }

    private static let mistakes = [
        ("tokens_per_s", "needs two columns or more, as tokens_per_s,energy_per_token_mJ"),
        (
            "tokens_per_s,energy_per_tokn_mJ",
            "whether much or little of 'energy_per_tokn_mJ' is good must be said by 'max:energy_per_tokn_mJ' or "
                + "'min:energy_per_tokn_mJ'; did you mean 'energy_per_token_mJ'?"
        ),
        ("tokens_per_s,min:tokens_per_s", "'tokens_per_s' is named twice"),
        ("tokens_per_s,min:arays", "there is no column 'arays'; did you mean 'arrays'?"),
        ("tokens_per_s,min:machine", "column 'machine' has 'x', which is no number"),
    ]

    @Test(arguments: mistakes) func mistakesAreNamed(_ text: String, _ message: String) throws {
        var found = ""
        do {
            var table = table([("1", "10", "2")])
            try table.markFrontier(try ParetoMeasure.list(text))
        } catch { found = "\(error)" }
        #expect(found == "--pareto: error: \(message)")
    }
}
