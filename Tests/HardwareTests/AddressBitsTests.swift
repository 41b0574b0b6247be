import Testing

@testable import Hardware

/// Mappings that are spelled out: what is understood, and what is refused with which words.
@Suite struct AddressBitsTests {
    private let organization = StandardDevice.ddr4Rate3200.organization

    @Test func aFieldStringIsItsFieldsFromTheTop() throws {
        let bits = try AddressBits(parsing: "rorabgbachco", for: organization).bits
        // 128 columns, 4 banks, 4 bank groups, one rank, 65,536 rows.
        #expect(bits.count == 7 + 2 + 2 + 16)
        #expect(bits[0] == .init(field: .column, index: 0) && bits[6] == .init(field: .column, index: 6))
        #expect(bits[7] == .init(field: .bank, index: 0) && bits[9] == .init(field: .group, index: 0))
        #expect(bits[26] == .init(field: .row, index: 15))
    }

    @Test func aListOfBitsMaySplitFields() throws {
        let bits = try AddressBits(parsing: "bits:ro15-2,co6-3,ba,ro1-0,bg1,bg0,co2-0", for: organization).bits
        #expect(bits[3] == .init(field: .group, index: 0) && bits[5] == .init(field: .row, index: 0))
        #expect(bits[12] == .init(field: .column, index: 6) && bits[13] == .init(field: .row, index: 2))
        let whole = try AddressBits(parsing: "bits:ro,ra,bg,ba,co", for: organization)
        #expect(try whole == AddressBits(parsing: "rorabgbachco", for: organization))
    }

    @Test func aStackIDLiesAboveTheBankGroup() throws {
        let hbm3 = StandardDevice.hbm3Rate6400.organization
        let string = try AddressBits(parsing: "robabgrachco", for: hbm3)
        #expect(try string == AddressBits(parsing: "bits:ro,ba,si,bg,ra,co", for: hbm3))
    }

    @Test(arguments: [
        ("bits:ro,ra,bg,ba", "bit co0 is missing"), ("bits:ro,ro3,ra,bg,ba,co", "bit ro3 is there twice"),
        ("bits:ro16,ro,ba,bg,co", "'ro16': ro has 16 bits here"),
        ("bits:ro,xx,co", "'xx' is no field; there are ro, ra, si, bg, ba, co, such as 'ro', 'ro3' or 'ro15-2'"),
        ("bits:ro2-5,co", "'ro2-5' must be a field and its bits from the highest, such as 'ro15-2'"),
        ("bits:ro1-,co", "'ro1-' must be a field and its bits from the highest, such as 'ro15-2'"),
        ("bits:", "'' is no field; there are ro, ra, si, bg, ba, co, such as 'ro', 'ro3' or 'ro15-2'"),
        (
            "rorabgbacoco",
            "must name each of ro, ra, bg, ba, ch and co once, as robabgracoch does, not 'rorabgbacoco'"
        ),
    ])
    func mistakesAreSaid(text: String, message: String) {
        let error = #expect(throws: AddressBits.Mistake.self) { try AddressBits(parsing: text, for: organization) }
        #expect(error?.message == message)
    }
}
