/// Reads the parts of HuggingFace's `tokenizer.json` that byte-level BPE uses, and refuses the others by name.
enum BytePairTokenizerReader {
    static let longestFile = 256 << 20
    /// Token numbers are kept in 32 bits.
    static let ids = 0...(1 << 26)

    static func read(_ json: [UInt8], file: String) throws(ModelFileError) -> BytePairTokenizer.Parts {
        let document = try JSONParser.parse(json, file: file)
        let root = try JSONObjectReader(document, document.root)
        var parts = BytePairTokenizer.Parts()
        parts.file = file
        guard let model = try root.object("model") else { throw root.missing("model") }
        let type = try model.string("type") ?? "BPE"
        guard type == "BPE" else { throw model.error("'\(type)' is not read; BPE is", key: "type", kind: .unsupported) }
        for key in ["byte_fallback", "fuse_unk"] where try model.bool(key) ?? false {
            throw model.error("only byte-level BPE is read", key: key, kind: .unsupported)
        }
        for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
            if let text = try model.string(key), !text.isEmpty {
                throw model.error("only byte-level BPE is read", key: key, kind: .unsupported)
            }
        }
        let vocabulary = try readVocabulary(model, into: &parts)
        try readMerges(model, vocabulary, into: &parts)
        if try model.bool("ignore_merges") ?? false {
            parts.wholePieces = [:]
            for (id, bytes) in parts.tokenBytes { parts.wholePieces?[bytes[...]] = id }
        }
        try readAddedTokens(root, into: &parts)
        try readNormalizer(try root.object("normalizer"), into: &parts)
        try readPreTokenizer(try root.object("pre_tokenizer"), into: &parts)
        try readPostProcessor(try root.object("post_processor"), into: &parts)
        return parts
    }

    private static func readVocabulary(
        _ model: JSONObjectReader, into parts: inout BytePairTokenizer.Parts
    ) throws(ModelFileError) -> [ExactString: Int32] {
        guard let reader = try model.object("vocab") else { throw model.missing("vocab") }
        var vocabulary: [ExactString: Int32] = [:]
        for member in reader.all {
            guard case .number(let number) = member.node.value, let id = number.integer, ids.contains(id) else {
                throw reader.document.error(
                    "expected a token number of at most \(ids.upperBound)", at: member.node,
                    subject: "model.vocab.\(member.key)")
            }
            guard parts.tokenBytes[id] == nil else {
                throw reader.document.error(
                    "the token number \(id) is given twice", at: member.node, subject: "model.vocab.\(member.key)")
            }
            let bytes = ByteLevelAlphabet.bytes(of: member.key)
            parts.tokenBytes[id] = bytes ?? Array(member.key.utf8)
            if let bytes, bytes.count == 1 { parts.byteTokens[Int(bytes[0])] = Int32(id) }
            vocabulary[ExactString(member.key)] = Int32(id)
        }
        return vocabulary
    }

    /// Merges are written as "left right" or as ["left", "right"]; their order is their rank.
    private static func readMerges(
        _ model: JSONObjectReader, _ vocabulary: [ExactString: Int32], into parts: inout BytePairTokenizer.Parts
    ) throws(ModelFileError) {
        guard let merges = try model.array("merges") else { throw model.missing("merges") }
        for (rank, node) in merges.enumerated() {
            func refuse(_ message: String) -> ModelFileError {
                model.document.error(message, at: node, subject: "model.merges[\(rank)]")
            }
            let pair: [String]
            switch node.value {
            case .string(let text):
                pair = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            case .array(let nodes):
                pair = nodes.compactMap { if case .string(let text) = $0.value { text } else { nil } }
                guard pair.count == nodes.count else { throw refuse("expected two strings") }
            default: throw refuse("expected a merge, found \(node.value.kindName)")
            }
            guard pair.count == 2 else { throw refuse("expected two tokens, found \(pair.count)") }
            guard let left = vocabulary[ExactString(pair[0])], let right = vocabulary[ExactString(pair[1])],
                let result = vocabulary[ExactString(pair[0] + pair[1])]
            else { throw refuse("a token of the merge is not in the vocabulary") }
            let key = BytePairMerger.key(left, right)
            if parts.merger.merges[key] == nil {
                parts.merger.merges[key] = .init(rank: Int32(rank), result: result)
            }
        }
    }

    private static func readAddedTokens(
        _ root: JSONObjectReader, into parts: inout BytePairTokenizer.Parts
    ) throws(ModelFileError) {
        for (index, node) in (try root.array("added_tokens") ?? []).enumerated() {
            let reader = try JSONObjectReader(root.document, node, path: "added_tokens[\(index)]")
            let id = try reader.requiredInteger("id", in: ids)
            guard let content = try reader.string("content"), !content.isEmpty else { throw reader.missing("content") }
            for key in ["lstrip", "rstrip", "single_word"] where try reader.bool(key) ?? false {
                throw reader.error("only false is read", key: key, kind: .unsupported)
            }
            parts.added.append(.init(id: id, content: Array(content.utf8)))
            parts.tokenBytes[id] = Array(content.utf8)
        }
    }

    private static func readNormalizer(
        _ reader: JSONObjectReader?, into parts: inout BytePairTokenizer.Parts
    ) throws(ModelFileError) {
        guard let reader else { return }
        let type = try reader.string("type") ?? ""
        switch type {
        case "NFC": parts.normalises = true
        case "Sequence":
            for (index, node) in (try reader.array("normalizers") ?? []).enumerated() {
                let path = reader.keyPath("normalizers[\(index)]")
                try readNormalizer(try JSONObjectReader(reader.document, node, path: path), into: &parts)
            }
        default: throw reader.error("the normalizer '\(type)' is not read; NFC is", key: "type", kind: .unsupported)
        }
    }

    private static func readPreTokenizer(
        _ reader: JSONObjectReader?, into parts: inout BytePairTokenizer.Parts
    ) throws(ModelFileError) {
        guard let reader else { return }
        let type = try reader.string("type") ?? ""
        switch type {
        case "Sequence":
            for (index, node) in (try reader.array("pretokenizers") ?? []).enumerated() {
                let path = reader.keyPath("pretokenizers[\(index)]")
                try readPreTokenizer(try JSONObjectReader(reader.document, node, path: path), into: &parts)
            }
        case "Split":
            let pattern = try reader.object("pattern")?.string("Regex") ?? ""
            guard let known = PreTokenizer(pattern: pattern), parts.preTokenizer == .whole else {
                throw reader.error("this expression is not one that is read", key: "pattern", kind: .unsupported)
            }
            guard try reader.string("behavior") ?? "" == "Isolated" else {
                throw reader.error("only Isolated is read", key: "behavior", kind: .unsupported)
            }
            parts.preTokenizer = known
        case "ByteLevel":
            parts.addsPrefixSpace = try reader.bool("add_prefix_space") ?? true
            if try reader.bool("use_regex") ?? true {
                guard parts.preTokenizer == .whole else {
                    throw reader.error(
                        "two expressions after each other are not read", key: "use_regex", kind: .unsupported)
                }
                parts.preTokenizer = .gpt2
            }
        default: throw reader.error("the pre-tokenizer '\(type)' is not read", key: "type", kind: .unsupported)
        }
    }

    /// Tokens that a template puts before and after a single text.
    private static func readPostProcessor(
        _ reader: JSONObjectReader?, into parts: inout BytePairTokenizer.Parts
    ) throws(ModelFileError) {
        guard let reader else { return }
        let type = try reader.string("type") ?? ""
        switch type {
        case "ByteLevel": break
        case "Sequence":
            for (index, node) in (try reader.array("processors") ?? []).enumerated() {
                let path = reader.keyPath("processors[\(index)]")
                try readPostProcessor(try JSONObjectReader(reader.document, node, path: path), into: &parts)
            }
        case "TemplateProcessing":
            var isAfter = false
            for (index, node) in (try reader.array("single") ?? []).enumerated() {
                let entry = try JSONObjectReader(
                    reader.document, node, path: reader.keyPath("single[\(index)]"))
                if entry.node("Sequence") != nil {
                    isAfter = true
                } else if let special = try entry.object("SpecialToken"), let name = try special.string("id") {
                    guard let token = parts.added.first(where: { $0.content.elementsEqual(name.utf8) }) else {
                        throw special.error("'\(name)' is not an added token", key: "id")
                    }
                    if isAfter { parts.after.append(token.id) } else { parts.before.append(token.id) }
                }
            }
        default: throw reader.error("the post-processor '\(type)' is not read", key: "type", kind: .unsupported)
        }
    }
}
