/// How requests are served from their arrival to their last token: continuous batching, step by step.
///
/// Requests join and leave between steps. They are admitted in the order of their arrival, when the batch has a place and
/// the memory has room for the caches of all their tokens so far; caches then grow page by page (`CachePool`). When there
/// is no room for the next token of a request, the one of its pool that was admitted last makes room (Kwon et al., SOSP
/// 2023, section 4.5; the order of vLLM's scheduler).
public struct ServingPolicy: Sendable, Hashable {
    /// How prompts are computed.
    public enum Prefill: String, Sendable, CaseIterable {
        /// In steps of their own, which come before decode steps: as many waiting prompts as fit into `stepTokens`, at
        /// least one.
        case whole
        /// In pieces beside the decoding of others: a step decodes a token of each running request and fills up with
        /// tokens of prompts to `stepTokens` (Agrawal et al., OSDI 2024).
        case chunked
    }

    /// What becomes of the caches of a request that makes room.
    public enum Preemption: String, Sendable, CaseIterable {
        /// They are dropped; its prompt and what it has generated are computed again.
        case recompute
        /// They go to the host's memory and come back; the step waits for the transfers.
        case swap
    }

    public var prefill: Prefill
    /// The most that a step computes; in `whole` a longer prompt has a step for itself.
    public var stepTokens: Int
    /// The most requests that run at a time.
    public var batch: Int
    public var preemption: Preemption
    /// Of the link to the host's memory, in each direction.
    public var swapBytesPerSecond: Double

    /// The most that a step computes where nothing is said: 2048 tokens, vLLM's default (`max_num_batched_tokens`), or one
    /// for each request that may run.
    public static func usualStepTokens(batch: Int) -> Int { max(2048, batch) }

    /// Whether a step has a token for each request that may run; whole prompts have steps of their own.
    public static func allows(stepTokens: Int, batch: Int, prefill: Prefill) -> Bool {
        prefill == .whole || stepTokens >= batch
    }

    /// 16 lanes of PCIe 5.0: 32 GT/s each, 128 of 130 bits are data (PCI-SIG, PCI Express Base Specification 5.0).
    public static let pcie5x16 = 32e9 * 16 * 128 / 130 / 8

    /// - Parameter stepTokens: 2048 is vLLM's default (`max_num_batched_tokens`), and so are 256 requests
    ///   (`max_num_seqs`).
    public init(
        prefill: Prefill = .chunked, stepTokens: Int = 2048, batch: Int = 256, preemption: Preemption = .recompute,
        swapBytesPerSecond: Double = ServingPolicy.pcie5x16
    ) {
        precondition(stepTokens > 0 && batch > 0 && swapBytesPerSecond > 0, "a step computes something")
        let isEnough = Self.allows(stepTokens: stepTokens, batch: batch, prefill: prefill)
        precondition(isEnough, "a step has a token for each running request")
        self.prefill = prefill
        self.stepTokens = stepTokens
        self.batch = batch
        self.preemption = preemption
        self.swapBytesPerSecond = swapBytesPerSecond
    }
}
