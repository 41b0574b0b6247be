import Hardware
import Testing

@testable import SimCore

/// The controller against DRAMsim3 1.0 on its HBM2 x128 channel: end tick, command counts and mean latency are equal.
@Suite struct DRAMsim3Tests {
    struct Access: Equatable {
        var tick: Int
        var isWrite: Bool
        var burst: Int
    }

    private let device: TestDevice = {
        var device = TestDevice(name: "hbm2-x128", organization: .dramsim3)
        device.profile.splitCommandBus = true
        device.order = ["ro", "ba", "bg", "ra", "co"]
        return device
    }()

    private func at(row: Int, bank: Int, group: Int, column: Int) -> Int {
        ((row * 4 + bank) * 4 + group) * 32 + column
    }

    /// Line `index` of the pattern whose consecutive lines go to the next bank group, then the next column.
    private func interleaved(_ index: Int, bankOffset: Int = 0, rowOffset: Int = 0) -> Int {
        at(
            row: index / 512 + rowOffset, bank: index / 128 % 4 ^ bankOffset, group: index % 4, column: index / 4 % 32)
    }

    private func accesses(_ pattern: String) throws -> [Access] {
        switch pattern {
        case "seq_read": return (0..<20_000).map { Access(tick: 0, isWrite: false, burst: $0) }
        case "bgint_read": return (0..<20_000).map { Access(tick: 0, isWrite: false, burst: interleaved($0)) }
        case "bgint_write": return (0..<20_000).map { Access(tick: 0, isWrite: true, burst: interleaved($0)) }
        case "copy_seq":
            let target = at(row: 16384, bank: 1, group: 0, column: 0)
            return (0..<20_000).map {
                Access(tick: 0, isWrite: $0 % 2 == 1, burst: $0 / 2 + ($0 % 2 == 1 ? target : 0))
            }
        case "copy_bgint":
            return (0..<20_000).map {
                let isWrite = $0 % 2 == 1
                let burst = interleaved($0 / 2, bankOffset: isWrite ? 1 : 0, rowOffset: isWrite ? 16384 : 0)
                return Access(tick: 0, isWrite: isWrite, burst: burst)
            }
        case "row_pingpong":
            // Two rows of one bank in turn, four columns at a time; sixteen rows in all.
            return (0..<10_000).map {
                let row = ($0 / 64 * 2 + $0 / 4 % 2) % 16
                return Access(
                    tick: 0, isWrite: false, burst: at(row: row, bank: 0, group: 0, column: $0 / 8 % 8 * 4 + $0 % 4))
            }
        case "bank_conflict":
            return (0..<5000).map {
                Access(tick: 0, isWrite: false, burst: at(row: (3 + 7 * $0) % 32768, bank: 0, group: 0, column: 0))
            }
        case "act_bound":
            return (0..<20_000).map {
                Access(tick: 0, isWrite: false, burst: at(row: $0 / 16, bank: $0 / 4 % 4, group: $0 % 4, column: 0))
            }
        default: return try recorded(pattern, spacing: ["paced_rand_read": 200, "paced_mid_mixed": 12][pattern] ?? 0)
        }
    }

    /// Random patterns are kept as files: line `i` is `R` or `W` and the burst index, offered at tick `spacing · i`.
    private func recorded(_ pattern: String, spacing: Int) throws -> [Access] {
        try Fixture.lines("traces/\(pattern).txt").enumerated().map { index, line in
            let burst = try #require(Int(line.dropFirst(), radix: 16))
            return Access(tick: index * spacing, isWrite: line.first == "W", burst: burst)
        }
    }

    @Test(arguments: [
        "seq_read", "bgint_read", "bgint_write", "copy_seq", "copy_bgint", "row_pingpong", "bank_conflict", "act_bound",
        "paced_rand_read", "paced_mid_mixed", "rand_mixed",
    ])
    func ticksCommandsAndLatencyAreEqual(pattern: String) throws {
        let row = try #require(try Fixture.rows("dramsim3-hbm2-x128.csv").first { $0["pattern"] == pattern })
        var channel = device.makeChannel()
        channel.recordsLatency()
        let accesses = try accesses(pattern)
        for (index, access) in accesses.enumerated() {
            channel.enqueue(
                base: access.burst, count: 1, isWrite: access.isWrite, transfer: Int32(index), arrival: access.tick)
        }
        channel.run(until: 10_000_000, pause: .whenAnswered)
        let completions = channel.takeCompletions()
        #expect(completions.count == accesses.count)
        let end = try #require(completions.map(\.cycle).max()) + 1
        channel.run(until: end)
        let expected = { (name: String) in row[name].flatMap { Int($0) } }
        #expect(end == expected("end_tick"))
        for command in [DRAMCommand.act, .pre, .rd, .wr, .refab] {
            #expect(channel.statistics.count(command) == expected(command.mnemonic), "\(command)")
        }
        #expect(channel.statistics.rowHits == expected("row_hits"))
        #expect(channel.statistics.forwardedReads == expected("forwarded_reads"))
        if let latencies = channel.latencies, latencies.total > 0 {
            let mean = Double(latencies.sum) / Double(latencies.total)
            let printed = try #require(row["mean_latency"].flatMap { Double($0) })
            #expect(abs(mean - printed) < 0.000_51, "printed with three decimals")
        }
    }
}
