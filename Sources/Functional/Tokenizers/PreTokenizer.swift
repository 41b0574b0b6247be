/// Cuts text into the pieces within which byte pairs are merged.
///
/// The regular expressions that published tokenizers use are recognised by their text and matched by hand-written
/// scanners in linear time; another expression is refused, because a backtracking engine on a hostile file can take
/// exponential time.
enum PreTokenizer: Equatable, Sendable {
    /// The text is one piece.
    case whole
    /// GPT-2's.
    case gpt2
    /// The one of cl100k, Llama 3 and Qwen 2: case-insensitive contractions, numbers of at most `digits` digits, and
    /// line breaks kept together.
    case cl100k(digits: Int)

    private static let contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|"
    private static let shortContractions = "'(?i:[sdmt]|ll|ve|re)|"
    private static let words = #"[^\r\n\p{L}\p{N}]?\p{L}+|"#
    private static let possessiveWords = #"[^\r\n\p{L}\p{N}]?+\p{L}+|"#
    private static let rest = #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

    /// The scanner for a regular expression of a `tokenizer.json`, or nil if it is not a known one.
    init?(pattern: String) {
        switch pattern {
        case #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#,
            #"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#:
            self = .gpt2
        case Self.contractions + Self.words + #"\p{N}{1,3}"# + Self.rest,
            Self.shortContractions + Self.words + #"\p{N}{1,3}"# + Self.rest,
            Self.shortContractions + Self.possessiveWords + #"\p{N}{1,3}"# + Self.rest:
            self = .cl100k(digits: 3)
        case Self.contractions + Self.words + #"\p{N}"# + Self.rest,
            Self.shortContractions + Self.words + #"\p{N}"# + Self.rest,
            Self.shortContractions + Self.possessiveWords + #"\p{N}"# + Self.rest:
            self = .cl100k(digits: 1)
        default: return nil
        }
    }

    private enum Class { case letter, number, space, other }

    /// Calls `body` with each piece of `text` as UTF-8, in order; together they are the text.
    func forEachPiece(of text: String, _ body: (ArraySlice<UInt8>) throws(ModelFileError) -> Void)
        throws(ModelFileError)
    {
        let bytes = Array(text.utf8)
        guard self != .whole else {
            if !bytes.isEmpty { try body(bytes[...]) }
            return
        }
        let scalars = Array(text.unicodeScalars)
        let classes = scalars.map(Self.classify)
        var index = 0
        var byte = 0
        while index < scalars.count {
            let end = pieceEnd(index, scalars, classes)
            var width = 0
            for scalar in scalars[index..<end] { width += UTF8.width(scalar) }
            try body(bytes[byte..<byte + width])
            byte += width
            index = end
        }
    }

    private static func classify(_ scalar: Unicode.Scalar) -> Class {
        if scalar.isASCII {
            switch scalar.value {
            case 0x41...0x5A, 0x61...0x7A: return .letter
            case 0x30...0x39: return .number
            case 0x09...0x0D, 0x20: return .space
            default: return .other
            }
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return .letter
        case .decimalNumber, .letterNumber, .otherNumber: return .number
        default: return scalar.properties.isWhitespace ? .space : .other
        }
    }

    private func pieceEnd(_ start: Int, _ scalars: [Unicode.Scalar], _ classes: [Class]) -> Int {
        if let end = Self.contractionEnd(start, scalars, ignoringCase: self != .gpt2) { return end }
        func runEnd(_ from: Int, _ kind: Class, limit: Int = .max) -> Int {
            var end = from
            while end < classes.count, classes[end] == kind, end - from < limit { end += 1 }
            return end
        }
        func isBreak(_ index: Int) -> Bool { scalars[index] == "\r" || scalars[index] == "\n" }
        let isSpace = scalars[start] == " "
        let next = start + 1 < classes.count ? classes[start + 1] : .space
        switch self {
        case .whole: return scalars.count
        case .gpt2:
            if classes[start] != .space { return runEnd(start, classes[start]) }
            if isSpace, next != .space { return runEnd(start + 1, next) }
        case .cl100k(let digits):
            if classes[start] == .letter { return runEnd(start, .letter) }
            if classes[start] != .number, !isBreak(start), next == .letter { return runEnd(start + 1, .letter) }
            if classes[start] == .number { return runEnd(start, .number, limit: digits) }
            if classes[start] == .other || (isSpace && next == .other) {
                var end = runEnd(start + (isSpace ? 1 : 0), .other)
                while end < scalars.count, isBreak(end) { end += 1 }
                return end
            }
        }
        // White space. With line breaks: up to the last of them (not GPT-2). Otherwise all of it, but for the last
        // character if a word follows, which takes it.
        let end = runEnd(start, .space)
        if self != .gpt2, let last = (start..<end).last(where: isBreak) { return last + 1 }
        return end == scalars.count || end - start == 1 ? end : end - 1
    }

    private static func contractionEnd(_ start: Int, _ scalars: [Unicode.Scalar], ignoringCase: Bool) -> Int? {
        guard scalars[start] == "'" else { return nil }
        func letter(_ index: Int) -> UInt32 {
            guard index < scalars.count, scalars[index].isASCII else { return 0 }
            let value = scalars[index].value
            return ignoringCase && (0x41...0x5A).contains(value) ? value + 0x20 : value
        }
        let (first, second) = (letter(start + 1), letter(start + 2))
        for single in "stmd".unicodeScalars where first == single.value { return start + 2 }
        for pair in ["re", "ve", "ll"] {
            let scalars = Array(pair.unicodeScalars)
            if first == scalars[0].value, second == scalars[1].value { return start + 3 }
        }
        return nil
    }
}
