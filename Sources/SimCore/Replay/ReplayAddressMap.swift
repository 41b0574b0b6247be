import Hardware

/// Where the bursts of a replayed trace lie, under one of the mappings of `ReplayController`.
///
/// Every bit of a place is the exclusive or of some bits of the address, so that the place of an address is the
/// exclusive or of the places of its bytes, which are looked up.
struct ReplayAddressMap: ~Copyable, Sendable {
    struct Place: Equatable {
        var bank: Int
        var row: Int
        var column: Int
    }

    private let parts: FixedBuffer<UInt64>
    private let bytes: Int

    init(_ organization: DRAMOrganization, _ mapping: ReplayController.Mapping) {
        let fields = AddressFields(organization, mapping)
        let last = organization.channelBytes / organization.burstBytes - 1
        let bits = last.bitWidth - last.leadingZeroBitCount
        bytes = max(1, (bits + 7) / 8)
        parts = FixedBuffer(repeating: 0, count: 256 * bytes)
        for byte in 0..<bytes {
            for value in 0..<256 { parts[byte << 8 | value] = Self.packed(fields.place(of: value << (8 * byte))) }
        }
    }

    @inline(__always)
    func place(of burst: Int) -> Place {
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
    private let rankBits: Int
    private let stackBits: Int
    private let groupBits: Int
    private let bankBits: Int
    private let rowBits: Int
    private let columnBits: Int

    init(_ organization: DRAMOrganization, _ mapping: ReplayController.Mapping) {
        func bits(_ count: Int) -> Int {
            precondition(count > 0 && count & (count - 1) == 0, "an address field needs a power of two, got \(count)")
            return count.trailingZeroBitCount
        }
        self.mapping = mapping
        rankBits = bits(organization.ranks)
        stackBits = bits(organization.stacksPerRank)
        groupBits = bits(organization.groupsPerRank / organization.stacksPerRank)
        bankBits = bits(organization.banksPerGroup)
        rowBits = bits(organization.rows)
        columnBits = bits(organization.burstsPerRow)
        precondition(columnBits >= 2 || mapping != .mop4CLXOR, "mop4clxor needs four bursts in a row")
    }

    func place(of burst: Int) -> ReplayAddressMap.Place {
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
        return ReplayAddressMap.Place(
            bank: (((rank << stackBits | stack) << groupBits | group) << bankBits) | bank, row: row, column: column)
    }
}
