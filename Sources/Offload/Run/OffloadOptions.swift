import YAMLTree

/// What is asked of a replay beside its model, routes and machine, read from texts: of the command line or of a sweep.
public struct OffloadOptions: Sendable {
    /// An option by its name in files; on the command line `--resident-bits` for `resident_bits`.
    public enum Key: String, CaseIterable, Sendable {
        case cache, capacity, scope, prefetch, widths, batch, seed, staging, lookahead, guesses, recall, widening
        case residentBits = "resident_bits"
        case ringLayers = "ring_layers"
        case promptTokens = "prompt_tokens"
        case prefillChunk = "prefill_chunk"
        /// All experts in memory from the start, `true` or `false`.
        case resident

        public var option: String { "--" + rawValue.split(separator: "_").joined(separator: "-") }
    }

    /// A value as it was written, and where.
    public struct Text: Sendable {
        public let text: String
        public let mark: Mark

        public init(_ text: String, at mark: Mark) {
            self.text = text
            self.mark = mark
        }
    }

    public let cache: CacheSpecification
    public let isResident: Bool
    public let prefetch: PrefetchPolicy
    public private(set) var widths: WidthSpecification
    public let residentBits: Double
    public let batch: Int
    /// Of each request; nil for what the routes say.
    public let promptTokens: Int?
    public let prefillChunk: Int?
    private let staging, lookahead, guesses, widening, ringLayers: Int?
    private let recall: Double?
    private let seed: UInt64
    private let widthsMark: Mark
    private let kind: Diagnostic.Kind

    /// - Parameters:
    ///   - texts: what is given; `cache` and `capacity` must be unless all experts are resident.
    ///   - absent: the place to name for what is missing.
    ///   - kind: of the mistakes.
    /// - Throws: every mistake.
    public init(_ texts: [Key: Text], absent: (Key) -> Mark, kind: Diagnostic.Kind) throws(DiagnosticList) {
        var reader = OptionReader(texts: texts, kind: kind)
        isResident = reader.choice(.resident, of: ["false", "true"], "false") == "true"
        for key in [Key.cache, .capacity] where texts[key] == nil && !isResident {
            reader.note(
                "missing; it says \(key == .cache ? "which expert leaves" : "how many experts stay, or how many bytes of them")",
                absent(key))
        }
        let policy = reader.choice(.cache, of: CachePolicy.allCases.map(\.rawValue), CachePolicy.lru.rawValue)
        let scope = reader.choice(.scope, of: CacheScope.allCases.map(\.rawValue), CacheScope.global.rawValue)
        var capacity = CacheCapacity.experts(0)
        if let text = texts[.capacity] {
            capacity = reader.noting(capacity) { () throws(DiagnosticList) in
                try CacheCapacity(parsing: text.text, at: text.mark, kind: kind)
            }
        }
        cache = CacheSpecification(
            policy: CachePolicy(rawValue: policy)!, scope: CacheScope(rawValue: scope)!, capacity: capacity)
        prefetch = PrefetchPolicy(
            rawValue: reader.choice(
                .prefetch, of: PrefetchPolicy.allCases.map(\.rawValue), PrefetchPolicy.none.rawValue))!
        widthsMark = texts[.widths]?.mark ?? absent(.widths)
        if let text = texts[.widths] {
            widths = reader.noting(.uniform(16)) { () throws(DiagnosticList) in
                try WidthSpecification(parsing: text.text, at: text.mark, kind: kind)
            }
        } else {
            widths = .uniform(16)
        }
        residentBits = reader.number(.residentBits, in: 0.5...64) ?? 16
        batch = reader.int(.batch, in: 1...1 << 20) ?? 1
        promptTokens = reader.int(.promptTokens, in: 0...1 << 40)
        prefillChunk = reader.int(.prefillChunk, in: 1...1 << 40)
        staging = reader.int(.staging, in: 1...1 << 20)
        lookahead = reader.int(.lookahead, in: 1...1 << 20)
        guesses = reader.int(.guesses, in: 1...1 << 16)
        widening = reader.int(.widening, in: 0...1 << 16)
        ringLayers = reader.int(.ringLayers, in: 1...1 << 16)
        recall = reader.number(.recall, in: 0...1)
        seed = UInt64(reader.int(.seed, in: 0 ... .max) ?? 1)
        self.kind = kind
        if !reader.mistakes.isEmpty { throw DiagnosticList(reader.mistakes) }
    }

