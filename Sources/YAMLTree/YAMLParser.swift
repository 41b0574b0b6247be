import CLibYAML

/// Bounds that keep a hostile or broken file from taking the machine down.
public struct YAMLLimits: Sendable {
    /// How deep lists and mappings may nest.
    public var depth = 64
    /// How many nodes a document may have after its aliases are expanded.
    public var nodes = 1_000_000
    /// The largest file, in bytes.
    public var bytes = 64 << 20

    public init() {}
}

extension Node {
    /// Reads a YAML file of one document.
    ///
    /// - Throws: the mistake with its place: a missing or unreadable file, bad UTF-8, broken syntax, a duplicate key,
    ///   an undefined alias, more than one document, an empty file, or more than `limits` allow.
    public static func parse(path: String, limits: YAMLLimits = YAMLLimits()) throws(DiagnosticList) -> Node {
        try parse(try SourceFile.read(path, limit: limits.bytes), limits: limits)
    }

    /// Reads a YAML text of one document; throws as `parse(path:limits:)`.
    public static func parse(_ file: SourceFile, limits: YAMLLimits = YAMLLimits()) throws(DiagnosticList) -> Node {
        let content = try file.validatedUTF8()
        var builder = TreeBuilder(file: file.name, limits: limits)
        let events = EventStream(file: file, content: content)
        while try builder.accept(try events.next()) {}
        return try builder.finish()
    }
}

/// libyaml's parser as a sequence of Swift values.
struct EventStream: ~Copyable {
    /// What libyaml reports, reduced to what a tree needs; `anchor` is the name behind `&`.
    enum Event {
        case documentStart
        case scalar(text: String, isPlain: Bool, anchor: String?, tag: String?)
        case listStart(anchor: String?, tag: String?)
        case mappingStart(anchor: String?, tag: String?)
        case end
        case alias(String)
        case streamEnd
        case other
    }

    private let file: SourceFile
    private let content: ArraySlice<UInt8>
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    /// libyaml reads from this copy, whose address does not move.
    private let buffer: UnsafeMutablePointer<UInt8>

    init(file: SourceFile, content: ArraySlice<UInt8>) {
        self.file = file
        self.content = content
        parser = .allocate(capacity: 1)
        buffer = .allocate(capacity: max(1, content.count))
        _ = UnsafeMutableBufferPointer(start: buffer, count: content.count).update(fromContentsOf: content)
        precondition(yaml_parser_initialize(parser) == 1, "libyaml has no memory")
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, buffer, content.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        buffer.deallocate()
    }

    /// The next event and where it begins.
    func next() throws(DiagnosticList) -> (event: Event, mark: Mark) {
        var raw = yaml_event_t()
        guard yaml_parser_parse(parser, &raw) == 1 else { throw problem() }
        defer { yaml_event_delete(&raw) }
        let event: Event
        switch raw.type {
        case YAML_DOCUMENT_START_EVENT: event = .documentStart
        case YAML_SCALAR_EVENT:
            let scalar = raw.data.scalar
            let text = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            event = .scalar(
                text: String(decoding: text, as: UTF8.self), isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE,
                anchor: string(scalar.anchor), tag: string(scalar.tag))
        case YAML_SEQUENCE_START_EVENT:
            let start = raw.data.sequence_start
            event = .listStart(anchor: string(start.anchor), tag: string(start.tag))
        case YAML_MAPPING_START_EVENT:
            let start = raw.data.mapping_start
            event = .mappingStart(anchor: string(start.anchor), tag: string(start.tag))
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: event = .end
        case YAML_ALIAS_EVENT: event = .alias(string(raw.data.alias.anchor) ?? "")
        case YAML_STREAM_END_EVENT: event = .streamEnd
        default: event = .other
        }
        return (event, mark(raw.start_mark))
    }

    private func string(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        text.map { String(cString: $0) }
    }

    private func mark(_ mark: yaml_mark_t) -> Mark {
        Mark(file: file.name, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }

    /// libyaml's complaint in the words of someone who edits the file.
    private func problem() -> DiagnosticList {
        let text = parser.pointee.problem.map { String(cString: $0) } ?? "this is not YAML"
        if parser.pointee.error == YAML_READER_ERROR {
            let place = file.mark(ofByte: Int(parser.pointee.problem_offset), in: content)
            return DiagnosticList(Diagnostic("control characters are not allowed in YAML", at: place))
        }
        let place = mark(parser.pointee.problem_mark)
        let context = parser.pointee.context.map { String(cString: $0) }
        return DiagnosticList(Diagnostic(reworded(text, context: context), at: place))
    }

    private func reworded(_ problem: String, context: String?) -> String {
        switch problem {
        case "mapping values are not allowed in this context":
            return "unexpected ':' here; check the indentation, or put quotes around text that holds ': '"
        case "found character that cannot start any token":
            let isTab = content[content.startIndex...].dropFirst(byteOffset).first == UInt8(ascii: "\t")
            return isTab
                ? "a tab cannot indent YAML; indent with spaces"
                : "this character cannot begin a value; put quotes around the text"
        case "could not find expected ':'":
            return "a key without ':' before this line; check the line above"
        case "did not find expected key", "did not find expected '-' indicator":
            return "the indentation does not match the lines above"
        case "did not find expected ',' or ']'":
            return "the list opened with '[' is not closed; expected ',' or ']'"
        case "did not find expected ',' or '}'":
            return "the mapping opened with '{' is not closed; expected ',' or '}'"
        case "found unexpected end of stream":
            return "the file ends inside quoted text"
        case "found undefined tag handle":
            return "tags ('!') are not supported"
        default:
            return context.map { "\(problem) (\($0))" } ?? problem
        }
    }

    private var byteOffset: Int {
        let target = parser.pointee.problem_mark
        var remaining = Int(target.index)
        var offset = 0
        for byte in content {
            if byte & 0xC0 != 0x80 {
                if remaining == 0 { break }
                remaining -= 1
            }
            offset += 1
        }
        return offset
    }
}
