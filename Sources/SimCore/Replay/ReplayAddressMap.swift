import Hardware

/// Where the bursts of a replayed trace lie, under one of the mappings of `ReplayController` or an explicit list of bits.
///
/// Every bit of a place is the exclusive or of some bits of the address, so that the place of an address is the
/// exclusive or of the places of its bytes, which are looked up.
public struct ReplayAddressMap: ~Copyable, Sendable {
    public struct Place: Equatable, Sendable {
        /// In the order rank, stack ID, bank group, bank; rank slowest.
        public var bank: Int
        public var row: Int
        public var column: Int
    }

    private let parts: FixedBuffer<UInt64>
    private let bytes: Int

    /// - Parameter bits: takes the place of the mapping, if given.
    public init(_ organization: DRAMOrganization, _ mapping: ReplayController.Mapping, bits: AddressBits? = nil) {
        let fields = AddressFields(organization, mapping, bits)
        let last = organization.channelBytes / organization.burstBytes - 1
        bytes = max(1, (last.bitWidth - last.leadingZeroBitCount + 7) / 8)
        parts = FixedBuffer(repeating: 0, count: 256 * bytes)
        for byte in 0..<bytes {
            for value in 0..<256 { parts[byte << 8 | value] = Self.packed(fields.place(of: value << (8 * byte))) }
        }
    }

    @inline(__always)
    public func place(of burst: Int) -> Place {
        var packed: UInt64 = 0
        var rest = burst
        for byte in 0..<bytes {
            packed ^= parts[byte << 8 | rest & 0xFF]
            rest >>= 8
        }
        return Place(
            bank: Int(packed >> 56), row: Int(packed & 0xFFFF_FFFF), column: Int(packed >> 32 & 0xFF_FFFF))
    }

    private static func packed(_ place: Place) -> UInt64 {
        UInt64(place.row) | UInt64(place.column) << 32 | UInt64(place.bank) << 56
    }
}

/// The fields of an address, taken from it bit by bit.
private struct AddressFields {
    private let mapping: ReplayController.Mapping
    private let explicit: [AddressBits.Bit]?
    private let rankBits: Int
    private let stackBits: Int
    private let groupBits: Int
    private let bankBits: Int
    private let rowBits: Int
    private let columnBits: Int

    init(_ organization: DRAMOrganization, _ mapping: ReplayController.Mapping, _ bits: AddressBits?) {
        func width(_ count: Int) -> Int {
            precondition(count > 0 && count & (count - 1) == 0, "an address field needs a power of two, got \(count)")
            return count.trailingZeroBitCount
        }
        self.mapping = mapping
        explicit = bits?.bits
        rankBits = width(organization.ranks)
        stackBits = width(organization.stacksPerRank)
        groupBits = width(organization.groupsPerRank / organization.stacksPerRank)
        bankBits = width(organization.banksPerGroup)
        rowBits = width(organization.rows)
        columnBits = width(organization.burstsPerRow)
        precondition(
            columnBits >= 2 || mapping != .mop4CLXOR || bits != nil, "mop4clxor needs four bursts in a row")
    }

    func place(of burst: Int) -> ReplayAddressMap.Place {
        if let explicit { return explicitPlace(of: burst, explicit) }
        var rest = burst
        func take(_ bits: Int) -> Int {
            let value = rest & ((1 << bits) - 1)
            rest >>= bits
            return value
        }
        var column = take(mapping == .mop4CLXOR ? 2 : columnBits)
        var row = 0
        var rank: Int
        var stack: Int
        var group: Int
        var bank: Int
        if mapping == .chRaBaRoCo {
            row = take(rowBits)
            bank = take(bankBits)
            group = take(groupBits)
            stack = take(stackBits)
            rank = take(rankBits)
        } else {
            rank = take(rankBits)
            stack = take(stackBits)
            group = take(groupBits)
            bank = take(bankBits)
            if mapping == .mop4CLXOR { column |= take(columnBits - 2) << 2 }
            row = take(rowBits)
        }
        if mapping == .mop4CLXOR {
            // Each field takes the column's next bits, from the lowest on; the row those that are left.
            var left = column
            func next(_ bits: Int) -> Int {
                let value = left & ((1 << bits) - 1)
                left >>= bits
                return value
            }
            rank ^= next(rankBits)
            stack ^= next(stackBits)
            group ^= next(groupBits)
            bank ^= next(bankBits)
            row ^= left
        }
        return place(rank, stack, group, bank, row, column)
    }

    private func explicitPlace(of burst: Int, _ bits: [AddressBits.Bit]) -> ReplayAddressMap.Place {
        var values: [AddressBits.Field: Int] = [:]
        for (position, bit) in bits.enumerated() {
            values[bit.field, default: 0] |= (burst >> position & 1) << bit.index
        }
        func value(_ field: AddressBits.Field) -> Int { values[field] ?? 0 }
        return place(value(.rank), value(.stack), value(.group), value(.bank), value(.row), value(.column))
    }

    private func place(_ rank: Int, _ stack: Int, _ group: Int, _ bank: Int, _ row: Int, _ column: Int)
        -> ReplayAddressMap.Place
    {
        ReplayAddressMap.Place(
            bank: (((rank << stackBits | stack) << groupBits | group) << bankBits) | bank,
            row: row & ((1 << rowBits) - 1), column: column)
    }
}