    /// The same with the path of a file of widths as it is seen from where the program runs.
    public func resolvingFiles(_ path: (String) -> String) -> OffloadOptions {
        var options = self
        options.widths = widths.resolvingFiles(path)
        return options
    }

    /// How tokens are put together to steps.
    ///
    /// - Parameter prompts: the prompts that the routes state, by request.
    public func plan(prompts: [Int: Int]) -> StepPlan {
        let chosen: StepPlan.Prompts =
            promptTokens.map { .tokens($0) } ?? (prompts.isEmpty ? .none : .perRequest(prompts))
        return StepPlan(batch: batch, prompts: chosen, prefillChunk: prefillChunk)
    }

    /// The replay of these options.
    ///
    /// - Parameter events: of `routes` under `plan(prompts:)`.
    /// - Throws: widths that do not fit the model, or the mistakes of a file of them.
    public func run(
        model: ExpertModel, routes: Routes, events: ExpertEvents, machine: OffloadMachine?
    ) throws(DiagnosticList) -> OffloadRun {
        var policy = PrefetchSpecification(prefetch, shape: model.routes, seed: seed)
        policy.staging = staging ?? policy.staging
        policy.lookahead = lookahead ?? policy.lookahead
        policy.width = guesses ?? policy.width
        policy.recall = recall ?? policy.recall
        policy.widening = widening ?? policy.widening
        policy.ringLayers = ringLayers ?? policy.ringLayers
        var run = OffloadRun(
            model: model, events: events, cache: cache, prefetch: policy,
            widths: try widths.widths(routes, at: widthsMark, kind: kind), residentBits: residentBits, machine: machine,
            isResident: isResident)
        run.widthsOrigin = widths.origin
        return run
    }
}

/// Decodes texts and gathers what is wrong with them.
private struct OptionReader {
    let texts: [OffloadOptions.Key: OffloadOptions.Text]
    let kind: Diagnostic.Kind
    private(set) var mistakes: [Diagnostic] = []

    init(texts: [OffloadOptions.Key: OffloadOptions.Text], kind: Diagnostic.Kind) {
        self.texts = texts
        self.kind = kind
    }

    mutating func note(_ message: String, _ mark: Mark, suggestion: String? = nil) {
        mistakes.append(Diagnostic(message, at: mark, kind: kind, suggestion: suggestion))
    }

    mutating func noting<Value>(_ standIn: Value, _ body: () throws(DiagnosticList) -> Value) -> Value {
        do throws(DiagnosticList) {
            return try body()
        } catch {
            mistakes += error.diagnostics
            return standIn
        }
    }

    mutating func choice(_ key: OffloadOptions.Key, of names: [String], _ standIn: String) -> String {
        guard let given = texts[key] else { return standIn }
        if names.contains(given.text) { return given.text }
        let list = names.dropLast().joined(separator: ", ") + " or " + names.last!
        note("must be \(list), not '\(given.text)'", given.mark, suggestion: nearestName(to: given.text, in: names))
        return standIn
    }

    mutating func int(_ key: OffloadOptions.Key, in range: ClosedRange<Int>) -> Int? {
        guard let given = texts[key] else { return nil }
        if let value = Int(given.text), range.contains(value) { return value }
        note("must be a whole number of \(range.lowerBound) to \(range.upperBound), not '\(given.text)'", given.mark)
        return nil
    }

    mutating func number(_ key: OffloadOptions.Key, in range: ClosedRange<Double>) -> Double? {
        guard let given = texts[key] else { return nil }
        if let value = Double(given.text), range.contains(value) { return value }
        note("must be a number of \(range.lowerBound) to \(range.upperBound), not '\(given.text)'", given.mark)
        return nil
    }
}
