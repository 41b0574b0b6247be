/// Our own table of a run: `gemm.csv`, one row a layer, RFC 4180, LF line ends.
///
/// Every figure is for one repetition; the last column says how many there are. Utilisations are fractions of one. The
/// two `dram_` columns are the ideal memory's: each operand once.
public enum GEMMReport {
    public static let header =
        "layer,m,n,k,format,dataflow,folds,compute_cycles,stall_cycles,total_cycles,mapping_utilization,"
        + "compute_utilization,sram_read_bytes,sram_write_bytes,dram_read_bytes,dram_write_bytes,energy_pJ,bound_by,"
        + "repetitions"

    public static func text(_ results: [GEMMLayerResult]) -> String {
        ([header] + results.map(row)).map { $0 + "\n" }.joined()
    }

    private static func row(_ result: GEMMLayerResult) -> String {
        let gemm = result.layer.gemm
        let cells = [
            quoted(result.layer.name), "\(gemm.m)", "\(gemm.n)", "\(gemm.k)", result.format.rawValue,
            result.folds.dataflow.rawValue, "\(result.folds.folds)", "\(result.computeCycles)",
            "\(result.stallCycles)", "\(result.totalCycles)", decimal(result.mappingUtilization, 6),
            decimal(result.computeUtilization, 6), "\(result.scratchpadReadBytes)", "\(result.scratchpadWriteBytes)",
            "\(result.memoryReadBytes)", "\(result.memoryWriteBytes)", decimal(result.energy.total, 3),
            result.boundBy.rawValue, "\(result.layer.repetitions)",
        ]
        return cells.joined(separator: ",")
    }

    static func quoted(_ text: String) -> String {
        guard text.contains(where: { "\",\n\r".contains($0) }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    /// A number with a fixed count of decimals, the same on every machine; plain `description` beyond 2^53.
    static func decimal(_ value: Double, _ places: Int) -> String {
        let scale = (0..<places).reduce(1) { power, _ in power * 10 }
        let scaled = (value * Double(scale)).rounded()
        guard scaled.magnitude < 9_007_199_254_740_992 else { return "\(value)" }
        let digits = Int(scaled)
        let fraction = String(digits.magnitude % UInt(scale))
        let padding = String(repeating: "0", count: places - fraction.count)
        return "\(scaled < 0 ? "-" : "")\(digits.magnitude / UInt(scale)).\(padding)\(fraction)"
    }
}
