import YAMLTree

/// How the lines of a memory trace are written.
public enum MemoryTraceFormat: String, CaseIterable, Sendable {
    /// `earliest_tick op byte_address`, op R or W, numbers decimal or with 0x.
    case dualrow
    /// Ramulator's load/store trace: `LD address` or `ST address`, as fast as the memory takes them.
    case ramulatorLS = "ramulator-ls"
    /// DRAMsim3's trace: `address READ cycle` or `address WRITE cycle`, the address in hexadecimal.
    case dramsim3
}

/// One request of a memory trace.
public struct MemoryAccess: Equatable, Sendable {
    /// The earliest tick at which it may be offered to the memory.
    public var tick: Int
    public var isWrite: Bool
    public var address: Int

    public init(tick: Int, isWrite: Bool, address: Int) {
        self.tick = tick
        self.isWrite = isWrite
        self.address = address
    }
}

/// Reads a memory trace line by line, so that its length does not matter; gzip if the name ends in `.gz`.
///
/// Blank lines and lines that begin with `#` are skipped. The first mistake ends the reading, with its place.
public final class MemoryTraceReader {
    private let path: String
    private let format: MemoryTraceFormat
    private let addresses: Int
    private let stream: ByteStream
    private var piece: [UInt8] = []
    private var position = 0
    private var line: [UInt8] = []
    private var lineNumber = 0
    private var isAtEnd = false
    private var lastTick = 0
    private var lastTickLine = 0

    /// - Parameter addresses: bytes that the memory has; addresses begin at 0.
    public init(path: String, format: MemoryTraceFormat, addresses: Int) throws(DiagnosticList) {
        self.path = path
        self.format = format
        self.addresses = addresses
        do {
            stream = try ByteStream(path: path)
        } catch {
            throw Self.words(error, path: path, line: nil)
        }
    }

    /// The next request, nil at the end.
    public func next() throws(DiagnosticList) -> MemoryAccess? {
        while try readLine() {
            var fields = LineFields(line)
            guard let start = fields.skipBlanks(), line[start] != UInt8(ascii: "#") else { continue }
            do throws(LineMistake) {
                let access = try access(&fields)
                guard fields.skipBlanks() == nil else {
                    throw LineMistake("this line goes on after \(expected)", at: fields.position)
                }
                return try checked(access, fields)
            } catch {
                throw DiagnosticList(
                    Diagnostic(error.message, at: Mark(file: path, line: lineNumber, column: error.column + 1)))
            }
        }
        return nil
    }

    private var expected: String {
        switch format {
        case .dualrow: "'tick op address'"
        case .ramulatorLS: "'LD address' or 'ST address'"
        case .dramsim3: "'address op cycle'"
        }
    }

    private var addressColumn = 0
    private var tickColumn = 0

    private func access(_ fields: inout LineFields) throws(LineMistake) -> MemoryAccess {
        switch format {
        case .dualrow:
            tickColumn = fields.skipBlanks() ?? 0
            let tick = try fields.number("tick")
            let isWrite = try fields.operation(read: "R", write: "W")
            return MemoryAccess(tick: tick, isWrite: isWrite, address: try address(&fields, isHexadecimal: false))
        case .ramulatorLS:
            let isWrite = try fields.operation(read: "LD", write: "ST")
            return MemoryAccess(tick: 0, isWrite: isWrite, address: try address(&fields, isHexadecimal: false))
        case .dramsim3:
            let address = try address(&fields, isHexadecimal: true)
            let isWrite = try fields.operation(read: "READ", write: "WRITE")
            tickColumn = fields.skipBlanks() ?? 0
            return MemoryAccess(tick: try fields.number("cycle"), isWrite: isWrite, address: address)
        }
    }

    private func address(_ fields: inout LineFields, isHexadecimal: Bool) throws(LineMistake) -> Int {
        addressColumn = fields.skipBlanks() ?? 0
        return try fields.number("address", isHexadecimal: isHexadecimal)
    }

    private func checked(_ access: MemoryAccess, _ fields: LineFields) throws(LineMistake) -> MemoryAccess {
        guard access.address < addresses else {
            throw LineMistake(
                "address 0x\(String(access.address, radix: 16)) is out of range: the memory ends at "
                    + "0x\(String(addresses - 1, radix: 16))", at: addressColumn)
        }
        guard access.tick >= lastTick else {
            throw LineMistake(
                "tick \(access.tick) is before \(lastTick), the tick of line \(lastTickLine); time must not run backwards",
                at: tickColumn)
        }
        lastTick = access.tick
        lastTickLine = lineNumber
        return access
    }

    /// Reads the next line without its end; false at the end of the file.
    private func readLine() throws(DiagnosticList) -> Bool {
        line.removeAll(keepingCapacity: true)
        while true {
            if position == piece.count {
                guard !isAtEnd else { return false }
                try refill()
                if isAtEnd {
                    if !line.isEmpty { lineNumber += 1 }
                    return !line.isEmpty
                }
            }
            let end = piece[position...].firstIndex(of: UInt8(ascii: "\n")) ?? piece.count
            line.append(contentsOf: piece[position..<end])
            position = min(end + 1, piece.count)
            guard line.count <= Self.longestLine else {
                let message = "this line is longer than \(Self.longestLine) characters"
                throw DiagnosticList(Diagnostic(message, at: Mark(file: path, line: lineNumber + 1, column: 1)))
            }
            if end < piece.count {
                lineNumber += 1
                return true
            }
        }
    }

    private static let longestLine = 4096

    private func refill() throws(DiagnosticList) {
        do {
            try stream.next(into: &piece)
        } catch {
            throw Self.words(error, path: path, line: lineNumber + 1)
        }
        position = 0
        isAtEnd = piece.isEmpty
    }

    private static func words(_ failure: ByteStream.Failure, path: String, line: Int?) -> DiagnosticList {
        let mark = line.map { Mark(file: path, line: $0, column: 1) } ?? Mark(file: path)
        switch failure {
        case .unreadable(let code): return SourceFile.unreadable(path, code)
        case .truncated: return DiagnosticList(Diagnostic("the gzip data end here, in the middle", at: mark))
        case .damaged(let problem):
            return DiagnosticList(Diagnostic("the gzip data cannot be unpacked: \(problem)", at: mark))
        }
    }
}
