import GEMMTables
import SimCore
import Testing

@Suite("SCALE-Sim's own runs")
struct ScaleSimCasesTests {
    /// Reports of one case, through the same writer a user gets.
    func report(_ run: ScaleSimCase) throws -> (compute: [String], bandwidth: [String], detail: [String]) {
        let topology = Topology(layers: [run.layer])
        let files = try ScaleSimReports(topology, file: "case", config: run.config).files
        let rows = files.map { reportRows($0.text)[1] }
        return (rows[0], rows[1], rows[2])
    }

    /// Compares and prints one figure; counts as checked when the case has it.
    func check(_ run: ScaleSimCase, _ column: String, _ found: String) -> Int {
        guard let expected = run.double(column) else { return 0 }
        let value = Double(found) ?? .nan
        let near = column.hasSuffix("_pct") ? abs(value - expected) <= 1e-9 * abs(expected) : value == expected
        if !near { print("mismatch: \(run.title): \(column) is \(found), SCALE-Sim says \(run[column])") }
        #expect(near, "\(run.title): \(column) is \(found), SCALE-Sim says \(run[column])")
        return 1
    }

    @Test("every estimate run: cycles, utilisation, scratchpad and memory accesses exact")
    func estimateRows() throws {
        let runs = ScaleSimCase.all.filter { $0["mode"] == "CALC" }
        var checked: [String: Int] = [:]
        for run in runs {
            let (compute, _, detail) = try report(run)
            var columns = ["total_cycles": compute[2]]
            if !run.isRowWise {
                let names = [
                    "cycles_with_prefetch": compute[1], "overall_util_pct": compute[4], "mapping_eff_pct": compute[5],
                    "compute_util_pct": compute[6], "ifmap_reads": detail[3], "filter_reads": detail[6],
                    "ofmap_writes": detail[9], "dram_ifmap_start": detail[10], "dram_ifmap_stop": detail[11],
                    "dram_ifmap_reads": detail[12], "dram_filter_start": detail[13], "dram_filter_stop": detail[14],
                    "dram_filter_reads": detail[15], "dram_ofmap_start": detail[16], "dram_ofmap_stop": detail[17],
                    "dram_ofmap_writes": detail[18], "stall_cycles": compute[3],
                ]
                columns.merge(names) { first, _ in first }
            }
            for (column, found) in columns { checked[column, default: 0] += check(run, column, found) }
        }
        #expect(runs.count == 78)
        #expect(checked["total_cycles"] == 78)
        #expect(checked["ifmap_reads"] == 73)
        #expect(checked["dram_ofmap_stop"] == 73)
    }

    @Test("every fixed-bandwidth run: total less stalls, and scratchpad accesses, exact")
    func userRows() throws {
        let runs = ScaleSimCase.all.filter { $0["mode"] == "USER" }
        #expect(runs.count == 66)
        for run in runs {
            let folds = SystolicFolds(run.shape, dataflow: run.dataflow, array: run.array)
            let accesses = folds.scratchpadAccesses()
            let expected = run.int("total_cycles")! - run.int("stall_cycles")!
            if folds.computeCycles - 1 != expected {
                print("mismatch: \(run.title): \(folds.computeCycles - 1) compute cycles, SCALE-Sim says \(expected)")
            }
            #expect(folds.computeCycles - 1 == expected, "\(run.title)")
            #expect(accesses.inputReads == run.int("ifmap_reads"))
            #expect(accesses.weightReads == run.int("filter_reads"))
            #expect(accesses.outputWrites + folds.scaleSimOutputSurplus == run.int("ofmap_writes"))
            #expect(abs(folds.mappingUtilization * 100 - run.double("mapping_eff_pct")!) < 1e-9)
            #expect(abs(folds.scaleSimComputeUtilization * 100 - run.double("compute_util_pct")!) < 1e-9)
        }
    }

