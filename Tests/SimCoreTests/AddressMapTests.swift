import Hardware
import Testing

@testable import SimCore

@Suite struct AddressMapTests {
    private static let orders = [
        ["ro", "ra", "bg", "ba", "co"], ["ro", "ba", "bg", "ra", "co"], ["ro", "co", "ra", "ba", "bg"],
        ["ra", "ba", "bg", "ro", "co"], ["ro", "ch", "ra", "bg", "ba", "ch", "co"],
    ]

    @Test(arguments: orders)
    func everyPlaceOfTheChannelHasOneBurst(order: [String]) {
        let organization = DRAMOrganization(
            ranks: 2, groupsPerRank: 4, banksPerGroup: 2, rows: 32, rowBytes: 512, burstBytes: 64)
        let map = AddressMap(organization: organization, order: order)
        let bursts = organization.channelBytes / organization.burstBytes
        var seen = [Bool](repeating: false, count: bursts)
        for burst in 0..<bursts {
            let (bank, row, column) = (map.bank(of: burst), map.row(of: burst), map.column(of: burst))
            #expect((0..<organization.banks).contains(bank))
            #expect((0..<organization.rows).contains(row))
            #expect((0..<organization.burstsPerRow).contains(column))
            let place = (bank * organization.rows + row) * organization.burstsPerRow + column
            #expect(!seen[place])
            seen[place] = true
        }
        #expect(seen.allSatisfy { $0 })
    }

    /// 512 bursts of 64 B: 16 columns, then 4 banks, 4 groups, 2 ranks, then the row.
    @Test func fieldsFollowTheOrderFromTheLeastSignificant() {
        let map = AddressMap(organization: .neupims, order: ["ro", "ra", "bg", "ba", "co"])
        let burst = (((7 * 2 + 1) * 4 + 2) * 4 + 3) * 16 + 9
        #expect(map.row(of: burst) == 7)
        #expect(map.bank(of: burst) == 1 * 16 + 2 * 4 + 3)
        #expect(map.column(of: burst) == 9)
    }

    @Test func aWrongOrderIsRefused() async {
        await #expect(processExitsWith: .failure) {
            _ = AddressMap(organization: .neupims, order: ["ro", "xx"])
        }
    }
}
