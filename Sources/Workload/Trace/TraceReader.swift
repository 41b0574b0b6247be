import CZlib

/// Reads an operator trace as a stream, one iteration at a time, and refuses what was cut or altered.
///
/// Each section ends in a checksum of its lines and the file in a checksum of those, so an iteration that is handed out
/// is as it was written; a trace that ends before its `end` line is refused when that is reached. Numbers are checked
/// against the header: a request, expert or layer that cannot be is refused with its line.
public final class TraceReader {
    public let header: TraceHeader
    private let input: TraceInputStream
    private var sums: UInt = crc32(0, nil, 0)
    private var iterations = 0
    private var operators = 0
    private var isFinished = false
    private var sectionLine = 1
    private var section = Section.none
    private static let kinds = TraceNames<TraceOperatorKind>()
    private static let formats = TraceNames<TraceFormat>()

    private enum Section { case none, before, layers, after }

    /// Multiply-accumulates of a pass beyond which a trace is refused, so that no sum over it can overflow.
    private static let largestPass = 0x1p58
    private var passMACs = 0.0
    private var layersInRun = 1.0
    private let isSparse: [Bool]

    /// - Parameter path: plain text, or gzip whatever its name.
    public convenience init(path: String) throws(TraceFileError) {
        try self.init(try TraceInputStream(path: path))
    }

    /// From memory.
    public convenience init(bytes: [UInt8], name: String) throws(TraceFileError) {
        try self.init(TraceInputStream(bytes: bytes, name: name))
    }

    private init(_ input: TraceInputStream) throws(TraceFileError) {
        self.input = input
        header = try TraceHeader(
            (
                next: { () throws(TraceFileError) in
                    guard let line = try input.next() else { return nil }
                    guard let text = String(validating: line, as: UTF8.self) else {
                        throw input.error("the line is not text")
                    }
                    return text
                }, error: input.error
            ))
        let shape = header.shape
        isSparse = (0..<shape.layers).map { shape.experts > 0 && !shape.denseLayers.contains($0) }
        guard let line = try input.next() else { throw input.error("the trace ends without its 'end' line") }
        try checkpoint(line)
    }

    /// The next iteration, or nil after the last.
    public func next() throws(TraceFileError) -> TraceIteration? {
        var iteration = TraceIteration(number: 0, requests: [])
        return try next(into: &iteration) ? iteration : nil
    }

