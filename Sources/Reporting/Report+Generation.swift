import Simulation
import Workload

/// Whole generations: the table of steps, and what people want to know of the requests.
extension Report {
    static let iterationColumns = [
        "iteration", "start_cycle", "end_cycle", "cycles", "time_ns", "idle_cycles_before", "transfer_cycles",
        "requests",
        "prompt_tokens", "decode_tokens", "output_tokens", "waiting", "running", "preempted", "swapped_out_tokens",
        "swapped_in_tokens", "cache_bytes", "cache_fraction",
    ]

    /// `iterations.csv`: a row for each step of a generation; nil for other runs.
    public var iterations: String? {
        guard let generation = result.generation else { return nil }
        var table = CSVWriter(columns: Self.iterationColumns)
        for (index, step) in generation.steps.enumerated() {
            let plan = step.plan
            table.append([
                CSVCell(index), CSVCell(step.start), CSVCell(step.end), CSVCell(step.end - step.start),
                CSVCell(Double(step.end - step.start) * cycleNanoseconds), CSVCell(step.idleBefore),
                CSVCell(step.transferCycles), CSVCell(plan.shares.count), CSVCell(plan.promptTokens),
                CSVCell(plan.decodeTokens), CSVCell(plan.outputTokens), CSVCell(plan.waiting), CSVCell(plan.running),
                CSVCell(plan.preempted), CSVCell(plan.swappedOutTokens), CSVCell(plan.swappedInTokens),
                CSVCell(plan.usedBlocks * generation.blockBytes),
                CSVCell(Double(plan.usedBlocks) / Double(max(1, generation.blocks))),
            ])
        }
        return table.text
    }

    /// Quantities of the requests of a generation, each with its values in nanoseconds.
    var requestTimes: [(name: String, values: [Double])] {
        guard let timelines = result.generation?.timelines else { return [] }
        func all(_ value: (RequestTimeline) -> Double?) -> [Double] { timelines.compactMap(value).sorted() }
        return [
            ("queue", all { nanoseconds($0.cycles(in: .queued)) }),
            ("first token", all { nanoseconds($0.timeToFirstToken) }),
            ("per token", all { $0.timePerOutputToken.map { $0 * cycleNanoseconds } }),
            ("latency", all { nanoseconds($0.latency) }),
        ]
    }

    /// How requests were served, and how long they took.
    var generationText: String {
        guard let generation = result.generation else { return "" }
        var table = TextTable([.left, .right, .right, .right, .right])
        table.append(["requests", "mean", "p50", "p99", "worst"])
        table.appendRule()
        for (name, values) in requestTimes where !values.isEmpty {
            let shown = [
                Self.mean(values), Self.percentile(0.5, of: values), Self.percentile(0.99, of: values), values.last!,
            ]
            table.append([name] + shown.map { Figure.time(seconds: $0 / 1e9) })
        }
        return "\n" + table.text + "\n" + served(generation)
    }

    /// The policy in words, with what it came to.
    private func served(_ generation: GenerationResult) -> String {
        let policy = generation.policy
        let prompts =
            policy.prefill == .whole
            ? "whole prompts in steps of their own, up to \(Figure.count(policy.stepTokens)) tokens together"
            : "prompts in chunks beside decoding, up to \(Figure.count(policy.stepTokens)) tokens a step"
        let link = Figure.number(policy.swapBytesPerSecond / 1e9)
        let room =
            policy.preemption == .recompute
            ? "recomputation, \(Figure.count(generation.recomputedTokens)) tokens"
            : "swap over \(link) GB/s each way, "
                + "\(Figure.percent(Double(generation.transferCycles) / Double(max(1, result.cycles)))) of the time"
        let idle = Double(generation.idleCycles) / Double(max(1, result.cycles))
        let peak = Double(generation.peakCacheBytes)
        let share = Figure.percent(peak / Double(max(1, generation.blocks * generation.blockBytes)))
        return """
            served: \(prompts); at most \(Figure.count(policy.batch)) requests at a time
            preempted: \(Figure.count(generation.preemptions)) times (\(room)); idle \(Figure.percent(idle)) of the time
            caches: at most \(Figure.number(peak / Double(1 << 20))) MiB, \(share) of the room beside the weights

            """
    }

    static func mean(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }

    /// The least value that so large a share of the values does not exceed.
    static func percentile(_ share: Double, of sorted: [Double]) -> Double {
        sorted[max(0, min(sorted.count, Int((share * Double(sorted.count)).rounded(.up))) - 1)]
    }

    /// What a generation adds to the summary, in nanoseconds.
    static let generationColumns = [
        "idle_time_ns", "ttft_mean_ns", "ttft_p99_ns", "tpot_mean_ns", "tpot_p99_ns", "latency_mean_ns",
        "latency_p99_ns", "preemptions",
    ]

    var generationCells: [CSVCell] {
        let times = requestTimes
        func cells(_ name: String) -> [CSVCell] {
            guard let values = times.first(where: { $0.name == name })?.values, !values.isEmpty else {
                return ["", ""]
            }
            return [CSVCell(Self.mean(values)), CSVCell(Self.percentile(0.99, of: values))]
        }
        return [CSVCell(nanoseconds(result.generation?.idleCycles))] + cells("first token")
            + cells("per token") + cells("latency") + [CSVCell(result.generation?.preemptions)]
    }
}
