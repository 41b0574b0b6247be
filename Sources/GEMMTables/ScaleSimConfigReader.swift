import SimCore

/// Reads the INI files of SCALE-Sim v2 and v3.
///
/// `[section]` lines, then `key : value` or `key = value`; names in any case; `#` and `;` start comment lines. The
/// array's height, width and dataflow must be there; anything else may be missing and takes the default of
/// `ScaleSimConfig`, which a warning names (SCALE-Sim v3.0.0 refuses such files, 9 of the 13 it ships among them).
public struct ScaleSimConfigReader {
    private struct Entry {
        let value: String
        let line: Int
        let column: Int
        let keyColumn: Int
    }

    private let file: String
    private var entries: [String: Entry] = [:]
    private var mistakes: [TableMistake] = []
    private var warnings: [TableMistake] = []
    private var lastLine = 1

    /// - Throws: every mistake of the file.
    public static func read(_ bytes: [UInt8], file: String) throws(TableMistakes) -> ScaleSimConfig {
        var reader = ScaleSimConfigReader(file: file)
        reader.collect(String(decoding: bytes, as: UTF8.self))
        let config = reader.config()
        guard reader.mistakes.isEmpty, var config else { throw TableMistakes(reader.mistakes) }
        config.warnings = reader.warnings.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        return config
    }

    private init(file: String) {
        self.file = file
    }

    /// Keys that are used, and keys that are known and change nothing here.
    private static let used = [
        "run_name", "ArrayHeight", "ArrayWidth", "IfmapSramSzkB", "FilterSramSzkB", "OfmapSramSzkB", "Dataflow",
        "Bandwidth", "SparsitySupport", "OptimizedMapping", "InterfaceBandwidth",
    ]
    private static let ignored = [
        "IfmapOffset", "FilterOffset", "OfmapOffset", "ReadRequestBuffer", "WriteRequestBuffer", "MemoryBanks",
        "OnChipMemoryBanks", "OnChipMemoryBankPorts", "IfmapCustomLayout", "FilterCustomLayout",
        "IfmapSRAMBankBandwidth", "IfmapSRAMBankNum", "IfmapSRAMBankPort", "FilterSRAMBankBandwidth",
        "FilterSRAMBankNum", "FilterSRAMBankPort", "SparseRep", "BlockSize", "RandomNumberGeneratorSeed",
        "UseRamulatorTrace", "TopologyCsvLoc",
    ]

    private mutating func collect(_ text: String) {
        for (index, scalars) in TableText.lines(of: text).enumerated() {
            let line = index + 1
            let raw = String(String.UnicodeScalarView(scalars)).replacing("\u{FEFF}", with: "")
            let start = raw.prefix { $0.isWhitespace }.count
            let content = raw.dropFirst(start)
            guard let first = content.first, !"#;[".contains(first) else { continue }
            lastLine = line
            guard let mark = content.firstIndex(where: { $0 == ":" || $0 == "=" }) else {
                mistake(line, start + 1, "'\(trim(content))' is not a section, a comment or 'key : value'")
                continue
            }
            let key = trim(content[..<mark])
            let after = content[content.index(after: mark)...]
            let offset = start + content.distance(from: content.startIndex, to: after.startIndex)
            let entry = Entry(
                value: trim(after), line: line, column: offset + after.prefix { $0.isWhitespace }.count + 1,
                keyColumn: start + 1)
            note(key, entry)
        }
    }

    private mutating func note(_ key: String, _ entry: Entry) {
        let plain = key.lowercased()
        if Self.used.contains(where: { $0.lowercased() == plain }) {
            if let earlier = entries[plain] {
                mistake(entry.line, entry.keyColumn, "'\(key)' is set twice; first at \(file):\(earlier.line)")
            }
            entries[plain] = entry
        } else if Self.ignored.contains(where: { $0.lowercased() == plain }) {
            warning(entry.line, entry.keyColumn, "'\(key)' has no effect here")
        } else {
            let meant = suggestion(for: key, among: Self.used + Self.ignored).map { "; did you mean '\($0)'?" } ?? ""
            warning(entry.line, entry.keyColumn, "unknown key '\(key)'" + meant)
        }
    }

