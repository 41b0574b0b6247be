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

/// Reads a memory trace line by line, so that its length does not matter; gzip or not.
///
/// Blank lines and lines that begin with `#` are skipped. The first mistake ends the reading, with its place.
public final class MemoryTraceReader {
    private let path: String
    private let format: MemoryTraceFormat
    private let addresses: Int
    private let lines: TextLines
    private var lastTick = 0
    private var lastTickLine = 0
    private static let longestLine = 4096

    /// - Parameter addresses: bytes that the memory has; addresses begin at 0.
    public init(path: String, format: MemoryTraceFormat, addresses: Int) throws(DiagnosticList) {
        self.path = path
        self.format = format
        self.addresses = addresses
        do {
            lines = try TextLines(path: path, longest: Self.longestLine)
        } catch {
            throw Self.words(error, path: path, line: error == .truncated || error == .notPacked ? 1 : nil)
        }
    }

    /// The next request, nil at the end.
    public func next() throws(DiagnosticList) -> MemoryAccess? {
        while let line = try nextLine() {
            if let access = quickly(line) { return access }
            var fields = LineFields(Array(line))
            guard let start = fields.skipBlanks(), line[start] != UInt8(ascii: "#") else { continue }
            do throws(LineMistake) {
                let access = try access(&fields)
                guard fields.skipBlanks() == nil else {
                    throw LineMistake("this line goes on after \(expected)", at: fields.position)
                }
                return try checked(access, fields)
            } catch {
                throw DiagnosticList(
                    Diagnostic(error.message, at: Mark(file: path, line: lines.line, column: error.column + 1)))
            }
        }
        return nil
    }

    /// Appends up to `count` requests to `accesses`; none at the end.
    public func read(_ count: Int, into accesses: inout [MemoryAccess]) throws(DiagnosticList) {
        for _ in 0..<count {
            guard let access = try next() else { return }
            accesses.append(access)
        }
    }

    /// A line of the form `tick R|W address` with single blanks and nothing wrong; nil for all others, which are then read
    /// field by field.
    private func quickly(_ line: UnsafeRawBufferPointer) -> MemoryAccess? {
        guard format == .dualrow else { return nil }
        var position = 0
        guard let tick = Self.number(line, &position), tick >= lastTick, position + 3 < line.count,
            line[position] == UInt8(ascii: " "), line[position + 2] == UInt8(ascii: " ")
        else { return nil }
        let isWrite = line[position + 1] == UInt8(ascii: "W")
        guard isWrite || line[position + 1] == UInt8(ascii: "R") else { return nil }
        position += 3
        guard let address = Self.number(line, &position), address < addresses, position == line.count else {
            return nil
        }
        lastTick = tick
        lastTickLine = lines.line
        return MemoryAccess(tick: tick, isWrite: isWrite, address: address)
    }

    /// A decimal number, or one behind `0x`, of at most fourteen digits.
    @inline(__always)
    private static func number(_ line: UnsafeRawBufferPointer, _ position: inout Int) -> Int? {
        var value = 0
        var start = position
        if position + 2 < line.count, line[position] == UInt8(ascii: "0"), line[position + 1] == UInt8(ascii: "x") {
            start += 2
            position = start
            while position < line.count {
                let byte = line[position]
                let digit = byte &- 0x30 <= 9 ? byte &- 0x30 : (byte | 0x20) &- 0x61 <= 5 ? (byte | 0x20) &- 0x57 : 16
                if digit > 15 { break }
                value = value << 4 | Int(digit)
                position += 1
            }
        } else {
            while position < line.count, line[position] &- 0x30 <= 9 {
                value = value &* 10 &+ Int(line[position] &- 0x30)
                position += 1
            }
        }
        return position > start && position - start <= 14 ? value : nil
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
        lastTickLine = lines.line
        return access
    }

    private func nextLine() throws(DiagnosticList) -> UnsafeRawBufferPointer? {
        do throws(TextLines.Failure) {
            return try lines.next()
        } catch {
            switch error {
            case .input(let failure): throw Self.words(failure, path: path, line: lines.line + 1)
            case .tooLong:
                let message = "this line is longer than \(Self.longestLine) characters"
                throw DiagnosticList(Diagnostic(message, at: Mark(file: path, line: lines.line + 1, column: 1)))
            }
        }
    }

    private static func words(_ failure: PackedInput.Failure, path: String, line: Int?) -> DiagnosticList {
        let mark = line.map { Mark(file: path, line: $0, column: 1) } ?? Mark(file: path)
        switch failure {
        case .unreadable(let code): return SourceFile.unreadable(path, code)
        case .notPacked:
            return DiagnosticList(Diagnostic("the file's name ends in .gz and it is not gzip", at: mark))
        case .truncated: return DiagnosticList(Diagnostic("the gzip data end here, in the middle", at: mark))
        case .damaged(let problem):
            return DiagnosticList(Diagnostic("the gzip data cannot be unpacked: \(problem)", at: mark))
        }
    }
}
