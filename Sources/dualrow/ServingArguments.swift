import ArgumentParser
import Quantities
import Simulation
import Workload
import YAMLTree

/// How whole requests (a file with `input_tokens` and `output_tokens`) are served.
struct ServingArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Prompts in steps of their own (whole), or in pieces beside decoding (chunked). (default: chunked)",
            valueName: "whole|chunked"))
    var prefill: String?

    @Option(
        help: ArgumentHelp(
            "The most tokens that a step computes; with whole a longer prompt has a step for itself. (default: 2048)",
            valueName: "n"))
    var stepTokens: Int?

    @Option(help: ArgumentHelp("The most requests that run at a time. (default: 256)", valueName: "n"))
    var maxBatch: Int?

    @Option(
        help: ArgumentHelp(
            "What a request does that must make room in memory: it is computed again (recompute), or its caches go to "
                + "the host and come back (swap). (default: recompute)", valueName: "recompute|swap"))
    var preemption: String?

    @Option(
        help: ArgumentHelp(
            "Link to the host in each direction, for swap. (default: 63.02 GB/s, 16 lanes of PCIe 5.0)",
            valueName: "rate"))
    var swapBandwidth: String?

    /// The first option that was given, if any: they mean nothing to requests in the middle of decoding.
    var given: String? {
        let options: [(String, Bool)] = [
            ("--prefill", prefill != nil), ("--step-tokens", stepTokens != nil), ("--max-batch", maxBatch != nil),
            ("--preemption", preemption != nil), ("--swap-bandwidth", swapBandwidth != nil),
        ]
        return options.first { $0.1 }?.0
    }

    func policy() throws -> ServingPolicy {
        var policy = ServingPolicy()
        if let prefill {
            policy.prefill = .init(
                rawValue: try OptionCheck.choice(
                    prefill, of: ServingPolicy.Prefill.allCases.map(\.rawValue), at: "--prefill"))!
        }
        if let preemption {
            policy.preemption = .init(
                rawValue: try OptionCheck.choice(
                    preemption, of: ServingPolicy.Preemption.allCases.map(\.rawValue), at: "--preemption"))!
        }
        policy.batch = try OptionCheck.number(maxBatch, or: policy.batch, in: 1...1_000_000, at: "--max-batch")
        policy.stepTokens = try OptionCheck.number(
            stepTokens, or: ServingPolicy.usualStepTokens(batch: policy.batch), in: 1...RequestFile.largestLength,
            at: "--step-tokens")
        if !ServingPolicy.allows(stepTokens: policy.stepTokens, batch: policy.batch, prefill: policy.prefill) {
            throw Failure.usage(
                "must be at least the \(policy.batch) requests that may run at a time (--max-batch), each of which "
                    + "decodes a token, not \(policy.stepTokens)", at: "--step-tokens")
        }
        if let swapBandwidth {
            guard policy.preemption == .swap else {
                throw Failure.usage("goes with --preemption swap", at: "--swap-bandwidth")
            }
            policy.swapBytesPerSecond = try OptionCheck.rate(swapBandwidth, at: "--swap-bandwidth")
        }
        return policy
    }
}

/// Values of options, checked.
enum OptionCheck {
    static func choice(_ text: String, of names: [String], at option: String) throws -> String {
        if names.contains(text) { return text }
        let list = names.dropLast().joined(separator: ", ") + " or " + names.last!
        throw Failure.usage(
            "must be \(list), not '\(text)'", at: option, suggestion: nearestName(to: text, in: names))
    }

    static func number(_ value: Int?, or fallback: Int, in range: ClosedRange<Int>, at option: String) throws -> Int {
        guard let value else { return fallback }
        guard range.contains(value) else {
            throw Failure.usage("must be between \(range.lowerBound) and \(range.upperBound), not \(value)", at: option)
        }
        return value
    }

    /// A bandwidth with its unit, in bytes per second.
    static func rate(_ text: String, at option: String) throws -> Double {
        do throws(QuantityError) {
            let rate = try parseQuantity(text, as: .bandwidth)
            guard rate.numerator > 0 else { throw .outOfRange(.bandwidth) }
            return rate.approximate
        } catch {
            throw Failure.usage("is '\(text)'\(error.message)", at: option, suggestion: error.suggestion)
        }
    }
}
