import Foundation
import Testing

@Suite struct MemoryTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func replay(_ trace: String, _ options: String...) throws -> CommandRun {
        try CommandRun(["memory", "--device", "hbm2-x128", "--trace", trace] + options)
    }

    /// Two rows of one bank in runs of four columns: DRAMsim3 1.0 (commit 2981759), configs/HBM2_8Gb_x128.ini, takes
    /// 53,147 ticks with these commands and this energy.
    @Test func rowPingPongIsAsInDRAMsim3() throws {
        let trace = "\(repository)/Tests/Fixtures/memory/hbm2-x128-row-pingpong.trace.gz"
        let out = "\(scratch.path)/out.csv"
        let run = try replay(trace, "--out", out, "--commands", "\(scratch.path)/commands.csv")
        #expect(run.status == 0, "\(run.errors)")
        let lines = try scratch.read("out.csv").split(separator: "\n")
        #expect(
            lines[0].hasPrefix(
                "device,trace,profile,refresh,scheduler,row_policy,mapping,requests,reads,writes,ticks_total,time_ns,bandwidth_GBps,peak_bandwidth_GBps,read_latency_avg_ns,read_latency_p50_ns,read_latency_p99_ns,read_latency_max_ns,row_hits,row_misses,row_conflicts,ACT,PRE,PREA,RD,WR,RDA,WRA,REFAB,REFPB,energy_total_nJ,energy_pJ_per_bit,"
            ))
        let cells = Dictionary(
            uniqueKeysWithValues: zip(
                lines[0].split(separator: ","), lines[1].split(separator: ",", omittingEmptySubsequences: false)))
        let expected = [
            "ticks_total": "53147", "requests": "10000", "reads": "10000", "row_hits": "9060", "row_misses": "940",
            "row_conflicts": "935", "ACT": "946", "PRE": "945", "RD": "10000", "WR": "0", "REFAB": "13",
            "read_latency_p50_ns": "221.0", "read_latency_max_ns": "568.0",
        ]
        for (column, value) in expected { #expect(cells[column[...]].map(String.init) == value, "\(column)") }
        let energy = try #require(cells["energy_total_nJ"].flatMap { Double($0) })
        #expect(abs(energy - 12_822.912) < 0.001)
        // Header, and every command: 946 + 945 + 10,000 + 13.
        #expect(try scratch.read("commands.csv").split(separator: "\n").count == 1 + 11_904)
    }

    /// Lines that are wrong, with where and how.
    private static let mistakes: [(text: String, place: String, message: String)] = [
        ("1 R 0x40\n2 X 5\n", ":2:3", "the operation must be R or W, not 'X'"),
        ("5 R 64\n3 R 64\n", ":2:1", "tick 3 is before 5, the tick of line 1; time must not run backwards"),
        (
            "5 R 64\n6 R 0x40000000\n", ":2:5",
            "address 0x40000000 is out of range: the memory ends at 0x3fffffff"
        ),
        ("1 R 6\u{0}4\n", ":1:6", "there is a NUL byte here"),
        ("1 R 6q\n", ":1:5", "address must be a number, not '6q'"),
        ("# comment\n\n1 R\n", ":3:4", "the address is missing"),
        ("1 R 5 9\n", ":1:7", "this line goes on after 'tick op address'"),
        ("1 R 99999999999999999999\n", ":1:5", "address 99999999999999999999 is not below 2^56"),
        ("-1 R 5\n", ":1:1", "tick must be a number, not '-1'"),
        ("", "", "the trace has no requests"),
    ]

    @Test(arguments: mistakes.indices) func aBadLineIsNamedAndNothingIsWritten(_ index: Int) throws {
        let mistake = Self.mistakes[index]
        let trace = try scratch.write("t.trace", mistake.text)
        let run = try replay(trace, "--out", "\(scratch.path)/o.csv", "--commands", "\(scratch.path)/c.csv")
        #expect(run.status == 65)
        #expect(run.errors == "\(trace)\(mistake.place): error: \(mistake.message)\n")
        #expect(scratch.contents == ["t.trace"])
    }

    @Test func aTruncatedGzipIsNamed() throws {
        let whole = try Data(
            contentsOf: URL(fileURLWithPath: "\(repository)/Tests/Fixtures/memory/hbm2-x128-row-pingpong.trace.gz"))
        let trace = "\(scratch.path)/t.trace.gz"
        try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: trace))
        let run = try replay(trace, "--out", "\(scratch.path)/o.csv")
        #expect(run.status == 65 && run.errors.hasSuffix(": error: the gzip data end here, in the middle\n"))
        #expect(run.errors.hasPrefix("\(trace):"))
        let text = try scratch.write("x.gz", "1 R 0\n")
        let plain = try replay(text)
        #expect(plain.errors == "\(text):1:1: error: the file's name ends in .gz and it is not gzip\n")
        #expect(scratch.contents == ["t.trace.gz", "x.gz"])
    }

    @Test func allThreeFormatsSayTheSame() throws {
        let formats = [
            ("dualrow", "0 R 0x40\n0 W 128\n"), ("ramulator-ls", "LD 0x40\nST 128\n"),
            ("dramsim3", "0x40 READ 0\n80 WRITE 0\n"),
        ]
        let outputs = try formats.map { name, text in
            try replay(try scratch.write("t.trace", text), "--format", name).output
        }
        #expect(outputs[0].contains("1 reads, 1 writes"))
        #expect(outputs[0] == outputs[1] && outputs[1] == outputs[2])
    }

    /// Numbers in either form, comments, blank lines, blanks and tabs, line ends of Windows; packed or not.
    @Test func manyWaysOfWritingOneTrace() throws {
        let plain = "0 R 64\n3 W 128\n"
        let texts = [
            "# made by hand\n\n 0x0 r\t0x40 \r\n3 W 0X80\r\n", "0 R 64\n3 w 128", "00 R 0064\n0x3 W 0x000080\n# end\n",
        ]
        let expected = try replay(try scratch.write("t.trace", plain)).output
        for text in texts {
            let run = try replay(try scratch.write("t.trace", text))
            #expect(run.output == expected, "\(text)\(run.errors)")
        }
    }

    /// Every device under every controller; each data bus's tick once, energy the sum of its parts.
    @Test func devicesAndProfilesAreFree() throws {
        var lines = ""
        for index in 0..<300 { lines += "\(index * 2) \(index % 3 == 0 ? "W" : "R") \(index * 7919 % 4096 * 64)\n" }
        let trace = try scratch.write("t.trace", lines)
        for device in ["hbm2-2000", "ddr4-3200-2rank", "lpddr5x-8533", "hbm2-x128", "lpddr4-2400"] {
            for profile in ["ramulator", "dramsim3", "dualrow"] {
                let run = try CommandRun([
                    "memory", "--device", device, "--profile", profile, "--trace", trace, "--out",
                    "\(scratch.path)/o.csv",
                ])
                #expect(run.status == 0, "\(device) \(profile): \(run.errors)")
                let rows = try scratch.read("o.csv").split(separator: "\n").map {
                    $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                }
                let cells = Dictionary(uniqueKeysWithValues: zip(rows[0], rows[1]))
                #expect(cells["profile"] == profile && cells["requests"] == "300")
                let parts = rows[0].filter { $0.hasPrefix("energy_") && $0.hasSuffix("_nJ") && $0 != "energy_total_nJ" }
                let sum = parts.reduce(0) { $0 + (Double(cells[$1] ?? "") ?? 0) }
                let total = Double(cells["energy_total_nJ"] ?? "") ?? 0
                #expect(abs(sum - total) <= 1e-9 * total, "\(device) \(profile)")
                #expect((total > 0) == (device != "lpddr5x-8533"))
                guard profile != "dramsim3" else { continue }
                let ticks = Int(cells["ticks_total"] ?? "") ?? 0
                let charged = rows[0].filter { $0.hasPrefix("bus_") }.reduce(0) { $0 + (Int(cells[$1] ?? "") ?? 0) }
                #expect(charged == ticks * (device == "hbm2-2000" ? 2 : 1), "\(device) \(profile)")
            }
        }
    }

    @Test func aDeviceFileIsReplayedUnderItsName() throws {
        let device = try scratch.write("mine.yaml", "name: mine\ndevice: ddr4-3200\ntiming:\n  tCL: 24 cycles\n")
        let trace = try scratch.write("t.trace", "0 R 0\n")
        let run = try CommandRun(["memory", "--device", device, "--trace", trace, "--refresh", "none"])
        // ACT in tick 1, RD 22 later, data after nCL 24 + nBL 4.
        #expect(run.status == 0 && run.output.contains("51 ticks"), "\(run.errors)\(run.output)")
        let bad = try scratch.write("bad.yaml", "name: mine\ndevice: ddr4-3200\ntiming:\n  tXX: 24 cycles\n")
        let wrong = try CommandRun(["memory", "--device", bad, "--trace", trace])
        #expect(wrong.status == 65 && wrong.errors.hasPrefix("\(bad):4:3: error: unknown key 'tXX' in 'timing'"))
    }

    @Test func mappingsMaySpellOutTheirBits() throws {
        let trace = try scratch.write("t.trace", "0 R 0x40\n0 R 0x2000\n")
        var logs: [String] = []
        for mapping in ["robaracoch", "robabgrachco", "bits:ro,ba,bg,ra,co", "bits:ro,co,ba,bg,ra"] {
            let run = try CommandRun([
                "memory", "--device", "ddr4-3200", "--trace", trace, "--mapping", mapping, "--commands",
                "\(scratch.path)/c.csv",
            ])
            #expect(run.status == 0, "\(run.errors)")
            logs.append(try scratch.read("c.csv"))
        }
        #expect(logs[0] == logs[1] && logs[1] == logs[2] && logs[2] != logs[3])
        let run = try CommandRun(["memory", "--device", "ddr4-3200", "--trace", trace, "--mapping", "bits:ro,ba"])
        #expect(run.status == 64 && run.errors == "--mapping: error: bit bg0 is missing\n")
    }

    @Test func whatThisVersionLacksIsSaid() throws {
        let trace = try scratch.write("t.trace", "0 R 0\n")
        let run = try replay(trace, "--row-policy", "closed-1")
        #expect(run.status == 64)
        #expect(run.errors == "--row-policy: error: 'closed-1' is not available in this version; there is open\n")
        let mapping = try replay(trace, "--mapping", "rorabgbacoco")
        #expect(mapping.status == 64 && mapping.errors.hasPrefix("--mapping: error: must name each of "))
    }
    /// A write, and a read of its row: ACT1 in tick 1 and ACT2 in 2, WR 15 after ACT1, RD nCWL 9 + nBL 4 + nWTRL 10 later.
    /// The write clock runs out nCWL 9 + nBL 2 + nWCKPST 1 after WR, so that the read has a CAS of its own.
    @Test func lpddr5SplitsActivationsAndStartsItsClock() throws {
        let trace = try scratch.write("t.trace", "0 W 0\n0 R 32\n")
        let run = try CommandRun([
            "memory", "--device", "lpddr5-6400", "--trace", trace, "--refresh", "none", "--out",
            "\(scratch.path)/o.csv",
            "--commands", "\(scratch.path)/c.csv",
        ])
        #expect(run.status == 0, "\(run.errors)")
        let commands = try scratch.read("c.csv").split(separator: "\n").dropFirst().map {
            $0.split(separator: ",").prefix(2).joined(separator: " ")
        }
        #expect(commands == ["1 ACT1", "2 ACT2", "16 CAS_WR", "17 WR", "40 CAS_RD", "41 RD"])
        let cells = try scratch.read("o.csv").split(separator: "\n")[1].split(
            separator: ",", omittingEmptySubsequences: false)
        #expect(cells[2...6] == ["ramulator", "none", "frfcfs", "open", "robaracoch"])
        #expect(cells[10] == "60" && cells[30...31] == ["", ""])
    }

    @Test func aStandardWithoutBankRefreshSaysSo() throws {
        let trace = try scratch.write("t.trace", "0 R 0\n")
        let run = try CommandRun([
            "memory", "--device", "ddr4-3200", "--trace", trace, "--refresh", "per-bank",
        ])
        #expect(run.status == 64 && run.errors.hasPrefix("--refresh: error: 'per-bank' is not available"))
    }
}
