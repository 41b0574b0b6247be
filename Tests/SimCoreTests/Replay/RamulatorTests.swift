import Hardware
import Testing

@testable import SimCore

/// The replay controller against Ramulator 2.1: ticks, command counts, row hits and mean latency are equal, and so are
/// the commands themselves on random traffic.
@Suite struct RamulatorTests {
    static let cases = Result { try Fixture.rows("ramulator/cases.csv") }

    @Test func allRowsOfTheTableAreReproduced() throws {
        let rows = try Self.cases.get()
        #expect(rows.count == 85)
        for row in rows {
            let name = row.values.sorted().joined(separator: " ")
            let device = try #require(StandardDevice.named(row["device"] ?? ""))
            let controller = ReplayController(
                scheduler: try #require(.init(rawValue: row["scheduler"] ?? "")),
                rowPolicy: try #require(.init(rawValue: row["row_policy"] ?? "")),
                refresh: try #require(.init(rawValue: row["refresh"] ?? "")),
                mapping: try #require(.init(rawValue: row["mapping"] ?? "")))
            let number = { (column: String) in try #require(row[column].flatMap { Int($0) }) }
            let accesses = try #require(
                ReplayPattern(organization: device.organization).accesses(
                    row["pattern"] ?? "", count: try number("requests")))
            var channel = ReplayChannel(device, controller)
            channel.enqueue(accesses)
            let ticks = channel.finish()
            let statistics = channel.statistics
            #expect(ticks == (try number("ticks")), "\(name)")
            #expect(statistics.rowHits == (try number("row_hits")), "\(name)")
            #expect(statistics.rowMisses == (try number("row_misses")), "\(name)")
            #expect(statistics.rowConflicts == (try number("row_conflicts")), "\(name)")
            for command in [DRAMCommand.pre, .prea, .rd, .wr, .rda, .wra, .refab, .refpb] {
                #expect(statistics.commands[Int(command.rawValue)] == (try number(command.mnemonic)), "\(name)")
            }
            let activations = statistics.commands[Int(DRAMCommand.act.rawValue)]
            #expect(activations + statistics.commands[Int(DRAMCommand.act1.rawValue)] == (try number("ACT")), "\(name)")
            let latency = try #require(row["mean_latency"].flatMap { Double($0) })
            let total = statistics.latencies.total
            let mean = total > 0 ? Double(statistics.latencies.sum) / Double(total) : 0
            #expect(abs(mean - latency) < 0.001, "\(name)")
        }
    }

    @Test(arguments: [
        ("hbm2-2000", "hbm2.rand_mixed.allbank", ReplayController()),
        ("lpddr5-6400", "lpddr5.rand_mixed.allbank", ReplayController()),
        (
            "ddr4-3200", "ddr4.rand_mixed.none_mop4clxor",
            ReplayController(refresh: .none, mapping: .mop4CLXOR)
        ),
    ])
    func commandsOfRandomTrafficAreEqual(name: String, file: String, controller: ReplayController) throws {
        let lines = try Fixture.lines("ramulator/\(file).txt")
        let middle = try #require(lines.firstIndex(of: "-"))
        let accesses = try lines[..<middle].map {
            ReplayAccess(tick: 0, burst: try #require(Int($0.dropFirst(), radix: 16)), isWrite: $0.first == "W")
        }
        var channel = ReplayChannel(try #require(StandardDevice.named(name)), controller)
        channel.recordsCommands()
        channel.enqueue(accesses)
        _ = channel.finish()
        let expected = lines[(middle + 1)...]
        let found = channel.takeLog().prefix(expected.count).map { logged in
            "\(logged.cycle) \(logged.command.mnemonic) \(logged.bank ?? -1)"
        }
        #expect(found == expected.map(String.init))
    }
}
