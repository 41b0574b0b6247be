import CZlib

/// Writes an operator trace as a stream: one iteration at a time, in memory that does not grow with their number.
///
/// The format is described in `Traces/FORMAT.md`.
public final class TraceWriter {
    public let header: TraceHeader
    private let output: TraceOutputStream
    private var text = TraceText()
    private var total: UInt = crc32(0, nil, 0)
    private var iterations = 0
    private var operators = 0
    private var isFinished = false

    /// - Parameter path: gzip-compressed if it ends in `.gz`. It appears under its name when `finish` is called.
    public init(path: String, header: TraceHeader) throws(TraceFileError) {
        output = try TraceOutputStream(path: path)
        self.header = header
        try writeHeader()
    }

    /// Into memory; see `bytes`.
    public init(header: TraceHeader) {
        output = TraceOutputStream()
        self.header = header
        // Memory refuses nothing.
        try! writeHeader()
    }

    /// What was written, for a writer into memory.
    public var bytes: [UInt8] { output.memory }

    /// Operators written, each layer counted.
    public var operatorCount: Int { operators }

    public func write(_ iteration: TraceIteration) throws(TraceFileError) {
        precondition(!isFinished, "nothing is written after the end")
        writeRequests(iteration)
        text.word("b")
        text.endLine()
        for operation in iteration.before { write(operation) }
        for run in iteration.runs {
            text.word("l")
            text.space(run.first)
            text.space(run.count)
            text.endLine()
            for operation in iteration.layerOperators[run.operators] { write(operation) }
        }
        text.word("a")
        text.endLine()
        for operation in iteration.after { write(operation) }
        write(iteration.records)
        iterations += 1
        operators += iteration.operatorCount
        try checkpoint()
    }

    /// Writes what a trace holds of these requests; passes without any of them are left out. The rest keeps its numbers.
    public func copy(_ requests: Set<Int>, from reader: TraceReader) throws(TraceFileError) {
        let plan = reader.header.plan
        var iteration = TraceIteration(number: 0, requests: [])
        while try reader.next(into: &iteration) {
            if let cut = iteration.cut(requests, plan: plan) { try write(cut) }
        }
    }

    /// Writes the last line and puts the file under its name.
    public func finish() throws(TraceFileError) {
        precondition(!isFinished, "a trace ends once")
        isFinished = true
        text.word("end")
        text.space(iterations)
        text.space(operators)
        text.byte(" ")
        text.word(Self.hex(total))
        text.endLine()
        try output.write(text.bytes)
        try output.finish()
    }

    private func writeHeader() throws(TraceFileError) {
        for line in header.lines() + ["begin"] {
            text.word(Array(line.utf8))
            text.endLine()
        }
        try checkpoint()
    }

    /// Closes a section with the checksum of its bytes.
    private func checkpoint() throws(TraceFileError) {
        let checksum = text.bytes.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) }
        text.word("c ")
        let hex = Self.hex(checksum)
        text.word(hex)
        text.endLine()
        total = crc32(total, hex, UInt32(hex.count))
        try output.write(text.bytes)
        text.removeAll()
    }

    /// Eight hexadecimal digits.
    static func hex(_ checksum: UInt) -> [UInt8] {
        (0..<8).map { Array("0123456789abcdef".utf8)[Int(checksum >> (28 - 4 * UInt($0)) & 15)] }
    }

    private func writeRequests(_ iteration: TraceIteration) {
        text.word("i")
        text.space(iteration.number)
        text.space(iteration.requests.count)
        text.endLine()
        for request in iteration.requests {
            text.word("r")
            text.space(request.id)
            text.word(request.phase == .prefill ? " p" : " d")
            text.space(request.newTokens)
            text.space(request.context)
            text.space(request.outputs)
            text.endLine()
        }
    }

    private static let kindNames = Dictionary(
        uniqueKeysWithValues: TraceOperatorKind.allCases.map { ($0, Array("o \($0.rawValue)".utf8)) })
    private static let formatNames = Dictionary(
        uniqueKeysWithValues: TraceFormat.allCases.map { ($0, Array(" \($0.rawValue)".utf8)) })

    private func write(_ operation: TraceOperator) {
        text.word(Self.kindNames[operation.kind]!)
        text.space(operation.rows)
        text.space(operation.columns)
        text.space(operation.inner)
        text.space(operation.heads)
        text.word(Self.formatNames[operation.format]!)
        text.space(operation.inputBytes)
        text.space(operation.weightBytes)
        text.space(operation.outputBytes)
        text.byte(" ")
        for index in 0..<operation.after.rangeCount {
            if index > 0 { text.byte(",") }
            let range = operation.after.range(index)
            text.number(range.lowerBound)
            if range.count > 1 {
                text.byte("-")
                text.number(range.upperBound)
            }
        }
        if operation.after.rangeCount == 0 { text.byte("-") }
        if let expert = operation.expert {
            text.word(" e=")
            text.number(expert)
        }
        if let window = operation.window {
            text.word(" w=")
            text.number(window)
        }
        text.endLine()
    }

    private func begin(_ letter: StaticString, _ key: TraceRecords.Key) {
        text.word(letter)
        text.space(key.layer)
        text.space(key.request)
        text.space(key.token)
    }

    private func write(_ records: TraceRecords) {
        let topK = header.shape.topK
        for (index, key) in records.routes.enumerated() {
            begin("x", key)
            for slot in index * topK..<(index + 1) * topK {
                text.space(records.experts[slot])
                text.byte(":")
                text.number(Int(records.gates[slot]))
            }
            text.endLine()
        }
        let guessed = 2 * header.guessWidth
        for (index, key) in records.guesses.enumerated() {
            begin("g", key)
            for expert in records.guessedExperts[index * guessed..<(index + 1) * guessed] { text.space(expert) }
            text.endLine()
        }
        for record in records.similarities {
            begin("s", record.key)
            for value in [record.attention, record.feedForward, record.block] { text.space(value) }
            text.endLine()
        }
        for record in records.attentions {
            begin("t", record.key)
            for value in [
                record.heaviest5, record.heaviest10, record.heaviest20, record.first, record.recent,
                record.effectiveKeys,
            ] { text.space(value) }
            text.endLine()
        }
        for record in records.exits {
            begin("q", record.key)
            text.space(record.usesExitHead ? 1 : 0)
            text.space(record.token)
            text.space(record.acceptance)
            text.space(record.modelToken)
            text.endLine()
        }
    }
}
