import Hardware
import Simulation
import Workload

/// The table of requests.
extension Report {
    static let requestColumns = [
        "request", "channel", "context_tokens", "generated_tokens", "finish_cycle", "finish_time_ns",
        "time_per_token_ns", "arrival_cycle", "arrival_time_ns", "first_token_cycle", "first_token_time_ns", "ttft_ns",
        "tpot_ns", "latency_cycles", "queue_cycles", "prefill_cycles", "decode_cycles", "preempted_cycles",
        "preemptions", "recomputed_tokens",
    ]

    /// `requests.csv`: a row for each request.
    public var requests: String {
        var table = CSVWriter(columns: Self.requestColumns)
        let hasHome = result.machine.memory.pim != nil
        for (index, request) in result.requests.enumerated() {
            let timeline = result.generation?.timelines[index]
            let life = Double(request.finish - (timeline?.arrival ?? 0)) * cycleNanoseconds
            table.append(
                [
                    CSVCell(request.id), CSVCell(hasHome ? request.channel : nil), CSVCell(request.context),
                    CSVCell(request.tokens), CSVCell(request.finish),
                    CSVCell(Double(request.finish) * cycleNanoseconds),
                    CSVCell(request.tokens > 0 ? life / Double(request.tokens) : nil),
                ] + timelineCells(timeline))
        }
        return table.text
    }

    /// What only whole generations have.
    private func timelineCells(_ timeline: RequestTimeline?) -> [CSVCell] {
        let firstToken = timeline?.firstToken
        return [
            CSVCell(timeline?.arrival), CSVCell(nanoseconds(timeline?.arrival)), CSVCell(firstToken),
            CSVCell(nanoseconds(firstToken)), CSVCell(nanoseconds(timeline?.timeToFirstToken)),
            CSVCell(timeline?.timePerOutputToken.map { $0 * cycleNanoseconds }), CSVCell(timeline?.latency),
        ]
            + [.queued, .prefill, .decoding, .preempted].map { CSVCell(timeline?.cycles(in: $0)) }
            + [CSVCell(timeline?.preemptions), CSVCell(timeline?.recomputedTokens)]
    }

    /// Length of an NPU cycle.
    var cycleNanoseconds: Double { 1e9 / Double(result.machine.npu.clock.count) }

    func nanoseconds(_ cycles: Int?) -> Double? { cycles.map { Double($0) * cycleNanoseconds } }
}