    /// Reads the next iteration into memory that is used again; false after the last.
    public func next(into iteration: inout TraceIteration) throws(TraceFileError) -> Bool {
        if isFinished { return false }
        iteration.reset()
        guard let first = try input.next() else { throw input.error("the trace ends without its 'end' line") }
        if first.starts(with: "end ".utf8) {
            try finish(first)
            return false
        }
        let requests = try begin(first, &iteration)
        section = .none
        passMACs = 0
        layersInRun = 1
        while true {
            guard let line = try input.next() else { throw input.error("the trace ends inside an iteration") }
            guard line.count >= 1 else { throw input.error("an empty line") }
            switch line[0] {
            case UInt8(ascii: "o"): try readOperator(line, &iteration)
            case UInt8(ascii: "x"): try readRoute(line, &iteration)
            case UInt8(ascii: "r"): try readRequest(line, &iteration)
            case UInt8(ascii: "b"), UInt8(ascii: "l"), UInt8(ascii: "a"): try readSection(line, &iteration)
            case UInt8(ascii: "g"), UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "q"):
                try readRecord(line, &iteration)
            case UInt8(ascii: "c"):
                guard iteration.requests.count == requests else {
                    throw input.error("the iteration has \(iteration.requests.count) of its \(requests) requests")
                }
                guard iteration.layerCount == header.shape.layers else {
                    throw input.error("the iteration has \(iteration.layerCount) of \(header.shape.layers) layers")
                }
                try checkpoint(line)
                iterations += 1
                operators += iteration.operatorCount
                return true
            default: throw input.error("a line that begins with byte \(line[0]) is not known")
            }
        }
    }

    private func begin(_ line: UnsafeRawBufferPointer, _ iteration: inout TraceIteration) throws(TraceFileError) -> Int
    {
        var words = TraceWords(line, skipping: 1)
        guard line.count > 1, line[0] == UInt8(ascii: "i"), let number = words.count(),
            let requests = words.count(upTo: 1 << 26), words.isAtEnd
        else { throw input.error("expected 'i NUMBER REQUESTS' or 'end'") }
        iteration.number = number
        return requests
    }

    /// Compares the checksum of a line `c` with that of the lines since the one before.
    private func checkpoint(_ line: UnsafeRawBufferPointer) throws(TraceFileError) {
        let expected = TraceWriter.hex(input.checksum)
        guard line.starts(with: "c ".utf8), line.dropFirst(2).elementsEqual(expected) else {
            throw input.error(
                "lines \(sectionLine) to \(input.line) were altered: their checksum is not that of the 'c' line")
        }
        sums = crc32(sums, expected, UInt32(expected.count))
        input.resetChecksum()
        sectionLine = input.line + 1
    }

    private func finish(_ line: UnsafeRawBufferPointer) throws(TraceFileError) {
        var words = TraceWords(line, skipping: 3)
        guard let count = words.count(), let operatorCount = words.count(), let sum = words.word(), words.isAtEnd else {
            throw input.error("expected 'end ITERATIONS OPERATORS CHECKSUM'")
        }
        guard count == iterations, operatorCount == operators, sum.elementsEqual(TraceWriter.hex(sums)) else {
            throw input.error(
                "the trace was altered: it held \(iterations) iterations and \(operators) operators, its last line "
                    + "says \(count) and \(operatorCount), or their checksum differs")
        }
        guard try input.next() == nil else { throw input.error("lines after the end of the trace") }
        isFinished = true
    }

    private func readRequest(
        _ line: UnsafeRawBufferPointer, _ iteration: inout TraceIteration
    ) throws(TraceFileError) {
        var words = TraceWords(line, skipping: 1)
        guard section == .none, let id = words.count(upTo: Int(Int32.max)), words.take(" ") else {
            throw input.error("expected 'r ID p|d NEW CONTEXT OUTPUTS' before the operators")
        }
        let isPrefill = words.take("p")
        guard isPrefill || words.take("d"), let new = words.count(upTo: Int(Int32.max)),
            let context = words.count(upTo: Int(Int32.max)), let outputs = words.count(upTo: new), words.isAtEnd,
            new >= 1, context >= new
        else {
            throw input.error("expected 'r ID p|d NEW CONTEXT OUTPUTS' with 1 ≤ NEW ≤ CONTEXT and OUTPUTS ≤ NEW")
        }
        // What the request asks of attention and of the widest matrices, as the operators will say.
        let shape = header.shape
        let widths = Double(
            shape.vocabulary + 3 * (shape.feedForwardWidth + shape.sharedWidth + shape.topK * shape.expertWidth)
                + 4 * (shape.queryWidth + shape.keyWidth) + shape.experts)
        passMACs +=
            Double(shape.layers) * Double(new)
            * (4 * Double(context) * Double(shape.queryWidth) + widths * Double(max(shape.width, shape.embeddingWidth)))
        guard passMACs < Self.largestPass else { throw input.error("the requests of the pass are beyond all measure") }
        iteration.requests.append(
            TraceRequest(
                id: id, phase: isPrefill ? .prefill : .decode, newTokens: new, context: context, outputs: outputs))
    }

    private func readSection(
        _ line: UnsafeRawBufferPointer, _ iteration: inout TraceIteration
    ) throws(TraceFileError) {
        var words = TraceWords(line, skipping: 1)
        if line[0] == UInt8(ascii: "l") {
            guard section == .before || section == .layers, let first = words.count(upTo: header.shape.layers),
                let count = words.count(upTo: header.shape.layers), words.isAtEnd, count >= 1,
                first == iteration.layerCount, first + count <= header.shape.layers
            else { throw input.error("expected 'l FIRST COUNT' with the next of \(header.shape.layers) layers") }
            section = .layers
            layersInRun = Double(count)
            iteration.beginRun(first: first, count: count)
            return
        }
        let isBefore = line[0] == UInt8(ascii: "b")
        guard words.isAtEnd, isBefore ? section == .none : section == .layers else {
            throw input.error("a section out of its order: b, then l, then a")
        }
        section = isBefore ? .before : .after
        layersInRun = 1
    }

    private func readOperator(
        _ line: UnsafeRawBufferPointer, _ iteration: inout TraceIteration
    ) throws(TraceFileError) {
        var words = TraceWords(line, skipping: 1)
        guard let name = words.word(), let kind = Self.kinds.value(name) else {
            throw input.error("an operator of an unknown kind")
        }
        guard let rows = words.count(), let columns = words.count(), let inner = words.count(),
            let heads = words.count(), let formatName = words.word(), let format = Self.formats.value(formatName),
            let inputBytes = words.count(), let weightBytes = words.count(), let outputBytes = words.count(),
            words.take(" "), let after = dependencies(&words)
        else {
            throw input.error("expected 'o KIND M N K HEADS FORMAT INPUT WEIGHTS OUTPUT AFTER'")
        }
        var operation = TraceOperator(
            kind: kind, rows: rows, columns: columns, inner: inner, heads: heads, format: format,
            inputBytes: inputBytes, weightBytes: weightBytes, outputBytes: outputBytes, after: after)
        while words.take(" ") {
            if words.take("e"), words.take("="), let expert = words.digits(), expert < header.shape.experts {
                operation.expert = expert
            } else if words.take("w"), words.take("="), let window = words.digits() {
                operation.window = window
            } else {
                throw input.error("expected e= with an expert of the model, or w= with a window")
            }
        }
        guard words.isAtEnd else { throw input.error("text after the operator") }
        passMACs += layersInRun * 3 * Double(rows) * Double(columns) * Double(max(inner, 1)) * Double(max(heads, 1))
        guard passMACs < Self.largestPass else { throw input.error("the operators of the pass are beyond all measure") }
        switch section {
        case .none: throw input.error("an operator outside a section")
        case .before: iteration.appendBefore(operation)
        case .layers: iteration.appendToRun(operation)
        case .after: iteration.appendAfter(operation)
        }
    }

    private func dependencies(_ words: inout TraceWords) -> TraceDependencies? {
        var result = TraceDependencies()
        if words.take("-") { return result }
        var last = 0
        repeat {
            guard result.rangeCount < 3, let lower = words.digits(), lower > last, lower < 1 << 30 else { return nil }
            last = lower
            if words.take("-") {
                guard let upper = words.digits(), upper > lower, upper < 1 << 30 else { return nil }
                last = upper
            }
            result.append(lower...last)
        } while words.take(",")
        return result
    }

    private func key(_ words: inout TraceWords) throws(TraceFileError) -> TraceRecords.Key {
        guard let layer = words.count(upTo: header.shape.layers - 1), let request = words.count(upTo: Int(Int32.max)),
            let token = words.count(upTo: Int(Int32.max))
        else { throw input.error("expected 'LAYER REQUEST TOKEN' with a layer below \(header.shape.layers)") }
        return TraceRecords.Key(layer: layer, request: request, token: token)
    }

    private func readRoute(_ line: UnsafeRawBufferPointer, _ iteration: inout TraceIteration) throws(TraceFileError) {
        var words = TraceWords(line, skipping: 1)
        let key = try key(&words)
        guard isSparse[Int(key.layer)] else { throw input.error("layer \(key.layer) has no experts") }
        iteration.records.routes.append(key)
        for _ in 0..<header.shape.topK {
            guard let expert = words.count(upTo: header.shape.experts - 1), words.take(":"), let gate = words.digits(),
                gate <= Int(Int32.max)
            else { throw input.error("expected \(header.shape.topK) times EXPERT:GATE") }
            iteration.records.experts.append(Int32(expert))
            iteration.records.gates.append(Int32(gate))
        }
        guard words.isAtEnd else { throw input.error("more than \(header.shape.topK) experts") }
    }

    private func readRecord(_ line: UnsafeRawBufferPointer, _ iteration: inout TraceIteration) throws(TraceFileError) {
        var words = TraceWords(line, skipping: 1)
        let key = try key(&words)
        func value() throws(TraceFileError) -> Int32 {
            guard let value = words.integer(), let narrow = Int32(exactly: value) else {
                throw input.error("expected one more number of at most \(Int32.max)")
            }
            return narrow
        }
        switch line[0] {
        case UInt8(ascii: "g"):
            guard header.guessWidth > 0 else { throw input.error("guesses, but the header says guess_width=0") }
            iteration.records.guesses.append(key)
            for _ in 0..<2 * header.guessWidth {
                guard let expert = words.count(upTo: header.shape.experts - 1) else {
                    throw input.error("expected \(2 * header.guessWidth) experts of the model")
                }
                iteration.records.guessedExperts.append(Int32(expert))
            }
        case UInt8(ascii: "s"):
            iteration.records.similarities.append(
                .init(key: key, attention: try value(), feedForward: try value(), block: try value()))
        case UInt8(ascii: "t"):
            iteration.records.attentions.append(
                .init(
                    key: key, heaviest5: try value(), heaviest10: try value(), heaviest20: try value(),
                    first: try value(), recent: try value(), effectiveKeys: try value()))
        default:
            iteration.records.exits.append(
                .init(
                    key: key, usesExitHead: try value() == 1, token: try value(), acceptance: try value(),
                    modelToken: try value()))
        }
        guard words.isAtEnd else { throw input.error("text after the record") }
    }
}
