import ArgumentParser
import GEMMTables
import SimCore

/// What products run on: the options of `gemm` beside its table.
struct GEMMArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A machine file or a shipped machine: its arrays, and its scratchpad and memory for --memory real.",
            valueName: "machine"))
    var machine: String?

    @Option(help: ArgumentHelp("Rows and columns of an array, as 128x128, instead of the machine's.", valueName: "RxC"))
    var array: String?

    @Option(help: ArgumentHelp("SCALE-Sim's configuration (.cfg, v2 or v3).", valueName: "file.cfg"))
    var config: String?

    @Option(
        help: ArgumentHelp(
            "Which operand stays in the array: weights, outputs or inputs. (default: the configuration's or the "
                + "machine's, else ws)", valueName: "ws|os|is"))
    var dataflow: String?

    @Option(
        help: ArgumentHelp(
            "One fold after the other, or the next stationary tile shifting in beneath the current. (default: the "
                + "machine's, else serial)", valueName: "serial|overlapped"))
    var fill: String?

    @Option(
        help: ArgumentHelp(
            "Charge folds at the edge as full ones or by their used rows and columns.", valueName: "full|used"))
    var edges = "full"

    @Option(
        help: ArgumentHelp(
            "Operands on chip when asked for, or fetched through the scratchpad from the machine's memory. (default: "
                + "real with --machine, ideal without and with --compat)", valueName: "ideal|real"))
    var memory: String?

    @Option(
        help: ArgumentHelp(
            "Number format: \(NumberFormat.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "name"))
    var format = NumberFormat.fp16.rawValue

    @Option(help: ArgumentHelp("Arrays of a core. (default: the machine's, else 1)", valueName: "n"))
    var arrays: Int?

    @Option(help: ArgumentHelp("Cores, each with its arrays and its scratchpad, on one memory.", valueName: "n"))
    var cores = 1

    @Option(
        help: ArgumentHelp(
            "Tiles under real memory: for the least time, the least traffic, or of a given size.",
            valueName: "time|traffic|MxNxK"))
    var tiling = "time"

    @Option(
        help: ArgumentHelp("Process of the arrays in nm, for the energy: 45, 28, 16 or 7.", valueName: "nm"))
    var node = ProcessNode.nm16.rawValue

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp(
            "Replace a value of the machine, as npu.scratchpad=1MiB. May be repeated.", valueName: "key=value"))
    var overrides: [String] = []
}
