import SimCore

/// The three reports of SCALE-Sim v3.0.0 in its own headers, separators and number forms.
///
/// Rows are one per layer in CALC mode, a depthwise layer one per channel as in the reference; a batch or repetition
/// count is not multiplied in, as the reference has none. See `ScaleSimLayer` for what is matched and what is not.
/// With sparsity, the bandwidth report has the metadata column of the `ellpack_block` representation, ceil(log2 M) bits
/// per stored element in words of 32 bits; that one column is not checked against the reference. Its fourth report,
/// `SPARSE_REPORT.csv`, and its traces are not written.
public struct ScaleSimReports: Sendable {
    public let files: [(name: String, text: String)]
    /// What the configuration asked for and did not get.
    public let warnings: [TableMistake]

    public static let computeHeader =
        "LayerID, Total Cycles (incl. prefetch), Total Cycles, Stall Cycles, Overall Util %, Mapping Efficiency %,"
        + " Compute Util %,"
    public static let detailHeader =
        "LayerID, SRAM IFMAP Start Cycle, SRAM IFMAP Stop Cycle, SRAM IFMAP Reads, "
        + "SRAM Filter Start Cycle, SRAM Filter Stop Cycle, SRAM Filter Reads, "
        + "SRAM OFMAP Start Cycle, SRAM OFMAP Stop Cycle, SRAM OFMAP Writes, "
        + "DRAM IFMAP Start Cycle, DRAM IFMAP Stop Cycle, DRAM IFMAP Reads, "
        + "DRAM Filter Start Cycle, DRAM Filter Stop Cycle, DRAM Filter Reads, "
        + "DRAM OFMAP Start Cycle, DRAM OFMAP Stop Cycle, DRAM OFMAP Writes,"

    public static func bandwidthHeader(sparse: Bool) -> String {
        "LayerID, Avg IFMAP SRAM BW, Avg FILTER SRAM BW, " + (sparse ? "Avg FILTER Metadata SRAM BW, " : "")
            + "Avg OFMAP SRAM BW, Avg IFMAP DRAM BW, Avg FILTER DRAM BW, Avg OFMAP DRAM BW,"
    }

    /// - Parameter file: the topology's name, for messages.
    /// - Throws: a mistake for every sparse layer when the dataflow is not weight-stationary.
    public init(_ topology: Topology, file: String, config: ScaleSimConfig) throws(TableMistakes) {
        var warnings: [TableMistake] = []
        var mistakes: [TableMistake] = []
        func note(_ line: Int, _ message: String) {
            warnings.append(TableMistake(file: file, line: line, column: 1, severity: .warning, message: message))
        }
        if config.bandwidthMode == .user {
            note(1, "the reference's stalls at a fixed bandwidth are not reproduced: stall cycles are 0")
        }
        var compute = [ScaleSimReports.computeHeader]
        var bandwidth = [ScaleSimReports.bandwidthHeader(sparse: config.sparsitySupport)]
        var detail = [ScaleSimReports.detailHeader]
        for layer in topology.layers {
            var sparsity = StructuredSparsity.dense
            if config.optimizedMapping {
                sparsity = StructuredSparsity(kept: 1, of: 2)
                note(layer.line, "row-wise sparsity: cycles are the reference's, accesses depend on its random draw")
            } else if let asked = layer.sparsity, !asked.isDense {
                if config.sparsitySupport {
                    sparsity = asked
                } else {
                    note(layer.line, "sparsity \(asked.kept):\(asked.block) is ignored: SparsitySupport is not true")
                }
            }
            if !sparsity.isDense, config.dataflow != .weightStationary {
                let message = "N:M sparsity needs the weight-stationary dataflow (ws), not \(config.dataflow.rawValue)"
                mistakes.append(TableMistake(file: file, line: layer.line, column: 1, message: message))
                continue
            }
            if layer.repetitions > 1, layer.convolution?.isDepthwise != true {
                note(layer.line, "the layer repeats \(layer.repetitions) times; the reference's reports hold it once")
            }
            let report = ScaleSimLayer(layer, sparsity: sparsity, config: config)
            let rows = ScaleSimReports.rows(report, sparsity: sparsity, config: config)
            for _ in 0..<(layer.convolution?.isDepthwise == true ? layer.repetitions : 1) {
                let index = "\(compute.count - 1), "
                compute.append(index + rows.compute)
                bandwidth.append(index + rows.bandwidth)
                detail.append(index + rows.detail)
            }
        }
        guard mistakes.isEmpty else { throw TableMistakes(mistakes) }
        self.warnings = warnings
        func text(_ lines: [String]) -> String { lines.joined(separator: "\n") + "\n" }
        files = [
            ("COMPUTE_REPORT.csv", text(compute)), ("BANDWIDTH_REPORT.csv", text(bandwidth)),
            ("DETAILED_ACCESS_REPORT.csv", text(detail)),
        ]
    }

    private static func rows(
        _ layer: ScaleSimLayer, sparsity: StructuredSparsity, config: ScaleSimConfig
    ) -> (compute: String, bandwidth: String, detail: String) {
        let total = Double(layer.totalCycles)
        func line(_ cells: [String]) -> String { cells.joined(separator: ", ") + "," }
        let compute = [
            "\(layer.cyclesWithPrefetch)", "\(layer.totalCycles)", "0", "\(layer.overallUtilization * 100)",
            "\(layer.folds.mappingUtilization * 100)", "\(layer.folds.scaleSimComputeUtilization * 100)",
        ]
        func overSpan(_ stream: ScaleSimLayer.Stream) -> String {
            "\(Double(stream.words) / Double(stream.stop - stream.start + 1))"
        }
        var bandwidth = [layer.sramInputs, layer.sramWeights].map { "\(Double($0.words) / total)" }
        if config.sparsitySupport {
            let bits = Int.bitWidth - (sparsity.block - 1).leadingZeroBitCount
            bandwidth.append("\(Double(layer.folds.shape.weightWords * bits) / 32 / total)")
        }
        bandwidth.append("\(Double(layer.sramOutputs.words) / total)")
        bandwidth += [layer.dramInputs, layer.dramWeights, layer.dramOutputs].map(overSpan)
        // Cycles are floating-point numbers in the reference, counts whole ones, except input reads with sparsity on.
        var detail: [String] = []
        for stream in [
            layer.sramInputs, layer.sramWeights, layer.sramOutputs, layer.dramInputs, layer.dramWeights,
            layer.dramOutputs,
        ] {
            let asFloat = config.sparsitySupport && detail.isEmpty
            detail += ["\(stream.start).0", "\(stream.stop).0", "\(stream.words)\(asFloat ? ".0" : "")"]
        }
        return (line(compute), line(bandwidth), line(detail))
    }
}
