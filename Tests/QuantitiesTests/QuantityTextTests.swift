import Quantities
import Testing

@Suite struct QuantityTextTests {
    @Test func unitsScaleExactly() throws {
        #expect(try Hertz(parsing: "2 GHz") == .gigahertz(2))
        #expect(try Hertz(parsing: "1000MHz") == .gigahertz(1))
        #expect(try Hertz(parsing: "0.1 GHz") == .megahertz(100))
        #expect(try Bytes(parsing: "1 KiB") == Bytes(1024))
        #expect(try Bytes(parsing: "1 GB") == Bytes(1_000_000_000))
        #expect(try Bytes(parsing: "64 B") == Bytes(64))
        #expect(try Bytes(parsing: "1.5 KiB") == Bytes(1536))
        #expect(try Picoseconds(parsing: "14 ns") == .nanoseconds(14))
        #expect(try Picoseconds(parsing: "937.5 ps") == Picoseconds(Ratio(1875, over: 2)))
        #expect(try Picoseconds(parsing: "1 us") == .microseconds(1))
        #expect(try Picoseconds(parsing: "1e3 ns") == .microseconds(1))
        #expect(try Cycles(parsing: "14 cycles") == Cycles(14))
        #expect(try BytesPerSecond(parsing: "32 GB/s") == BytesPerSecond(32_000_000_000))
        #expect(try Picojoules(parsing: "909 pJ") == Picojoules(909))
        #expect(try Picojoules(parsing: "1.5 nJ") == Picojoules(1500))
        #expect(try PicojoulesPerBit(parsing: "1.51 pJ/bit") == PicojoulesPerBit(1.51))
        #expect(try Milliwatts(parsing: "66 mW") == Milliwatts(66))
        #expect(try Milliamperes(parsing: "65 mA") == Milliamperes(65))
        #expect(try Volts(parsing: "1.2 V") == Volts(1.2))
    }

    @Test func everyExampleParses() throws {
        for kind in QuantityKind.allCases {
            #expect(throws: Never.self) { try parseQuantity(kind.example, as: kind) }
        }
    }

    @Test(arguments: [
        ("fast", "'x' is 'fast', not a frequency such as '2 GHz'"),
        ("", "'x' is '', not a frequency such as '2 GHz'"),
        (".", "'x' is '.', not a frequency such as '2 GHz'"),
        ("2", "'x' is '2' without a unit; a frequency takes Hz, kHz, MHz or GHz"),
        ("14 ns", "'x' is '14 ns', but the unit of a frequency is Hz, kHz, MHz or GHz"),
        ("2 ghz", "'x' is '2 ghz', but the unit of a frequency is Hz, kHz, MHz or GHz"),
        ("-2 GHz", "'x' is '-2 GHz', but a frequency must not be negative"),
        ("1.5 Hz", "'x' is '1.5 Hz', which is not a whole number of hertz"),
        ("1e30 GHz", "'x' is '1e30 GHz', which is too large or too precise to hold"),
        ("99999999999 GHz", "'x' is '99999999999 GHz', which is too large or too precise to hold"),
    ])
    func mistakesSayWhatWasExpected(text: String, expected: String) {
        do {
            _ = try Hertz(parsing: text)
            Issue.record("'\(text)' was accepted")
        } catch {
            #expect("'x' is '\(text)'" + error.message == expected)
        }
    }

    @Test func aUnitInTheWrongCaseIsSuggested() {
        #expect(throws: QuantityError.wrongUnit("ghz", .frequency, suggestion: "GHz")) {
            try Hertz(parsing: "2 ghz")
        }
        #expect(throws: QuantityError.wrongUnit("KB", .size, suggestion: "kB")) { try Bytes(parsing: "1 KB") }
    }
}
