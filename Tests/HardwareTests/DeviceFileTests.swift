import Hardware
import Testing
import YAMLTree

/// Devices that a file describes.
@Suite struct DeviceFileTests {
    private func load(_ text: String) throws -> StandardDevice {
        try StandardDevice.load(SourceFile(name: "d.yaml", text: text))
    }

    @Test func aShippedDeviceWithOtherValues() throws {
        let device = try load(
            """
            name: slow
            device: ddr4-3200
            organization:
              ranks: 2
            timing:
              tFAW: 40 cycles
              tRFC: 260 ns
            """)
        #expect(device.name == "slow" && device.standard.name == "DDR4")
        #expect(device.organization.ranks == 2 && device.organization.rows == 65536)
        #expect(device.timing["nFAW"] == 40 && device.timing["nRFC"] == 416 && device.timing["nCL"] == 22)
    }

    @Test func aDeviceOfItsOwn() throws {
        let names = DRAMStandard.ddr4.timingNames
        let timing = names.map { "  t\($0.dropFirst()): \($0 == "nREFI" ? 9000 : $0 == "nRC" ? 60 : 30) cycles" }
        let device = try load(
            """
            name: own
            standard: ddr4
            clock: 1600 MHz
            organization: {ranks: 1, bank_groups: 2, banks_per_group: 4, rows: 1024, row_size: 1 KiB, burst_size: 64 B}
            timing:
            \(timing.joined(separator: "\n"))
            """)
        #expect(device.organization.channelBytes == 8 << 20)
        #expect(device.nanosecondsPerTick == 0.625 && device.rules.count > 31)
    }

    @Test func allMistakesAreNamedWithTheirPlaces() throws {
        let error = try #require(
            #expect(throws: DiagnosticList.self) {
                try load("name: x\ndevice: ddr4-3200\ntiming:\n  tFWA: 3 ns\n  tRAS: 5 ns\nrows: 3\n")
            })
        let text = "\(error)"
        #expect(text.contains("d.yaml:4:3: error: unknown key 'tFWA' in 'timing'; did you mean 'tFAW'?"))
        #expect(text.contains("d.yaml:5:9: error: 'tRAS' is 5 ns but must be at least"))
        #expect(text.contains("d.yaml:6:1: error: unknown key 'rows'"))
        let none = #expect(throws: DiagnosticList.self) { try load("name: x\nclock: 1 GHz\n") }
        #expect("\(none!)".contains("missing key 'standard'"))
    }
}
