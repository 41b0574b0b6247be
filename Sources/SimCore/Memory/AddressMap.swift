import Hardware

/// Where a channel's bursts lie: burst index within the channel to bank, row and column.
///
/// The fields are named from the most to the least significant, as in DRAMsim3's mapping strings: `ro`, `ra`, `bg`,
/// `ba`, `co`. The channel field of such a string is dealt with above the channel and skipped here.
public struct AddressMap: Sendable {
    private struct Field: Sendable {
        var shift = 0
        var mask = 0
        func of(_ index: Int) -> Int { (index >> shift) & mask }
    }

    private var row = Field()
    private var rank = Field()
    private var group = Field()
    private var bank = Field()
    private var column = Field()
    private let groupsPerRank: Int
    private let banksPerGroup: Int

    /// - Parameter order: field names from the most significant, such as `["ro", "ra", "bg", "ba", "co"]`.
    public init(organization: DRAMOrganization, order: [String]) {
        groupsPerRank = organization.groupsPerRank
        banksPerGroup = organization.banksPerGroup
        var shift = 0
        for name in order.reversed() where name != "ch" {
            let size =
                switch name {
                case "ro": organization.rows
                case "ra": organization.ranks
                case "bg": organization.groupsPerRank
                case "ba": organization.banksPerGroup
                case "co": organization.burstsPerRow
                default: preconditionFailure("unknown address field '\(name)'")
                }
            precondition(
                size > 0 && size & (size - 1) == 0, "address field '\(name)' needs a power of two, got \(size)")
            let field = Field(shift: shift, mask: size - 1)
            shift += size.trailingZeroBitCount
            switch name {
            case "ro": row = field
            case "ra": rank = field
            case "bg": group = field
            case "ba": bank = field
            default: column = field
            }
        }
    }

    /// Bank number (rank, group, bank; rank slowest) of a burst.
    func bank(of burst: Int) -> Int {
        (rank.of(burst) * groupsPerRank + group.of(burst)) * banksPerGroup + bank.of(burst)
    }

    /// The burst at a place: the inverse of the other functions.
    public func burst(bank number: Int, row rowNumber: Int, column columnNumber: Int) -> Int {
        let inGroup = number % banksPerGroup
        let groupNumber = number / banksPerGroup % groupsPerRank
        let rankNumber = number / banksPerGroup / groupsPerRank
        return rowNumber << row.shift | rankNumber << rank.shift | groupNumber << group.shift | inGroup << bank.shift
            | columnNumber << column.shift
    }

    func row(of burst: Int) -> Int { row.of(burst) }
    func column(of burst: Int) -> Int { column.of(burst) }
}