    /// A report published with the tool (scalesim-project/scale-sim-v2, test/general/golden_trace and
    /// test/golden_trace, the first convolution of AlexNet, 32 x 32, ws). Its input columns are affected by the last
    /// partial windows (224 is not a whole number of strides) and are not compared,
    /// nor is its last output cycle: v2 printed that of the last line written, v3 the latest of all.
    @Test("a published convolution report: what is claimed for convolutions")
    func publishedConvolution() throws {
        let table = "Layer, H, W, FH, FW, C, N, S,\nConv1, 224, 224, 11, 11, 3, 96, 4,\n"
        let topology = try TopologyReader.read(Array(table.utf8), file: "alexnet.csv", input: .conv)
        var config = ScaleSimConfig(
            array: SystolicArrayShape(rows: 32, columns: 32), dataflow: .weightStationary)
        config.inputKilobytes = 64
        config.weightKilobytes = 64
        config.outputKilobytes = 64
        let files = try ScaleSimReports(topology, file: "alexnet.csv", config: config).files
        let compute = reportRows(files[0].text)[1]
        let detail = reportRows(files[2].text)[1]
        #expect(compute[2...3] == ["112283", "0"])
        #expect(abs(Double(compute[4])! - 91.68309650614964) < 1e-9)
        #expect(abs(Double(compute[5])! - 94.53125) < 1e-9)
        #expect(abs(Double(compute[6])! - 90.78000992063485) < 1e-9)
        #expect(detail[1] == "33.0")
        #expect(detail[3] == "3294225")
        #expect(detail[4...9] == ["1.0", "109197.0", "34848", "63.0", "112283.0", "3484800"])
        #expect(detail[18] == "3484831")
        #expect(detail[13...16] == ["-3275.0", "102937.0", "34848", "1102.0"])
    }

    @Test("headers, separators and number forms are the reference's")
    func exactText() throws {
        let layer = TopologyLayer(name: "one", gemm: GEMMShape(m: 1, n: 1, k: 1))
        let config = ScaleSimConfig(array: SystolicArrayShape(rows: 32, columns: 32), dataflow: .weightStationary)
        let files = try ScaleSimReports(Topology(layers: [layer]), file: "t", config: config).files
        #expect(files.map(\.name) == ["COMPUTE_REPORT.csv", "BANDWIDTH_REPORT.csv", "DETAILED_ACCESS_REPORT.csv"])
        let lines = files.map { $0.text.split(separator: "\n").map(String.init) }
        #expect(
            lines[0] == [
                "LayerID, Total Cycles (incl. prefetch), Total Cycles, Stall Cycles, Overall Util %, "
                    + "Mapping Efficiency %, Compute Util %,",
                "0, 357, 94, 0, 0.0010388962765957447, 0.09765625, 0.0007750496031746031,",
            ])
        #expect(
            lines[1][0] == "LayerID, Avg IFMAP SRAM BW, Avg FILTER SRAM BW, Avg OFMAP SRAM BW, Avg IFMAP DRAM BW, "
                + "Avg FILTER DRAM BW, Avg OFMAP DRAM BW,")
        #expect(
            lines[2] == [
                "LayerID, SRAM IFMAP Start Cycle, SRAM IFMAP Stop Cycle, SRAM IFMAP Reads, SRAM Filter Start Cycle, "
                    + "SRAM Filter Stop Cycle, SRAM Filter Reads, SRAM OFMAP Start Cycle, SRAM OFMAP Stop Cycle, "
                    + "SRAM OFMAP Writes, DRAM IFMAP Start Cycle, DRAM IFMAP Stop Cycle, DRAM IFMAP Reads, "
                    + "DRAM Filter Start Cycle, DRAM Filter Stop Cycle, DRAM Filter Reads, DRAM OFMAP Start Cycle, "
                    + "DRAM OFMAP Stop Cycle, DRAM OFMAP Writes,",
                "0, 33.0, 33.0, 1, 32.0, 32.0, 1, 63.0, 63.0, 1, -263.0, -1.0, 1, -263.0, -1.0, 1, 94.0, 94.0, 1,",
            ])
    }
}
