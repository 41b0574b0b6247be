/// Reading the lines of a header.
extension TraceHeader {
    /// Gives the next line without its end, and the error for a message about it.
    typealias LineSource = (
        next: () throws(TraceFileError) -> String?, error: (String) -> TraceFileError
    )

    static let largestCount = 1 << 40

    /// Reads up to the line `begin`.
    init(_ source: LineSource) throws(TraceFileError) {
        func line(_ word: String) throws(TraceFileError) -> [Substring: Substring] {
            guard let line = try source.next() else { throw source.error("the trace ends in its header") }
            return try Self.fields(line, word, source)
        }
        guard let first = try source.next() else { throw source.error("the file is empty") }
        let words = first.split(separator: " ")
        guard words.count == 2, words[0] == "dualrow-trace" else {
            throw source.error("this is not an operator trace: its first line is not 'dualrow-trace \(Self.version)'")
        }
        guard words[1] == "\(Self.version)" else {
            throw source.error("the trace is of version \(words[1]); this program reads version \(Self.version)")
        }
        let shape = try Self.shape(try line("model"), source)
        let formatFields = try line("formats")
        func format(_ key: Substring) throws(TraceFileError) -> TraceFormat {
            guard let text = formatFields[key], let format = TraceFormat(rawValue: String(text)) else {
                throw source.error("the line needs \(key)= with one of f32, f16, bf16, fp8, int8, int4")
            }
            return format
        }
        let formats = TraceFormats(
            weights: try format("weights"), activations: try format("activations"), cache: try format("cache"))
        let fields = try line("source")
        guard let kind = fields["kind"].flatMap(Self.unescape), let seed = fields["seed"].flatMap({ UInt64($0) }),
            let temperature = fields["temperature"].flatMap({ Double($0) }), temperature.isFinite,
            let hash = fields["weights_sha256"].flatMap(Self.unescape),
            let guessWidth = fields["guess_width"].flatMap({ Int($0) }),
            (0...max(shape.experts, 0)).contains(guessWidth)
        else { throw source.error("the line needs kind, seed, temperature, weights_sha256 and guess_width") }
        var notes: [String: String] = [:]
        while true {
            guard let line = try source.next() else { throw source.error("the trace ends in its header") }
            if line == "begin" { break }
            for (key, value) in try Self.fields(line, "note", source) {
                guard let name = Self.unescape(key), let text = Self.unescape(value) else {
                    throw source.error("a note that cannot be decoded")
                }
                notes[name] = text
            }
        }
        self.init(
            shape: shape, formats: formats, source: kind, seed: seed, temperature: temperature, weightHash: hash,
            guessWidth: guessWidth, notes: notes)
    }

    private static func fields(
        _ line: String, _ word: String, _ source: LineSource
    ) throws(TraceFileError) -> [Substring: Substring] {
        let words = line.split(separator: " ")
        guard words.first == word[...] else { throw source.error("expected a line '\(word)'") }
        var result: [Substring: Substring] = [:]
        for field in words.dropFirst() {
            guard let equals = field.firstIndex(of: "="),
                result.updateValue(field[field.index(after: equals)...], forKey: field[..<equals]) == nil
            else { throw source.error("'\(field)' is not key=value, or its key stands twice") }
        }
        return result
    }

    private static func shape(
        _ given: [Substring: Substring], _ source: LineSource
    ) throws(TraceFileError) -> TraceModelShape {
        var fields = given
        guard let name = fields.removeValue(forKey: "name").flatMap(unescape) else {
            throw source.error("the line needs name=")
        }
        var shape = TraceModelShape(
            name: name, layers: 0, width: 0, heads: 0, keyValueHeads: 0, headWidth: 0, feedForwardWidth: 0,
            isGated: false, vocabulary: 0)
        for key in modelKeys {
            guard let value = fields.removeValue(forKey: key.name[...]).flatMap({ Int($0) }),
                (0...(1 << 26)).contains(value)
            else { throw source.error("the line needs \(key.name)= with a number up to \(1 << 26)") }
            shape[keyPath: key.path] = value
        }
        for key in modelSwitches {
            guard let value = fields.removeValue(forKey: key.name[...]), value == "0" || value == "1" else {
                throw source.error("the line needs \(key.name)= with 0 or 1")
            }
            shape[keyPath: key.path] = value == "1"
        }
        func list(_ key: Substring, _ range: Range<Int>) throws(TraceFileError) -> [Int] {
            guard let text = fields.removeValue(forKey: key) else { return [] }
            var values: [Int] = []
            for word in text.split(separator: ",", omittingEmptySubsequences: false) {
                guard let value = Int(word), range.contains(value) else {
                    throw source.error("\(key)= holds '\(word)', which is not a number in \(range)")
                }
                values.append(value)
            }
            return values
        }
        shape.denseLayers = try list("dense_layers", 0..<shape.layers)
        shape.windows = try list("windows", 0..<largestCount)
        guard shape.windows.isEmpty || shape.windows.count == shape.layers else {
            throw source.error("windows= has \(shape.windows.count) entries for \(shape.layers) layers")
        }
        guard shape.topK <= shape.experts, (1...4096).contains(shape.layers), shape.experts <= 4096 else {
            throw source.error("layers must be in 1...4096, experts at most 4096, and top_k at most experts")
        }
        if let unknown = fields.keys.sorted().first { throw source.error("unknown key '\(unknown)'") }
        return shape
    }
}
