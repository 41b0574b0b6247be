import SimCore
import Simulation
import Testing

@testable import Reporting

/// `utilization.csv` leaves nothing out and counts nothing twice.
@Suite struct UtilizationTests {
    /// Cells of a unit's rows, by column.
    private func rows(_ report: Report, _ unit: String) -> [[Double]] {
        report.utilization.split(separator: "\n").dropFirst().compactMap { line in
            let cells = line.split(separator: ",").map(String.init)
            return cells[0] == unit ? cells.dropFirst().map { Double($0)! } : nil
        }
    }

    @Test(arguments: ["neupims", "npu-pim-blocked", "npu-only"], [1, 2])
    func theStretchesSumToTheBusyTimesOfTheRun(machine: String, parts: Int) throws {
        let result = try run(
            machine, contexts: [400, 30, 711, 90], layers: 2, iterations: 2, tensorParallel: 2,
            subBatching: SubBatching(count: parts, interleaving: .dataflow, split: .count))
        let report = Report(result, workload: "w", version: "0")
        func busy(_ unit: String) -> Int { Int(rows(report, unit).reduce(0) { $0 + $1[5] }) }
        #expect(busy("npu") == result.npuBusyCycles)
        #expect(busy("dram") == result.channels.reduce(0) { $0 + $1.dataBusCycles })
        #expect(busy("pim") == result.channels.reduce(0) { $0 + $1.statistics.pimBusyCycles })
        #expect(busy("systolic") <= busy("npu") && busy("vector") <= busy("npu"))
        #expect(busy("systolic") + busy("vector") >= busy("npu"))
        // Two all-reduces of each layer and step, of parts that do not wait for one another.
        let link = result.operators.filter { $0.unit == .link }.map { $0.end - $0.start }
        #expect(busy("link") <= link.reduce(0, +) && busy("link") > 0)
        #expect(rows(report, "pim").isEmpty == (machine == "npu-only"))
        for unit in ["npu", "systolic", "vector", "dram", "pim", "link"] {
            for row in rows(report, unit) {
                #expect(row[5] <= row[0] * (row[2] - row[1]), "\(unit): busy at most all the time")
            }
        }
    }

    @Test func theStretchesFollowOneAnotherToTheEnd() throws {
        let result = try run("neupims", contexts: [400, 30])
        for unit in ["npu", "pim"] {
            let rows = rows(Report(result, workload: "w", version: "0"), unit)
            #expect(rows.count > 64 && rows.count <= ActivityProfile.binLimit)
            #expect(rows[0][1] == 0 && rows.last![2] == Double(unit == "npu" ? result.cycles : result.memoryCycles))
            for (row, next) in zip(rows, rows.dropFirst()) { #expect(row[2] == next[1]) }
        }
    }
}
