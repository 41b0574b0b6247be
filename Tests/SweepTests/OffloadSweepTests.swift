import Foundation
import Testing
import YAMLTree

@testable import Sweep

@Suite struct OffloadSweepTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    private func plan(_ text: String) throws -> SweepPlan {
        try SweepPlan(
            try SweepFile.parse(SourceFile(name: "s.yaml", text: text)),
            library: SweepLibrary(
                machines: ["\(Self.root)/HardwareConfigs"], models: ["\(Self.root)/Traces/models"]), version: "1")
    }

    private var base: String {
        """
        run: offload
        machine: raspberry-pi-5
        workload: {model: gpt-oss-20b, routes: \(Self.root)/Traces/routes/gpt-oss-20b-240.csv.gz, tokens: 6}
        options: {cache: lru, capacity: 96, widths: 4.25}

        """
    }

    /// 6 GB of experts beside 3.6 GB of other weights do not fit 8 GB; the other points run all the same.
    @Test func axesOverDevicesRoomPoliciesAndKeysOfTheDevice() throws {
        let scratch = try SweepScratch()
        let plan = try plan(
            base + """
                list:
                  - {options.cache: belady, options.capacity: 2 GB}
                  - {options.capacity: 6 GB}
                  - {machine: snapdragon-8-gen3, options.prefetch: statistics}
                  - {storage.efficiency: 0.1, options.widths: "gate:4.25,2.25"}
                """)
        let folder = SweepFolder(path: "\(scratch.path)/out")
        try folder.write(plan)
        let runner = SweepRunner(plan, folder: folder)
        try runner.run(jobs: 2) { _ in }
        let table = try folder.collect()
        let rows = table.rows.map { Dictionary(zip(table.columns, $0)) { first, _ in first } }
        #expect(rows.count == 4 && table.failures == 1)
        #expect(rows[0]["cache"] == "belady" && rows[0]["capacity"] == "2000000000 B" && rows[0]["tokens"] == "6")
        #expect(rows[1]["error"]!.hasPrefix("raspberry-pi-5 has 8.00 GB of memory, but 9.60 GB are needed: "))
        #expect(rows[2]["compute_unit"]!.hasPrefix("roofline: ") && rows[2]["machine"] == "snapdragon-8-gen3")
        #expect(Double(rows[2]["prefetch_bytes"]!)! > 0)
        #expect(Double(rows[3]["tokens_per_s"]!)! < Double(rows[0]["tokens_per_s"]!)!)
        #expect(SweepRunner(plan, folder: folder).open.isEmpty)
    }

    @Test func withoutAMachineHitsAreCounted() throws {
        let text = base.replacing("machine: raspberry-pi-5\n", with: "") + "grid: {options.scope: [global, layer]}\n"
        let plan = try plan(text)
        #expect(Set(plan.identities).count == 2)
    }

    @Test func mistakesAreNamedWhereTheyStand() {
        let cases = [
            ("grid: {options.cache: [lur]}", "'lur'; did you mean 'lru'?"),
            ("grid: {storge.efficiency: [1]}", "unknown axis 'storge.efficiency'"),
            ("grid: {options.capcity: [1]}", "capcity"),
            ("grid: {machine: [raspberry-pi-6]}", "no shipped device is named 'raspberry-pi-6'"),
        ]
        for (axis, message) in cases {
            var text = ""
            do { _ = try plan(base + axis + "\n") } catch { text = "\(error)" }
            #expect(text.hasPrefix("s.yaml:") && text.contains(message), "\(axis): \(text)")
        }
    }
}
