extension Node {
    /// The value on one line in YAML's flow form: `[ro, ra]`, `{ranks: 2}`, a text as it is.
    ///
    /// Equal trees give equal texts, and different trees different ones: text inside lists and mappings is quoted where
    /// it could be read otherwise.
    public var flowText: String {
        switch self {
        case .scalar(let text, _, _): text
        case .list, .mapping: nestedText
        }
    }

    /// The whole tree as one text for comparing and hashing: as `flowText`, with quotes also told apart at the top.
    public var canonicalText: String { nestedText }

    private var nestedText: String {
        switch self {
        case .scalar(let text, let isPlain, _): Self.quoted(text, isPlain: isPlain)
        case .list(let items, _): "[" + items.map(\.nestedText).joined(separator: ", ") + "]"
        case .mapping(let entries, _):
            "{"
                + entries.map { "\(Self.quoted($0.key, isPlain: true)): \($0.value.nestedText)" }
                .joined(separator: ", ") + "}"
        }
    }

    private static func quoted(_ text: String, isPlain: Bool) -> String {
        let isSafe = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: " ._-+/*%".utf8.contains(byte)
            }
        }
        if isPlain && isSafe { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\n": quoted += "\\n"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
