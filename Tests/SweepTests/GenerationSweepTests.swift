import Quantities
import Testing
import Workload

@testable import Sweep

/// Sweeps whose points serve whole requests.
@Suite struct GenerationSweepTests {
    private let scratch: SweepScratch

    init() throws {
        scratch = try SweepScratch()
        try scratch.write("whole.csv", "input_tokens,output_tokens,arrival_ns\n40,3,0\n9,4,0\n70,2,500\n")
    }

    private func rows(_ sections: String) throws -> [[String: String]] {
        try scratch.run(try scratch.plan(sections), in: "out", jobs: 2)
        let table = try scratch.table("out")
        return table.rows.map { Dictionary(zip(table.columns, $0)) { first, _ in first } }
    }

    @Test func axesOverTheOptionsOfServing() throws {
        let rows = try rows(
            """
            list:
              - {workload.requests: whole.csv}
              - {workload.requests: whole.csv, options.max_batch: 1}
              - {workload.requests: whole.csv, options.prefill: whole}
              - {workload.requests: whole.csv, options.step_tokens: 16, options.max_batch: 8}
              - {workload.requests: whole.csv, options.preemption: swap, options.swap_bandwidth: 32 GB/s}
              - {workload.requests: whole.csv, options.sub_batches: 2, options.interleaving: barrier}
              - {workload.requests: r.csv}
            """)
        #expect(rows.map { $0["error"] } == Array(repeating: "", count: 7))
        #expect(rows.prefix(6).map { $0["generated_tokens"] } == Array(repeating: "9", count: 6))
        // One at a time takes a step for each token; otherwise requests share steps.
        #expect(rows[1]["iterations"] == "9")
        #expect(Int(rows[0]["iterations"]!)! < 9)
        // 119 prompt tokens in steps of 16 at the most.
        #expect(Int(rows[3]["iterations"]!)! >= 8)
        // Nothing is preempted, so the link to the host changes nothing.
        #expect(rows[4]["total_cycles"] == rows[0]["total_cycles"] && rows[4]["preemptions"] == "0")
        #expect(rows[5]["sub_batches"] == "2" && rows[5]["interleaving"] == "barrier")
        for row in rows.prefix(6) { #expect(Double(row["ttft_mean_ns"]!)! > 0 && Double(row["tpot_p99_ns"]!)! > 0) }
        #expect(rows[6]["ttft_mean_ns"] == "" && rows[6]["iterations"] == "1")
    }

    @Test func wholeRequestsCanBeDrawn() throws {
        let drawn = "{lengths: alpaca, count: 3, seed: 1, limit: 24, pairs: true"
        let rows = try rows("grid: {workload.requests: [\(drawn)}, \(drawn), rate: 1000000}]}")
        #expect(rows.map { $0["error"] } == ["", ""])
        let name = "alpaca-3-seed1-limit24-pairs"
        #expect(rows.map { $0["workload"] } == [name, "\(name)-rate1000000.0"])
        func tokens(_ interval: Picoseconds?) -> Int {
            var generator = RequestGenerator(statistics: .alpaca, seed: 1, lengthLimit: 24)
            return generator.requests(count: 3, meanInterarrival: interval).reduce(0) { $0 + ($1.outputTokens ?? 0) }
        }
        #expect(rows.map { $0["generated_tokens"] } == ["\(tokens(nil))", "\(tokens(.nanoseconds(1000)))"])
        #expect(rows[0]["total_cycles"] != rows[1]["total_cycles"])
    }

    /// What no memory holds is a row; its words name the request.
    @Test func aRequestThatNeverFitsIsARow() throws {
        try scratch.write("huge.csv", "input_tokens,output_tokens\n10,2\n4000000,2\n")
        let rows = try rows("list: [{workload.requests: whole.csv}, {workload.requests: huge.csv}]")
        #expect(rows[0]["error"] == "")
        #expect(rows[1]["error"]!.hasPrefix("request 2: this request of 4000000 + 2 tokens needs "))
    }

    private static let mistakes = [
        (
            "grid: {workload.requests: [whole.csv], options.iterations: [2]}",
            "s.yaml:4:61: error: 'options.iterations': whole requests are run to their last token"
        ),
        (
            "grid: {workload.requests: [whole.csv], options.sub_batches: [auto]}",
            "s.yaml:4:62: error: 'options.sub_batches': the batch of whole requests changes from step to step; off, 2 or "
                + "4 goes with them"
        ),
        (
            "grid: {options.max_batch: [8]}",
            "s.yaml:4:28: error: 'options.max_batch' goes with whole requests (input_tokens, output_tokens), and these "
                + "are in the middle of decoding"
        ),
        (
            "grid: {workload.requests: [whole.csv], options.step_tokens: [8]}",
            "s.yaml:4:62: error: 'options.step_tokens' must be at least the 256 requests that may run at a time "
                + "(max_batch), each of which decodes a token, not 8"
        ),
        (
            "grid: {workload.requests: [whole.csv], options.swap_bandwidth: [8 GB/s]}",
            "s.yaml:4:65: error: 'options.swap_bandwidth' goes with 'preemption: swap'"
        ),
        (
            "grid: {options.prefil: [whole]}",
            "s.yaml:4:8: error: unknown key 'prefil' in 'options'; did you mean 'prefill'?"
        ),
        (
            "grid: {workload.requests: [{lengths: sharegpt, count: 4, seed: 1, rate: 5}]}",
            "s.yaml:4:73: error: 'rate' goes with 'pairs: true': a snapshot has no arrivals"
        ),
        (
            "grid: {workload.model: [gpt-oss-20b]}",
            "s.yaml:4:25: error: 'gpt-oss-20b' is a mixture of experts, and lengths do not say which experts tokens "
                + "take; a sweep runs no traces"
        ),
    ]

    @Test(arguments: mistakes) func whatDoesNotGoTogetherIsNamed(_ axis: String, _ message: String) throws {
        #expect(try scratch.mistakes(axis) == message)
    }
}
