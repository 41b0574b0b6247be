/// An address mapping as a list: which bit of which field each bit of a burst's index is.
///
/// Written `bits:` and the fields from the most significant on, each a whole field or a range of its bits:
/// `bits:ro15-2,ba,ro1-0,bg,ra,co`. A field string of DRAMsim3 such as `rorabgbachco` is the same with whole fields; its
/// `ch` stands above the channel and is skipped, and a stack ID lies above the bank group.
public struct AddressBits: Sendable, Equatable {
    public enum Field: String, CaseIterable, Sendable {
        case row = "ro"
        /// Rank or pseudo-channel.
        case rank = "ra"
        case stack = "si"
        case group = "bg"
        case bank = "ba"
        case column = "co"
    }

    public struct Bit: Sendable, Equatable, Hashable {
        public var field: Field
        public var index: Int
    }

    /// What is wrong with a text.
    public struct Mistake: Error, Equatable {
        public var message: String
    }

    /// From the least significant bit of the burst's index on.
    public let bits: [Bit]

    /// The mapping that a text names, for a device of this organisation.
    public init(parsing text: String, for organization: DRAMOrganization) throws(Mistake) {
        let widths = Self.widths(organization)
        var fromTop: [Bit] = []
        if text.hasPrefix("bits:") {
            for item in text.dropFirst(5).split(separator: ",", omittingEmptySubsequences: false) {
                fromTop += try Self.bits(String(item), widths)
            }
        } else {
            let letters = Array(text)
            let names = stride(from: 0, to: letters.count, by: 2).map {
                String(letters[$0..<min($0 + 2, letters.count)])
            }
            guard names.sorted() == ["ba", "bg", "ch", "co", "ra", "ro"] else {
                throw Mistake(
                    message: "must name each of ro, ra, bg, ba, ch and co once, as robabgracoch does, not '\(text)'")
            }
            for name in names where name != "ch" {
                if name == "bg" { fromTop += try Self.bits("si", widths) }
                fromTop += try Self.bits(name, widths)
            }
        }
        try Self.check(fromTop, widths)
        bits = fromTop.reversed()
    }

    private static func widths(_ organization: DRAMOrganization) -> [Field: Int] {
        [
            .row: organization.rows, .rank: organization.ranks, .stack: organization.stacksPerRank,
            .group: organization.groupsPerRank / organization.stacksPerRank, .bank: organization.banksPerGroup,
            .column: organization.burstsPerRow,
        ].mapValues(\.trailingZeroBitCount)
    }

    /// The bits of one item, from the most significant.
    private static func bits(_ item: String, _ widths: [Field: Int]) throws(Mistake) -> [Bit] {
        guard let field = Field(rawValue: String(item.prefix(2))), let width = widths[field] else {
            let known = Field.allCases.map(\.rawValue).joined(separator: ", ")
            throw Mistake(message: "'\(item)' is no field; there are \(known), such as 'ro', 'ro3' or 'ro15-2'")
        }
        let range = item.dropFirst(2)
        guard !range.isEmpty else { return (0..<width).reversed().map { Bit(field: field, index: $0) } }
        let ends = range.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard ends.count <= 2, let high = ends[0], let low = ends.count == 2 ? ends[1] : high, high >= low, low >= 0,
            !range.contains("+")
        else { throw Mistake(message: "'\(item)' must be a field and its bits from the highest, such as 'ro15-2'") }
        guard high < width else {
            throw Mistake(message: "'\(item)': \(field.rawValue) has \(width) bit\(width == 1 ? "" : "s") here")
        }
        return (low...high).reversed().map { Bit(field: field, index: $0) }
    }

    private static func check(_ bits: [Bit], _ widths: [Field: Int]) throws(Mistake) {
        var seen: Set<Bit> = []
        for bit in bits where !seen.insert(bit).inserted {
            throw Mistake(message: "bit \(bit.field.rawValue)\(bit.index) is there twice")
        }
        for field in Field.allCases {
            for index in 0..<widths[field]! where !seen.contains(Bit(field: field, index: index)) {
                throw Mistake(message: "bit \(field.rawValue)\(index) is missing")
            }
        }
    }
}
