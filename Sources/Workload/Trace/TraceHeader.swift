/// What a trace says of itself before its first iteration.
public struct TraceHeader: Sendable, Equatable {
    /// The version of the format that is written; a reader refuses others.
    public static let version = 1

    public var shape: TraceModelShape
    public var formats: TraceFormats
    /// What made it: `functional` (a forward pass with weights), `expanded` (a shape without) or `scaled` (the routing
    /// and lengths of one model carried over to another's shape).
    public var source: String
    public var seed: UInt64
    /// Sampling temperature; 0 is greedy.
    public var temperature: Double
    /// SHA-256 of the weight files, in the order of their names, or `none`.
    public var weightHash: String
    /// Experts per guess in `guesses` records; 0 if there are none.
    public var guessWidth: Int
    /// Anything else worth keeping, such as the prompt file.
    public var notes: [String: String]

    public init(
        shape: TraceModelShape, formats: TraceFormats, source: String, seed: UInt64 = 0, temperature: Double = 0,
        weightHash: String = "none", guessWidth: Int = 0, notes: [String: String] = [:]
    ) {
        self.shape = shape
        self.formats = formats
        self.source = source
        self.seed = seed
        self.temperature = temperature
        self.weightHash = weightHash
        self.guessWidth = guessWidth
        self.notes = notes
    }

    public var plan: TraceOperatorPlan { TraceOperatorPlan(shape: shape, formats: formats) }

    /// The keys of the `model` line that are integers, in the order in which they are written.
    static let modelKeys: [(name: String, path: WritableKeyPath<TraceModelShape, Int> & Sendable)] = [
        ("layers", \.layers), ("width", \.width), ("heads", \.heads), ("kv_heads", \.keyValueHeads),
        ("head_width", \.headWidth), ("ffn_width", \.feedForwardWidth), ("vocabulary", \.vocabulary),
        ("experts", \.experts), ("top_k", \.topK), ("expert_width", \.expertWidth), ("shared_width", \.sharedWidth),
        ("norm_vectors", \.normVectors), ("embedding_width", \.embeddingWidth),
    ]

    /// The keys of the `model` line that are 0 or 1.
    static let modelSwitches: [(name: String, path: WritableKeyPath<TraceModelShape, Bool> & Sendable)] = [
        ("gated", \.isGated), ("rotary", \.isRotary), ("norms_first", \.normsFirst), ("final_norm", \.hasFinalNorm),
        ("qkv_bias", \.hasQueryKeyValueBias), ("out_bias", \.hasOutputBias), ("ffn_bias", \.hasFeedForwardBias),
        ("qk_norm", \.hasQueryKeyNorm), ("tied", \.isTied),
    ]

    /// The lines of the header, without line ends.
    func lines() -> [String] {
        var model = "model name=\(Self.escape(shape.name))"
        for key in Self.modelKeys { model += " \(key.name)=\(shape[keyPath: key.path])" }
        for key in Self.modelSwitches { model += " \(key.name)=\(shape[keyPath: key.path] ? 1 : 0)" }
        if !shape.denseLayers.isEmpty { model += " dense_layers=" + Self.list(shape.denseLayers) }
        if !shape.windows.isEmpty { model += " windows=" + Self.list(shape.windows) }
        var lines = [
            "dualrow-trace \(Self.version)", model,
            "formats weights=\(formats.weights.rawValue) activations=\(formats.activations.rawValue) "
                + "cache=\(formats.cache.rawValue)",
            "source kind=\(Self.escape(source)) seed=\(seed) temperature=\(temperature) "
                + "weights_sha256=\(Self.escape(weightHash)) guess_width=\(guessWidth)",
        ]
        for (key, value) in notes.sorted(by: { $0.key < $1.key }) {
            lines.append("note \(Self.escape(key))=\(Self.escape(value))")
        }
        return lines
    }

    private static func list(_ values: [Int]) -> String { values.map(String.init).joined(separator: ",") }

    /// Percent-encodes what would break a line into words: everything outside printable ASCII, space, % and =.
    static func escape(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            if (0x21...0x7E).contains(byte), byte != UInt8(ascii: "%"), byte != UInt8(ascii: "=") {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }

    static func unescape(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
