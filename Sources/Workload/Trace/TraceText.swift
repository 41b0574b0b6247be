/// Writing numbers and words of a trace line into bytes.
struct TraceText {
    private(set) var bytes: [UInt8] = []

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    mutating func word(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func word(_ text: [UInt8]) { bytes += text }

    mutating func byte(_ character: Unicode.Scalar) { bytes.append(UInt8(ascii: character)) }

    mutating func space(_ value: some BinaryInteger) {
        bytes.append(0x20)
        number(Int(value))
    }

    mutating func number(_ value: Int) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        let start = bytes.count
        repeat {
            bytes.append(UInt8(truncatingIfNeeded: 0x30 + rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    mutating func endLine() { bytes.append(0x0A) }
}

/// Reading the words of a trace line.
struct TraceWords {
    private let line: UnsafeRawBufferPointer
    private var index: Int

    /// - Parameter skipping: bytes of the line that are read already.
    init(_ line: UnsafeRawBufferPointer, skipping: Int) {
        self.line = line
        index = skipping
    }

    var isAtEnd: Bool { index == line.count }

    /// Takes one space and a number; nil if something else stands there or the number exceeds 2^62.
    mutating func integer() -> Int? {
        guard index < line.count, line[index] == 0x20 else { return nil }
        index += 1
        return digits(signed: true)
    }

    /// Takes one space and a number from 0 to `limit`.
    mutating func count(upTo limit: Int = 1 << 60) -> Int? {
        guard let value = integer(), value >= 0, value <= limit else { return nil }
        return value
    }

    /// Takes a number that directly follows.
    mutating func digits(signed: Bool = false) -> Int? {
        let isNegative = signed && index < line.count && line[index] == UInt8(ascii: "-")
        if isNegative { index += 1 }
        let start = index
        var value = 0
        while index < line.count {
            let digit = line[index] &- 0x30
            if digit > 9 { break }
            if index - start >= 18 { return nil }
            value = value &* 10 &+ Int(digit)
            index += 1
        }
        if index == start { return nil }
        return isNegative ? -value : value
    }

    /// Takes this byte if it is next.
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard index < line.count, line[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    /// Takes one space and the bytes up to the next space or the end.
    mutating func word() -> UnsafeRawBufferPointer? {
        guard index < line.count, line[index] == 0x20 else { return nil }
        let start = index + 1
        index = start
        while index < line.count, line[index] != 0x20 { index += 1 }
        return index > start ? UnsafeRawBufferPointer(rebasing: line[start..<index]) : nil
    }
}

/// Finds an enumeration's case by its name in bytes.
struct TraceNames<Value: RawRepresentable & CaseIterable & Sendable>: Sendable where Value.RawValue == String {
    private let buckets: [[(name: [UInt8], value: Value)]]

    init() {
        var buckets = [[(name: [UInt8], value: Value)]](repeating: [], count: 64)
        for value in Value.allCases {
            let name = Array(value.rawValue.utf8)
            buckets[name.withUnsafeBytes(Self.bucket)].append((name, value))
        }
        self.buckets = buckets
    }

    private static func bucket(_ name: UnsafeRawBufferPointer) -> Int {
        (Int(name[0]) &+ 5 &* Int(name[name.count - 1]) &+ 11 &* name.count) & 63
    }

    func value(_ name: UnsafeRawBufferPointer) -> Value? {
        for entry in buckets[Self.bucket(name)] where name.elementsEqual(entry.name) { return entry.value }
        return nil
    }
}
