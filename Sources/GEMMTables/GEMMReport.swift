import Reporting

/// Our own tables of a run, one row a layer with all of its repetitions; columns are defined in `Reports/COLUMNS.md`.
///
/// Utilisations and shares are fractions of one.
public enum GEMMReport {
    public static let columns = [
        "layer", "m", "n", "k", "format", "dataflow", "folds", "compute_cycles", "stall_cycles", "total_cycles",
        "mapping_utilization", "compute_utilization", "sram_read_bytes", "sram_write_bytes", "dram_read_bytes",
        "dram_write_bytes", "energy_pJ", "bound_by",
    ]

    /// `gemm.csv`.
    public static func text(_ results: [GEMMLayerResult]) -> String {
        var table = CSVWriter(columns: columns)
        for result in results {
            let gemm = result.layer.gemm
            table.append([
                CSVCell(result.layer.name), CSVCell(gemm.m), CSVCell(gemm.n), CSVCell(gemm.k),
                CSVCell(result.format.rawValue), CSVCell(result.dataflow.rawValue), CSVCell(result.folds),
                CSVCell(result.computeCycles), CSVCell(result.stallCycles), CSVCell(result.totalCycles),
                CSVCell(result.mappingUtilization), CSVCell(result.computeUtilization),
                CSVCell(result.scratchpadReadBytes), CSVCell(result.scratchpadWriteBytes),
                CSVCell(result.memoryReadBytes), CSVCell(result.memoryWriteBytes), CSVCell(result.energy.total),
                CSVCell(result.boundBy.rawValue),
            ])
        }
        return table.text
    }

    static let detailColumns = [
        "layer", "repetitions", "lanes", "tile_m", "tile_n", "tile_k", "loop_order", "tiles", "scratchpad_bytes",
        "stall_inputs_cycles", "stall_weights_cycles", "stall_sums_cycles", "stall_outputs_cycles",
        "stall_drain_cycles", "first_fill_cycles", "memory_reason", "roofline_cycles", "stream_cycles",
        "bus_utilization", "refresh_share", "bursts_per_activation", "mac_pJ", "register_pJ", "sram_pJ", "wire_pJ",
        "dram_pJ",
    ]

    /// `gemm-details.csv`: tiles, stalls by what was waited for, and energy by component. What only real memory has is
    /// left empty with ideal memory.
    public static func details(_ results: [GEMMLayerResult]) -> String {
        var table = CSVWriter(columns: detailColumns)
        for result in results {
            let run = result.execution
            let stalls = result.stalls
            table.append([
                CSVCell(result.layer.name), CSVCell(result.layer.repetitions), CSVCell(run?.lanes),
                CSVCell(run?.tiling.m), CSVCell(run?.tiling.n), CSVCell(run?.tiling.k),
                CSVCell(run?.tiling.order.rawValue ?? ""), CSVCell(run?.tiles), CSVCell(run?.scratchpadBytes),
                CSVCell(stalls.inputs), CSVCell(stalls.weights), CSVCell(stalls.sums), CSVCell(stalls.outputs),
                CSVCell(stalls.drain), CSVCell(run?.firstFill), CSVCell(run?.reason.rawValue ?? ""),
                CSVCell(run?.rooflineCycles), CSVCell(run?.streamCycles), CSVCell(run?.busUtilization),
                CSVCell(run?.refreshShare), CSVCell(run?.burstsPerActivation), CSVCell(result.energy.arithmetic),
                CSVCell(result.energy.registers), CSVCell(result.energy.scratchpads), CSVCell(result.energy.wires),
                CSVCell(result.energy.memory),
            ])
        }
        return table.text
    }
}
