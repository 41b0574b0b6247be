/// Statistics of an operator trace, gathered iteration by iteration in memory that does not grow with their number
/// (but with the number of requests).
///
/// Means are over tokens (of all requests) unless said otherwise; what a trace did not record gives no rows.
public struct TraceStatistics: Sendable {
    /// What the statistics depend on beside the trace.
    public struct Options: Sendable, Equatable {
        /// Attention is averaged over tokens that see at least this many keys.
        public var minimumContext = 1
        /// Drafts per round of self-speculation.
        public var drafts = 4
        /// Experts per layer in the LRU caches.
        public var cacheSizes = [2, 3, 4, 6]

        public init() {}
    }

    /// One result.
    public struct Row: Sendable, Equatable {
        /// Its name: snake_case, the unit in it where it has one.
        public var statistic: String
        /// What varies within a statistic: an expert, a cache size, a number of tokens; empty if nothing does.
        public var variant: String
        public var layer: Int
        public var value: Double
        /// How many observations the value is the mean of.
        public var count: Int
    }

    let header: TraceHeader
    let options: Options
    var routing: TraceRoutingStatistics
    private var sums: [Name: [(sum: Double, count: Int)]] = [:]
    private var order: [Name] = []
    /// Drafts accepted so far in a request's current round.
    private var accepted: [DraftKey: Int] = [:]

    struct Name: Hashable {
        var statistic: String
        var variant = ""
    }

    private struct DraftKey: Hashable {
        var request: Int32
        var layer: Int32
        var usesExitHead: Bool
    }

    public init(_ header: TraceHeader, options: Options = .init()) {
        self.header = header
        self.options = options
        routing = TraceRoutingStatistics(header.shape, options, guessWidth: header.guessWidth)
    }

    /// Reads a whole trace.
    public init(_ reader: TraceReader, options: Options = .init()) throws(TraceFileError) {
        self.init(reader.header, options: options)
        var iteration = TraceIteration(number: 0, requests: [])
        while try reader.next(into: &iteration) { add(iteration) }
    }

    public mutating func add(_ iteration: TraceIteration) {
        routing.add(iteration.records)
        for record in iteration.records.similarities {
            add("cosine_attention", record.key, record.attention)
            add("cosine_feed_forward", record.key, record.feedForward)
            add("cosine_block", record.key, record.block)
        }
        for record in iteration.records.attentions where Int(record.key.token) + 1 >= options.minimumContext {
            add("attention_mass_heaviest", record.key, record.heaviest5, "5 %")
            add("attention_mass_heaviest", record.key, record.heaviest10, "10 %")
            add("attention_mass_heaviest", record.key, record.heaviest20, "20 %")
            add("attention_mass_first_token", record.key, record.first)
            add("attention_mass_last_32", record.key, record.recent)
            add("attention_effective_keys", record.key, record.effectiveKeys, scale: 1e-3)
        }
        addExits(iteration)
    }

    private mutating func addExits(_ iteration: TraceIteration) {
        if iteration.records.exits.isEmpty { return }
        // The first token of a request whose successor the model chose in this pass.
        var firstChosen: [Int32: Int] = [:]
        for request in iteration.requests { firstChosen[Int32(request.id)] = request.context - request.outputs }
        for exit in iteration.records.exits {
            let variant = exit.usesExitHead ? "exit head" : ""
            let agrees = exit.token == exit.modelToken
            add("exit_agreement", exit.key, agrees ? 1_000_000 : 0, variant)
            add("exit_sampling_acceptance", exit.key, exit.acceptance, variant)
            if header.temperature == 0, Int(exit.key.token) >= firstChosen[exit.key.request] ?? .max {
                addDraft(exit, agrees: agrees, variant)
            }
        }
    }

    /// Greedy self-speculation, replayed on greedy text: a round drafts `drafts` tokens with the layers up to an exit and
    /// verifies them with all layers. While drafts are accepted, the drafted text is the text itself, so whether the
    /// draft at a position is accepted is whether exit and model agree there; the verifying pass adds one token.
    private mutating func addDraft(_ exit: TraceRecords.Exit, agrees: Bool, _ variant: String) {
        let key = DraftKey(request: exit.key.request, layer: exit.key.layer, usesExitHead: exit.usesExitHead)
        let before = accepted[key, default: 0]
        if agrees && before < options.drafts {
            accepted[key] = before + 1
        } else {
            add("draft_tokens_per_round", exit.key, Int32(1_000_000 * (before + 1)), variant)
            accepted[key] = 0
        }
    }

    private mutating func add(
        _ statistic: String, _ key: TraceRecords.Key, _ millionths: Int32, _ variant: String = "",
        scale: Double = 1e-6
    ) {
        let name = Name(statistic: statistic, variant: variant)
        if sums[name] == nil {
            sums[name] = Array(repeating: (0, 0), count: header.shape.layers)
            order.append(name)
        }
        sums[name]![Int(key.layer)].sum += Double(millionths) * scale
        sums[name]![Int(key.layer)].count += 1
    }

    /// All results: routing first, then in the order in which they were first seen, by layer.
    public var rows: [Row] {
        var rows = routing.rows
        for name in order {
            for (layer, value) in sums[name]!.enumerated() where value.count > 0 {
                rows.append(
                    Row(
                        statistic: name.statistic, variant: name.variant, layer: layer,
                        value: value.sum / Double(value.count), count: value.count))
            }
        }
        return rows
    }

    /// The values of one statistic by layer; layers without observations are left out.
    public func values(_ statistic: String, variant: String = "") -> [Double] {
        rows.filter { $0.statistic == statistic && $0.variant == variant }.map(\.value)
    }
}
