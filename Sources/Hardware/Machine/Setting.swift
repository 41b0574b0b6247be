import YAMLTree

/// A value of a machine file, or of the preset that the file names, with the place to cite when it contradicts another.
struct Setting<Value> {
    var value: Value
    /// The last part of the key.
    var name: String
    /// The key's dotted path.
    var path: String
    /// Where the value was set, or where the preset that gives it was named.
    var mark: Mark
    /// How the value was written: `14 ns`, `2 KiB`.
    var text: String
    /// The preset the value is from; nil if the file states it.
    var preset: String?
    /// False for a stand-in of a value that is missing or wrong, which is already noted.
    var isValid: Bool

    /// A value that the file states.
    init(_ field: Field<Value>, text: String? = nil) {
        value = field.value
        name = field.name
        path = field.path
        mark = field.mark
        self.text = text ?? "\(field.value)"
        isValid = field.isValid
    }

    /// A value of the preset `preset.value`, for the key `name` of `reader`.
    init(_ value: Value, name: String, in reader: Reader, preset: Field<String>, text: String? = nil) {
        self.value = value
        self.name = name
        path = reader.path.isEmpty ? name : "\(reader.path).\(name)"
        mark = preset.mark
        self.text = text ?? "\(value)"
        self.preset = preset.value
        isValid = preset.isValid
    }

    /// Where the value is from, to follow it in a message.
    var origin: String {
        preset.map { "given by \($0), named at \(mark)" } ?? "set at \(mark)"
    }

    /// The same setting with a value derived from this one.
    func map<Result>(_ transform: (Value) -> Result) -> Setting<Result> {
        var result = Setting<Result>(transform(value), like: self)
        result.text = text
        return result
    }

    private init<Other>(_ value: Value, like other: Setting<Other>) {
        self.value = value
        name = other.name
        path = other.path
        mark = other.mark
        text = other.text
        preset = other.preset
        isValid = other.isValid
    }
}

extension Reader {
    /// Notes a contradiction between two settings, at the one that the file states:
    /// `'tRAS' is 10 ns but must be at least tRCDRD (14 cycles), given by hbm2-x128, named at a.yaml:9:11`.
    ///
    /// Where only the second is stated by the file, the message stands there and `converse` is its wording:
    /// `'tRCDRD' is 40 ns but must be at most tRAS (34 cycles), …`.
    func require<First, Second>(
        _ condition: @autoclosure () -> Bool, _ first: Setting<First>, _ relation: String, _ second: Setting<Second>,
        converse: String
    ) {
        guard first.isValid, second.isValid, !condition() else { return }
        if first.preset != nil, second.preset == nil {
            noteContradiction(second, converse, first)
        } else {
            noteContradiction(first, relation, second)
        }
    }

    private func noteContradiction<First, Second>(
        _ subject: Setting<First>, _ relation: String, _ other: Setting<Second>
    ) {
        report(
            "'\(subject.name)' is \(subject.text) but \(relation) \(other.name) (\(other.text)), \(other.origin)",
            at: subject.mark, keyPath: subject.path)
    }

    /// Notes that one setting is not acceptable: `'rows' is 100 but must be a power of two`.
    func require<Value>(_ condition: @autoclosure () -> Bool, _ setting: Setting<Value>, _ rule: String) {
        guard setting.isValid, !condition() else { return }
        report("'\(setting.name)' is \(setting.text) but \(rule)", at: setting.mark, keyPath: setting.path)
    }
}

/// The values that a preset named in the file supplies for keys the file leaves out.
struct Preset {
    /// Where the preset was named; nil: the file names none and must state everything.
    var named: Field<String>?

    /// A key's value, or the preset's; missing if there is neither.
    func setting<Value>(
        _ name: String, of reader: Reader, else given: Value?, text: String? = nil,
        decode: (Element) -> Setting<Value>
    ) -> Setting<Value> {
        if let element = reader.ifPresent(name) { return decode(element) }
        if let given, let named { return Setting(given, name: name, in: reader, preset: named, text: text) }
        return decode(reader.key(name))
    }

    func int(_ name: String, of reader: Reader, in range: ClosedRange<Int>, else given: Int?) -> Setting<Int> {
        setting(name, of: reader, else: given) { Setting($0.int(in: range)) }
    }
}
