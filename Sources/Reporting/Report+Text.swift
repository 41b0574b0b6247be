import Hardware
import Simulation

/// The summary for people.
extension Report {
    /// A table of the run's figures, what it spent its time on, and what it leaves out.
    public var text: String { heading + figures + samplingText + generationText + "\n" + stages + notes }

    private var heading: String {
        let options = result.options
        let layers = result.coversWholeModel ? "all \(options.layers)" : "\(options.layers) of \(result.model.layers)"
        let group = options.tensorParallel > 1 ? ", one of \(options.tensorParallel) tensor-parallel chips" : ""
        let prompts = result.promptTokens > 0
        let steps =
            "\(options.iterations) \(prompts ? "" : "decode ")step\(options.iterations == 1 ? "" : "s")"
            + (prompts ? ", \(Figure.count(result.promptTokens)) prompt tokens among them," : "")
        let cut = subBatches.map { "\n\($0)" } ?? ""
        let head = options.includesHead ? "with" : "without"
        return """
            \(result.machine.name): \(result.model.name)\(group), \(layers) layers, \(head) embedding and head
            \(steps) of \(Figure.count(result.requests.count)) requests (\(workload))\(cut)


            """
    }

    /// How the batch was cut, and what the trials were if it was for them to say.
    var subBatches: String? {
        let cut = result.options.subBatching
        let parts =
            cut.count == 1
            ? "the batch as a whole"
            : "\(cut.count) sub-batches, \(cut.interleaving.rawValue), \(cut.split.partition) of each channel"
        guard !trials.isEmpty else { return cut.count == 1 ? nil : parts }
        let runs = trials.map { "\($0.count == 1 ? "off" : "\($0.count)") \(Figure.count($0.cycles))" }
        return "\(parts): the fastest in a trial of at most two layers (cycles: \(runs.joined(separator: ", ")))"
    }

    private var figures: String {
        var table = TextTable([.left, .right, .left])
        table.append(["time", Figure.time(seconds: result.seconds), "\(Figure.count(result.cycles)) NPU cycles"])
        let share = result.coversWholeModel ? "" : " of these layers alone"
        table.append(["throughput", Figure.number(result.tokensPerSecond), "tokens/s\(share)"])
        table.append(["NPU busy", Figure.percent(result.npuBusyFraction), "of the time"])
        table.append(["NPU arrays", Figure.percent(result.npuMACUtilization), "of their peak, useful MACs"])
        if result.machine.memory.pim != nil {
            table.append([
                "PIM busy", Figure.percent(result.pimBusyFraction),
                "of the time, mean of the channels; \(Figure.percent(result.busiestPIMChannel)) on the busiest",
            ])
            table.append(["PIM units", Figure.percent(result.pimMACUtilization), "of their peak, useful MACs"])
        }
        table.append([
            "DRAM bus", Figure.percent(result.dramBandwidthUtilization),
            "of its peak, \(Figure.number(result.dramBytesPerSecond / 1e9)) GB/s",
        ])
        table.append(["energy", Figure.energy(joules: bill.totalJoules), "\(energyShares), table \(energyTable)"])
        let perToken = result.joulesPerToken(bill)
        table.append(["energy/token", Figure.energy(joules: perToken), "of all chips of the group"])
        return table.text + "bound by: \(bound)\n"
    }

    /// The largest components of the energy.
    private var energyShares: String {
        let total = bill.totalJoules
        guard total > 0 else { return "nothing counted" }
        let shares = EnergyComponent.allCases.map { ($0.rawValue, bill.joules($0) / total) }
        return shares.filter { $0.1 >= 0.1 }.sorted { $0.1 > $1.1 }
            .map { "\($0.0) \(Figure.percent($0.1))" }.joined(separator: ", ")
    }

    /// What was busiest: the resource with the largest share of the time.
    private var bound: String {
        var candidates = [
            ("the NPU's arrays and vector units", result.npuBusyFraction),
            ("the DRAM bus", result.dramBandwidthUtilization),
        ]
        if result.machine.memory.pim != nil {
            candidates.append(("the PIM queue of the busiest channel", result.busiestPIMChannel))
        }
        let busiest = candidates.max { $0.1 < $1.1 }!
        let rest = busiest.1 < 0.8 ? "; nothing is busy throughout, stages wait for one another" : ""
        return "\(busiest.0), busy \(Figure.percent(busiest.1)) of the time\(rest)"
    }

    /// Time of each stage and of its longest operators.
    private var stages: String {
        var table = TextTable([.left, .right, .right, .left])
        table.append(["stage", "cycles", "share", "longest operators"])
        table.appendRule()
        let names: [(OperatorResult.Stage, String)] = [
            (.a, "A  norm, QKV"), (.b, "B  attention"), (.e, "E  projection, network"),
        ]
        for (stage, name) in names {
            let done = result.operators.filter { $0.stage == stage }
            guard !done.isEmpty else { continue }
            let cycles = result.cycles(of: stage)
            table.append([
                name, Figure.count(cycles), Figure.percent(Double(cycles) / Double(max(1, result.cycles))),
                Self.longest(done),
            ])
        }
        return table.text
    }

    private static func longest(_ operators: [OperatorResult]) -> String {
        var cycles: [(name: String, cycles: Int)] = []
        for done in operators {
            if let index = cycles.firstIndex(where: { $0.name == done.kind.rawValue }) {
                cycles[index].cycles += done.end - done.start
            } else {
                cycles.append((done.kind.rawValue, done.end - done.start))
            }
        }
        let top = cycles.enumerated().sorted { ($1.element.cycles, $0.offset) < ($0.element.cycles, $1.offset) }.prefix(
            3)
        return top.map { "\($0.element.name) \(Figure.count($0.element.cycles))" }.joined(separator: ", ")
    }

    private var notes: String {
        guard !result.coversWholeModel else { return "" }
        let model = result.model
        let rate = Figure.number(result.extrapolatedTokensPerSecond)
        return """

            note: \(result.options.layers) of the \(model.layers) layers of \(model.name) were simulated. If the others took as long, \
            the whole model would give
            \(rate) tokens/s (an extrapolation; it is not in summary.csv).

            """
    }
}
