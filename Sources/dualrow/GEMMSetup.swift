import GEMMTables
import Hardware
import SimCore
import YAMLTree

/// What the options of `gemm` come to: options before the configuration, the configuration before the machine.
struct GEMMSetup {
    private(set) var evaluation: GEMMEvaluation
    /// Clock of the arrays, where a machine says it.
    let hertz: Double?
    /// Of the configuration.
    private(set) var warnings: [TableMistake] = []
    private let config: ScaleSimConfig?
    private let configFile: String

    init(_ arguments: GEMMArguments, isCompatible: Bool) throws {
        let machine = try arguments.machine.map { name in
            try Machine.load(
                path: try ShippedFiles().machinePath(name),
                overrides: try MachineOverrides.parsed(arguments.overrides))
        }
        if machine == nil, !arguments.overrides.isEmpty { throw Failure.usage("goes with --machine", at: "--set") }
        configFile = arguments.config ?? ""
        let config = try arguments.config.map { try ScaleSimConfigReader.read(try InputFile.bytes($0), file: $0) }
        warnings = config?.warnings ?? []
        let array: SystolicArrayShape
        if let text = arguments.array {
            array = try Self.array(text)
        } else if let config {
            array = config.array
        } else if let machine {
            array = SystolicArrayShape(rows: machine.npu.arrays.rows, columns: machine.npu.arrays.columns)
        } else {
            throw Failure.usage("missing; --array, --machine or --config says what the products run on", at: "--array")
        }
        let isMachinesArray = arguments.array == nil && config == nil
        let stationary = machine?.npu.arrays.stationary == .activations ? Dataflow.inputStationary : .weightStationary
        let dataflow = try arguments.dataflow.map { try Self.value($0, Dataflow.self, at: "--dataflow") }
        evaluation = GEMMEvaluation(array: array, dataflow: dataflow ?? config?.dataflow ?? stationary)
        let fill = try arguments.fill.map { try Choice.of($0, ["serial", "overlapped"], at: "--fill") }
        let machineFill = isMachinesArray ? machine?.npu.arrays.fill.rawValue : nil
        evaluation.fill = (fill ?? machineFill) == "overlapped" ? .overlapped : .serial
        evaluation.edges = try Choice.of(arguments.edges, ["full", "used"], at: "--edges") == "used" ? .used : .full
        evaluation.format = try Self.value(arguments.format, NumberFormat.self, at: "--format")
        evaluation.arrays = try Self.count(
            arguments.arrays ?? (isMachinesArray ? machine?.npu.arrays.count : nil) ?? 1, at: "--arrays")
        evaluation.cores = try Self.count(arguments.cores, at: "--cores")
        guard let node = ProcessNode(rawValue: arguments.node) else {
            throw Failure.usage("must be 45, 28, 16 or 7, not \(arguments.node)", at: "--node")
        }
        evaluation.node = node
        guard let tiling = TilingChoice(arguments.tiling) else {
            throw Failure.usage(
                "must be time, traffic or sizes as 64x512x1024, not '\(arguments.tiling)'", at: "--tiling")
        }
        evaluation.tiling = tiling
        let isRealByDefault = machine != nil && !isCompatible
        let memory = try Choice.of(
            arguments.memory ?? (isRealByDefault ? "real" : "ideal"), ["ideal", "real"], at: "--memory")
        if memory == "real" {
            guard let machine else { throw Failure.usage("real memory is a machine's: give --machine", at: "--memory") }
            evaluation.memory = machine
            evaluation.scratchpadBytes = machine.npu.scratchpadBytes
        }
        if let config, memory == "real" {
            evaluation.scratchpadBytes =
                1024 * (config.inputKilobytes + config.weightKilobytes + config.outputKilobytes)
        }
        self.config = config
        hertz = machine.map { Double($0.npu.clock.count) }
    }

    /// The reference's configuration for its reports; without a file its defaults, and sparsity where a layer has it.
    func scaleSim(for topology: Topology) -> ScaleSimConfig {
        var scaleSim = config ?? ScaleSimConfig(array: evaluation.array, dataflow: evaluation.dataflow)
        scaleSim.array = evaluation.array
        scaleSim.dataflow = evaluation.dataflow
        if config == nil { scaleSim.sparsitySupport = topology.layers.contains { $0.sparsity?.isDense == false } }
        return scaleSim
    }

    /// The layers as the configuration takes them: dense unless it supports sparsity, half of the weights stored when it
    /// maps rows by themselves. Without a configuration as the table has them.
    func layers(of topology: Topology, file: String) -> Topology {
        guard let config else { return topology }
        if config.optimizedMapping {
            let half = StructuredSparsity(kept: 1, of: 2)
            return Topology(layers: topology.layers.map { $0.with(half) }, warnings: topology.warnings)
        }
        guard !config.sparsitySupport else { return topology }
        var warnings = topology.warnings
        for layer in topology.layers where layer.sparsity?.isDense == false {
            let message = "the sparsity of '\(layer.name)' is ignored: SparsitySupport is not true in \(configFile)"
            warnings.append(TableMistake(file: file, line: layer.line, column: 1, severity: .warning, message: message))
        }
        return Topology(layers: topology.layers.map { $0.with(nil) }, warnings: warnings)
    }

    /// What the run is, in a line for the report.
    var words: String {
        let array = evaluation.array
        let count = evaluation.arrays > 1 ? "\(evaluation.arrays) arrays of " : "array "
        let cores = evaluation.cores > 1 ? "\(evaluation.cores) cores, each " : ""
        let fill = evaluation.fill == .serial ? "serial folds" : "overlapped fill"
        let edges = evaluation.edges == .full ? "edge folds as full ones" : "edge folds by what they use"
        var text = "\(cores)\(count)\(array.rows)x\(array.columns), \(evaluation.dataflow.rawValue), "
        text += "\(fill), \(edges), "
        text += "\(evaluation.format.rawValue), energy at \(evaluation.node.rawValue) nm, "
        guard let machine = evaluation.memory else { return text + "ideal memory" }
        text += "memory of \(machine.name), scratchpad \(evaluation.scratchpadBytes) B"
        return text + (evaluation.cores > 1 ? " each" : "")
    }

    private static func array(_ text: String) throws -> SystolicArrayShape {
        let sizes = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        let edges = 1...SystolicArrayShape.maximumEdge
        guard sizes.count == 2, let rows = sizes[0], let columns = sizes[1], edges.contains(rows),
            edges.contains(columns)
        else {
            throw Failure.usage("must be rows x columns of 1 to 65536, as 128x128, not '\(text)'", at: "--array")
        }
        return SystolicArrayShape(rows: rows, columns: columns)
    }

    private static func count(_ value: Int, at option: String) throws -> Int {
        guard (1...1024).contains(value) else {
            throw Failure.usage("must be between 1 and 1024, not \(value)", at: option)
        }
        return value
    }

    private static func value<Value: RawRepresentable<String> & CaseIterable>(
        _ text: String, _ type: Value.Type, at option: String
    ) throws -> Value {
        Value(rawValue: try Choice.of(text, Value.allCases.map(\.rawValue), at: option))!
    }
}
