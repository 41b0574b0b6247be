import Hardware

@testable import SimCore

/// Access patterns on a standard's device, as bursts under the mapping RoBaRaCoCh; all are offered from tick 0.
struct ReplayPattern {
    let organization: DRAMOrganization

    func accesses(_ name: String, count: Int) -> [ReplayAccess]? {
        let banks = organization.banksPerGroup
        let ranks = organization.ranks
        let groups = organization.groupsPerRank
        let half = organization.rows / 2
        func all(_ burst: (Int) -> Int, isWrite: (Int) -> Bool = { _ in false }) -> [ReplayAccess] {
            (0..<count).map { ReplayAccess(tick: 0, burst: burst($0), isWrite: isWrite($0)) }
        }
        let isOdd = { (index: Int) in index % 2 == 1 }
        switch name {
        case "seq_read": return all { $0 }
        case "bgint_read": return all { interleaved($0) }
        case "bgint_write": return all({ interleaved($0) }, isWrite: { _ in true })
        case "copy_seq":
            let target = at(row: half, bank: 1)
            return all({ $0 / 2 + (isOdd($0) ? target : 0) }, isWrite: isOdd)
        case "copy_bgint":
            return all(
                { interleaved($0 / 2, bankOffset: isOdd($0) ? 1 : 0, rowOffset: isOdd($0) ? half : 0) }, isWrite: isOdd)
        case "bank_conflict": return all { at(row: (3 + 7 * $0) % organization.rows, bank: 0) }
        case "act_bound":
            return all {
                at(
                    row: $0 / (groups * banks * ranks), bank: $0 / groups % banks, group: $0 % groups,
                    rank: $0 / (groups * banks) % ranks)
            }
        case "row_pingpong":
            // Two rows of one bank in turn, four columns at a time; sixteen rows in all.
            return all { at(row: ($0 / 64 * 2 + $0 / 4 % 2) % 16, bank: 0, column: $0 / 8 % 8 * 4 + $0 % 4) }
        default: return nil
        }
    }

    private func at(row: Int, bank: Int, group: Int = 0, rank: Int = 0, column: Int = 0) -> Int {
        var burst = row * organization.banksPerGroup + bank
        burst = burst * organization.groupsPerRank + group
        burst = burst * organization.ranks + rank
        return burst * organization.burstsPerRow + column
    }

    /// Consecutive bursts go to the next pseudo-channel, then bank group, then column.
    private func interleaved(_ index: Int, bankOffset: Int = 0, rowOffset: Int = 0) -> Int {
        let lanes = organization.ranks * organization.groupsPerRank
        let columns = lanes * organization.burstsPerRow
        return at(
            row: index / (columns * organization.banksPerGroup) + rowOffset,
            bank: index / columns % organization.banksPerGroup ^ bankOffset,
            group: index / organization.ranks % organization.groupsPerRank, rank: index % organization.ranks,
            column: index / lanes % organization.burstsPerRow)
    }
}
