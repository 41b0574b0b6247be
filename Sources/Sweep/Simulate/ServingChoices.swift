import Quantities
import Workload
import YAMLTree

/// How whole requests are served: the options of `dualrow simulate` of that name, with underscores.
struct ServingChoices: Sendable {
    private let prefill: Field<ServingPolicy.Prefill>?
    private let stepTokens: Field<Int>?
    private let batch: Field<Int>?
    private let preemption: Field<ServingPolicy.Preemption>?
    private let swapBandwidth: Field<BytesPerSecond>?

    init(_ options: Reader) {
        prefill = options.ifPresent("prefill")?.choice(ServingPolicy.Prefill.self)
        stepTokens = options.ifPresent("step_tokens")?.int(in: 1...RequestFile.largestLength)
        batch = options.ifPresent("max_batch")?.int(in: 1...1_000_000)
        preemption = options.ifPresent("preemption")?.choice(ServingPolicy.Preemption.self)
        swapBandwidth = options.ifPresent("swap_bandwidth")?.bandwidth()
    }

    /// The first option that is stated, if any: they mean nothing to requests in the middle of decoding.
    var stated: (path: String, mark: Mark)? {
        let places = [
            prefill.map { ($0.path, $0.mark) }, stepTokens.map { ($0.path, $0.mark) }, batch.map { ($0.path, $0.mark) },
            preemption.map { ($0.path, $0.mark) }, swapBandwidth.map { ($0.path, $0.mark) },
        ]
        return places.compactMap { $0 }.first
    }

    /// - Throws: what does not go together.
    func policy() throws(DiagnosticList) -> ServingPolicy {
        let usual = ServingPolicy()
        let prefill = prefill?.value ?? usual.prefill
        let batch = batch?.value ?? usual.batch
        let tokens = stepTokens?.value ?? ServingPolicy.usualStepTokens(batch: batch)
        if let stepTokens, !ServingPolicy.allows(stepTokens: tokens, batch: batch, prefill: prefill) {
            throw DiagnosticList(
                Diagnostic(
                    "'\(stepTokens.path)' must be at least the \(batch) requests that may run at a time (max_batch), "
                        + "each of which decodes a token, not \(tokens)", at: stepTokens.mark))
        }
        let preemption = preemption?.value ?? usual.preemption
        if let swapBandwidth, preemption != .swap {
            throw DiagnosticList(
                Diagnostic("'\(swapBandwidth.path)' goes with 'preemption: swap'", at: swapBandwidth.mark))
        }
        return ServingPolicy(
            prefill: prefill, stepTokens: tokens, batch: batch, preemption: preemption,
            swapBytesPerSecond: swapBandwidth.map { Double($0.value.count) } ?? usual.swapBytesPerSecond)
    }

    /// All of it as one text.
    var identity: String {
        let numbers = [
            prefill?.value.rawValue, stepTokens.map { "\($0.value)" }, batch.map { "\($0.value)" },
            preemption?.value.rawValue, swapBandwidth.map { "\($0.value.count)" },
        ]
        return numbers.map { $0 ?? "-" }.joined(separator: " ")
    }
}
