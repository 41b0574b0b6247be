/// Why a text is not a quantity of the wanted kind.
public enum QuantityError: Error, Hashable, Sendable {
    case notANumber(QuantityKind)
    case negative(QuantityKind)
    case missingUnit(QuantityKind)
    /// A unit of another kind or of none; `suggestion` is the accepted unit that differs only by its case.
    case wrongUnit(String, QuantityKind, suggestion: String?)
    case notWhole(QuantityKind)
    case outOfRange(QuantityKind)

    /// What is wrong, to be read after `'key' is 'text'`.
    public var message: String {
        switch self {
        case .notANumber(let kind): ", not \(kind.phrase) such as '\(kind.example)'"
        case .negative(let kind): ", but \(kind.phrase) must not be negative"
        case .missingUnit(let kind): " without a unit; \(kind.phrase) takes \(kind.unitList)"
        case .wrongUnit(_, let kind, _): ", but the unit of \(kind.phrase) is \(kind.unitList)"
        case .notWhole(let kind): ", which is not a whole number of \(kind.wholeUnit ?? "units")"
        case .outOfRange: ", which is too large or too precise to hold"
        }
    }

    /// The unit that was probably meant.
    public var suggestion: String? {
        if case .wrongUnit(_, _, let suggestion) = self { suggestion } else { nil }
    }
}

/// Reads `number unit` (the blank may be left out) exactly: decimal digits become a ratio, never a `Double`.
///
/// The number is decimal digits with an optional point and an optional exponent (`2.5`, `1e9`).
/// - Returns: the value in the kind's base unit.
public func parseQuantity(_ text: String, as kind: QuantityKind) throws(QuantityError) -> Ratio {
    let scalars = Array(text.utf8)
    if scalars.first == UInt8(ascii: "-") { throw .negative(kind) }
    guard let (number, length) = try parseDecimal(scalars, kind) else { throw .notANumber(kind) }
    let name = String(decoding: scalars[length...].drop { $0 == UInt8(ascii: " ") }, as: UTF8.self)
    if name.isEmpty { throw .missingUnit(kind) }
    guard let unit = kind.units.first(where: { $0.name == name }) else {
        let alike = kind.units.filter { $0.name.lowercased() == name.lowercased() }
        throw .wrongUnit(name, kind, suggestion: alike.count == 1 ? alike[0].name : nil)
    }
    let top = number.digits.multipliedReportingOverflow(by: Int128(unit.scale.numerator))
    let bottom = number.scale.multipliedReportingOverflow(by: Int128(unit.scale.denominator))
    guard !top.overflow, !bottom.overflow, let value = Ratio(exactly: top.partialValue, over: bottom.partialValue)
    else { throw .outOfRange(kind) }
    if kind.wholeUnit != nil, value.denominator != 1 { throw .notWhole(kind) }
    return value
}

/// The decimal number at the start of `text` as `digits / scale`, with its length in bytes; nil if there is none.
private func parseDecimal(
    _ text: [UInt8], _ kind: QuantityKind
) throws(QuantityError) -> (number: (digits: Int128, scale: Int128), length: Int)? {
    var digits: Int128 = 0
    var places = 0
    var index = 0
    var count = 0
    var seenPoint = false
    while index < text.count {
        let byte = text[index]
        if byte == UInt8(ascii: "."), !seenPoint {
            seenPoint = true
        } else if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            guard count < 30 else { throw .outOfRange(kind) }
            digits = digits * 10 + Int128(byte - UInt8(ascii: "0"))
            count += digits == 0 ? 0 : 1
            places += seenPoint ? 1 : 0
        } else {
            break
        }
        index += 1
    }
    guard index > (seenPoint ? 1 : 0) else { return nil }
    if let (exponent, end) = parseExponent(text, at: index) {
        places -= exponent
        index = end
    }
    guard abs(places) <= 24 else { throw .outOfRange(kind) }
    let power = (0..<abs(places)).reduce(Int128(1)) { value, _ in value * 10 }
    if places >= 0 { return ((digits, power), index) }
    let scaled = digits.multipliedReportingOverflow(by: power)
    if scaled.overflow { throw .outOfRange(kind) }
    return ((scaled.partialValue, 1), index)
}

/// The exponent `e9`, `e-3` or `E+6` at `start`, and the index behind it.
private func parseExponent(_ text: [UInt8], at start: Int) -> (Int, Int)? {
    guard start < text.count, text[start] | 0x20 == UInt8(ascii: "e") else { return nil }
    var index = start + 1
    var sign = 1
    if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
        sign = text[index] == UInt8(ascii: "-") ? -1 : 1
        index += 1
    }
    let first = index
    var value = 0
    while index < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[index]) {
        value = min(value * 10 + Int(text[index] - UInt8(ascii: "0")), 1000)
        index += 1
    }
    return index == first ? nil : (sign * value, index)
}
