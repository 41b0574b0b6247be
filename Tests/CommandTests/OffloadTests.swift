import Foundation
import Testing

@Suite struct OffloadTests {
    private let scratch: Scratch
    private let routes = "\(repository)/Traces/routes/gpt-oss-20b-240.csv.gz"

    init() throws { scratch = try Scratch() }

    private func offload(_ options: [String], model: String = "gpt-oss-20b") throws -> CommandRun {
        try CommandRun(["offload", "--model", model] + options)
    }

    /// The one row of `offload.csv` by its columns.
    private func row() throws -> [Substring: Substring] {
        let lines = try scratch.read("out/offload.csv").split(separator: "\n")
        return Dictionary(
            uniqueKeysWithValues: zip(
                lines[0].split(separator: ","), lines[1].split(separator: ",", omittingEmptySubsequences: false)))
    }

    /// 23,040 accesses: 240 tokens, 24 layers, 4 experts. The rate is that of a separate program on the same routes.
    @Test func withoutTimingTheRatesStandAlone() throws {
        let run = try offload([
            "--routes", routes, "--cache", "lru", "--capacity", "192", "--scope", "layer", "--no-timing", "--out",
            "\(scratch.path)/out",
        ])
        #expect(run.status == 0, "\(run.errors)")
        let cells = try row()
        let figures = [
            "hits", "misses", "hit_rate", "prefetch_accuracy", "demand_bytes", "prefetch_bytes", "wasted_bytes",
            "union_over_capacity", "time_per_token_s", "compute_s", "exposed_io_s", "hidden_io_s", "dequantization_s",
            "ttft_s", "tokens_per_s", "energy_per_token_J", "peak_memory_bytes",
        ]
        let header = try scratch.read("out/offload.csv").split(separator: "\n")[0].split(separator: ",").map(
            String.init)
        #expect(Array(header.suffix(figures.count)) == figures)
        #expect(Int(cells["hits"]!)! + Int(cells["misses"]!)! == 23040)
        #expect(cells["hit_rate"] == Substring(try rate("lru", "layer", "192")))
        for column in figures.dropFirst(8) { #expect(cells[column[...]] == "") }
        #expect(try scratch.read("out/tokens.csv").split(separator: "\n").count == 241)
        #expect(try scratch.read("out/layers.csv").split(separator: "\n").count == 25)
    }

    private func rate(_ policy: String, _ scope: String, _ capacity: String) throws -> String {
        let path = "\(repository)/Tests/OffloadTests/Fixtures/gptoss20b-240-rates.csv"
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let cells = try #require(lines.first { $0.hasPrefix("\(policy),\(scope),\(capacity),") }).split(separator: ",")
        let hits = Double(cells[3])!
        return String(format: "%.6f", hits / (hits + Double(cells[4])!))
    }

    @Test func aTraceGivesItsRoutesAndPrompts() throws {
        let run = try offload(
            [
                "--trace", "\(repository)/Traces/traces/tinymoe-8x32.trace.gz", "--cache", "edgemoe", "--capacity",
                "24", "--machine", "raspberry-pi-5", "--prefetch", "statistics", "--widths", "8", "--out",
                "\(scratch.path)/out",
            ], model: "tinymoe")
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("roofline: 4 Cortex-A76") && run.output.contains("prefetch accuracy"))
        let cells = try row()
        // Eight prompts in a pass each, and 31 more tokens of each request.
        #expect(cells["steps"] == "256" && cells["output_tokens"] == "256")
        #expect(Double(cells["time_per_token_s"]!)! > 0 && Double(cells["energy_per_token_J"]!)! > 0)
        let time = Double(cells["compute_s"]!)! + Double(cells["exposed_io_s"]!)!
        #expect(abs(256 / time / Double(cells["tokens_per_s"]!)! - 1) < 1e-6)
    }

    @Test func mistakesAreNamedTogetherAndNothingIsWritten() throws {
        let run = try offload([
            "--routes", routes, "--cache", "lur", "--capacity", "4 GBit", "--scope", "layers", "--no-timing", "--out",
            "\(scratch.path)/out",
        ])
        #expect(run.status == 64 && run.output.isEmpty)
        #expect(
            run.errors == """
                --cache: error: must be lru, lfu, edgemoe, edgemoe-printed, static, belady, moe-infinity, fate or hobbit, not 'lur'; did you mean 'lru'?
                --scope: error: must be global or layer, not 'layers'; did you mean 'layer'?
                --capacity: error: '4 GBit' is neither a number of experts such as '96' nor a size such as '4 GB'

                """)
        #expect(scratch.contents.isEmpty)
    }

    @Test func badRoutesAreRefusedWithTheirPlace() throws {
        let file = try scratch.write("bad.csv", "request,token,layer,e0,e1,e2,e3\n0,0,0,1,2,3,32\n")
        let run = try offload([
            "--routes", file, "--cache", "lru", "--capacity", "8", "--no-timing", "--out", "\(scratch.path)/out",
        ])
        #expect(run.status == 65)
        #expect(run.errors == "\(file):2:13: error: 'e3' is 32 but must be between 0 and 31\n")
        #expect(scratch.contents == ["bad.csv"])
    }

    /// 24 layers x 32 experts of 25 MB do not fit 8 GB.
    @Test func aMachineMustHoldItsCache() throws {
        let run = try offload([
            "--routes", routes, "--cache", "lru", "--capacity", "768", "--machine", "jetson-orin-nano",
        ])
        #expect(run.status == 64)
        #expect(run.errors.hasPrefix("--capacity: error: jetson-orin-nano has 8.00 GB of memory, but "))
    }
}