    private mutating func config() -> ScaleSimConfig? {
        let height = number("ArrayHeight", within: 1...SystolicArrayShape.maximumEdge, default: nil)
        let width = number("ArrayWidth", within: 1...SystolicArrayShape.maximumEdge, default: nil)
        let dataflow = dataflow()
        guard let height, let width, let dataflow else { return nil }
        var config = ScaleSimConfig(array: SystolicArrayShape(rows: height, columns: width), dataflow: dataflow)
        if let name = value("run_name", default: config.runName) { config.runName = name.value }
        let sizes = 1...(1 << 30)
        config.inputKilobytes = number("IfmapSramSzkB", within: sizes, default: config.inputKilobytes) ?? 0
        config.weightKilobytes = number("FilterSramSzkB", within: sizes, default: config.weightKilobytes) ?? 0
        config.outputKilobytes = number("OfmapSramSzkB", within: sizes, default: config.outputKilobytes) ?? 0
        config.bandwidths = bandwidths()
        if let mode = value("InterfaceBandwidth", default: "CALC") {
            if let known = ScaleSimConfig.BandwidthMode(rawValue: mode.value.uppercased()) {
                config.bandwidthMode = known
            } else {
                mistake(mode.line, mode.column, "'\(mode.value)' is not a bandwidth mode; write CALC or USER")
            }
        }
        config.sparsitySupport = flag("SparsitySupport")
        config.optimizedMapping = config.sparsitySupport && flag("OptimizedMapping")
        return config
    }

    private mutating func dataflow() -> Dataflow? {
        guard let entry = value("Dataflow", default: nil) else { return nil }
        if let found = Dataflow(rawValue: entry.value.lowercased()) { return found }
        mistake(entry.line, entry.column, "'\(entry.value)' is not a dataflow; write ws, os or is")
        return nil
    }

    private mutating func bandwidths() -> [Int] {
        guard let entry = entries["bandwidth"] else { return [] }
        let parts = entry.value.split(separator: ",").map { Int(trim($0)) }
        guard parts.allSatisfy({ ($0 ?? 0) > 0 }), parts.count == 1 || parts.count == 3 else {
            mistake(entry.line, entry.column, "'\(entry.value)' is not one bandwidth, or three with commas between")
            return []
        }
        return parts.map { $0! }
    }

    private mutating func number(_ key: String, within range: ClosedRange<Int>, default fallback: Int?) -> Int? {
        guard let entry = value(key, default: fallback.map { String($0) }) else { return fallback }
        guard let number = Int(entry.value), range.contains(number) else {
            let bounds = "a whole number between \(range.lowerBound) and \(range.upperBound)"
            mistake(entry.line, entry.column, "'\(key)' is '\(entry.value)' but must be \(bounds)")
            return fallback
        }
        return number
    }

    private func flag(_ key: String) -> Bool { entries[key.lowercased()]?.value.lowercased() == "true" }

    /// The entry of a key; nil and a warning when it has a default, nil and a mistake when it has none.
    private mutating func value(_ key: String, default fallback: String?) -> Entry? {
        if let entry = entries[key.lowercased()] { return entry }
        if let fallback {
            warning(lastLine, 1, "'\(key)' is missing; taken as \(fallback)")
        } else {
            mistake(lastLine, 1, "'\(key)' is missing from [architecture_presets]")
        }
        return nil
    }

    private func trim(_ text: Substring) -> String {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    private mutating func mistake(_ line: Int, _ column: Int, _ message: String) {
        mistakes.append(TableMistake(file: file, line: line, column: column, message: message))
    }

    private mutating func warning(_ line: Int, _ column: Int, _ message: String) {
        warnings.append(TableMistake(file: file, line: line, column: column, severity: .warning, message: message))
    }
}
