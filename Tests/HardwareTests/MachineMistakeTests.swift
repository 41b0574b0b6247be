import Foundation
import Hardware
import Testing

@Suite struct MachineMistakeTests {
    @Test func theMachineOfTheseTestsIsCorrect() { #expect(mistakes() == "") }

    @Test func aPresetsValueContradictedByTheFileIsReportedAtTheFilesValue() {
        #expect(
            mistakes(("tRFC: 350 ns", "tRAS: 10 ns")) == """
                edge.yaml:18:18: error: 'tRAS' is 10 ns but must be at least tRCDRD (14 cycles), given by hbm2-x128, \
                named at edge.yaml:15:11
                edge.yaml:18:18: error: 'tRAS' is 10 ns but must be at least tRCDWR (14 cycles), given by hbm2-x128, \
                named at edge.yaml:15:11
                """)
        #expect(
            mistakes(("tRFC: 350 ns", "tRFC: 4 us")) == """
                edge.yaml:18:18: error: 'tRFC' is 4 us but must be less than tREFI (3900 cycles), given by \
                hbm2-x128, named at edge.yaml:15:11
                """)
    }

    @Test func twoContradictingTimingsCiteEachOther() {
        #expect(
            mistakes(("tRFC: 350 ns", "tRCDRD: 40 cycles, tRAS: 34 ns")) == """
                edge.yaml:18:37: error: 'tRAS' is 34 ns but must be at least tRCDRD (40 cycles), set at \
                edge.yaml:18:20
                """)
    }

    @Test func timingsTakeTimesOrCyclesOnly() {
        #expect(
            mistakes(("tRFC: 350 ns", "tRFC: 350, tRP: 0 ns, tRTP: 5 Hz, tFAW: 2000000 cycles, tWR: 2 s, tRC: 48 ns"))
                == """
                edge.yaml:18:18: error: 'memory.timing.tRFC' is '350' without a unit; a time takes ps, ns, us, ms or \
                s, or cycles
                edge.yaml:18:28: error: 'memory.timing.tRP' is 0 ps but must be at least 1 cycle
                edge.yaml:18:40: error: 'memory.timing.tRTP' is '5 Hz', but the unit of a time is ps, ns, us, ms or \
                s, or cycles
                edge.yaml:18:52: error: 'memory.timing.tFAW' is 2000000 cycles but must be at most 1000000 cycles
                edge.yaml:18:73: error: 'memory.timing.tWR' is 2 s but must be at most 1000000 cycles
                edge.yaml:18:78: error: unknown key 'tRC' in 'memory.timing'; did you mean 'tRP'?
                """)
    }

    @Test func aDevicesTimingHoldsAtItsClockOnly() {
        let names = [
            "tBL", "tCL", "tCWL", "tRCDRD", "tRCDWR", "tRP", "tRAS", "tCCDS", "tCCDL", "tRRDS", "tRRDL", "tFAW",
            "tWTRS", "tWTRL", "tWR", "tRTP", "tRTRS", "tREFI",
        ]
        #expect(
            mistakes(("channels: 8", "channels: 8\n  clock: 2 GHz"))
                == "edge.yaml:17:10: error: 'clock' is 2 GHz but the timing of hbm2-x128 holds at 1 GHz; state "
                + names.map { "'\($0)'" }.joined(separator: ", ") + " in 'memory.timing' as well")
    }

    @Test func organisationsArePowersOfTwoWithAtMost64Banks() {
        #expect(
            mistakes(("{ranks: 2, row_size: 1 KiB}", "{ranks: 3, rows: 1000, row_size: 1000 B}")) == """
                edge.yaml:17:25: error: 'ranks' is 3 but must be a power of two
                edge.yaml:17:34: error: 'rows' is 1000 but must be a power of two
                edge.yaml:17:50: error: 'row_size' is 1000 B but must be a multiple of burst_size (64 B), given by \
                hbm2-x128, named at edge.yaml:15:11
                """)
        #expect(
            mistakes(("{ranks: 2, ", "{ranks: 2, bank_groups: 16, ")) == """
                edge.yaml:17:25: error: 'ranks' is 2 but a channel has at most 64 banks, not 128, with bank_groups \
                (16), set at edge.yaml:17:41, and banks_per_group (4), given by hbm2-x128, named at edge.yaml:15:11
                """)
        #expect(
            mistakes(("channels: 8", "channels: 12")) == """
                edge.yaml:16:13: error: 'channels' is 12 but must be a power of two
                """)
    }

    @Test func anAddressHoldsEachFieldOnce() {
        #expect(
            mistakes(("[ro, ra, bg, ba, co, ch]", "[ro, ra, bg, bg, co]")) == """
                edge.yaml:20:18: error: 'memory.address_order' must hold each of ro, ra, bg, ba, ch, co once; it lacks \
                ba, ch
                edge.yaml:20:31: error: 'memory.address_order[3]' is bg, which 'address_order' holds already, set at \
                edge.yaml:20:27
                """)
        #expect(
            mistakes(("[ro, ra, bg, ba, co, ch]", "[row, ra, bg, ba, co, ch]")) == """
                edge.yaml:20:19: error: 'memory.address_order[0]' must be ro, ra, bg, ba, ch or co, not 'row'; did you \
                mean 'ro'?
                """)
    }

    @Test func theScratchpadHoldsTwoTiles() {
        #expect(
            mistakes(("4 MiB", "128 KiB")) == """
                edge.yaml:10:15: error: 'scratchpad' is 128 KiB but must hold two tiles of three blocks of rows x \
                columns fp16 values (192 KiB), with rows (128), set at edge.yaml:4:37
                """)
    }

    @Test func allMistakesOfAFileAreReportedAtOnce() {
        #expect(
            mistakes(
                ("  clock: 1 GHz", "  clock: 1"), ("4 MiB", "4 miB"), ("lanes", "lane"),
                ("stationary: weights", "stationary: outputs"), ("profile: dramsim3", "profile: dramsim"),
                ("link: none", "link: {bandwidth: 300 GB/s, latency: 1 us}"),
                ("memory: fgdram-2017", "memory: fgdram"), ("static: 5 W", "static: 5"),
                ("row_buffers: 2", "row_bufers: 2")
            ) == """
                edge.yaml:3:10: error: 'npu.clock' is '1' without a unit; a frequency takes Hz, kHz, MHz or GHz
                edge.yaml:4:68: error: 'npu.systolic_arrays.stationary' must be weights or activations, not 'outputs'
                edge.yaml:5:3: error: missing key 'lanes' in 'npu.vector_units'
                edge.yaml:7:5: error: unknown key 'lane' in 'npu.vector_units'; did you mean 'lanes'?
                edge.yaml:10:15: error: 'npu.scratchpad' is '4 miB', but the unit of a size is B, KiB, MiB, GiB, TiB, \
                kB, MB, GB or TB; did you mean 'MiB'?
                edge.yaml:19:25: error: 'memory.controller.profile' must be dramsim3, not 'dramsim'; did you mean \
                'dramsim3'?
                edge.yaml:21:3: error: missing key 'row_buffers' in 'memory.pim'
                edge.yaml:22:5: error: unknown key 'row_bufers' in 'memory.pim'; did you mean 'row_buffers'?
                edge.yaml:40:1: error: missing key 'all_reduce' in 'link'
                edge.yaml:42:18: error: 'energy.memory' must be dramsim3-hbm2-idd, fgdram-2017 or attacc-2024, not \
                'fgdram'
                edge.yaml:42:53: error: 'energy.static' is '5' without a unit; a power takes uW, mW, W or kW
                """)
    }

    @Test func withoutADeviceOrProfileEveryValueMustBeStated() {
        let message = mistakes(
            ("  device: hbm2-x128\n", ""), ("profile: dramsim3, ", ""), ("  timing: {tRFC: 350 ns}\n", ""),
            ("  organization: {ranks: 2, row_size: 1 KiB}\n", ""))
        #expect(
            message == """
                edge.yaml:14:1: error: missing key 'clock' in 'memory'
                edge.yaml:14:1: error: missing key 'organization' in 'memory'
                edge.yaml:14:1: error: missing key 'timing' in 'memory'
                edge.yaml:16:3: error: missing key 'write_buffer' in 'memory.controller'
                edge.yaml:16:3: error: missing key 'idle_drain_threshold' in 'memory.controller'
                edge.yaml:16:3: error: missing key 'read_queue' in 'memory.controller'
                edge.yaml:16:3: error: missing key 'row_hit_limit' in 'memory.controller'
                edge.yaml:16:3: error: missing key 'requests_per_cycle' in 'memory.controller'
                edge.yaml:16:3: error: missing key 'outstanding_reads' in 'memory.controller'
                edge.yaml:16:3: error: missing key 'split_command_bus' in 'memory.controller'
                edge.yaml:16:3: error: missing key 'refresh' in 'memory.controller'
                """)
    }

    @Test func unknownNamesAreAnsweredWithTheKnownOnes() {
        let names = StandardDevice.all.map(\.name)
        let devices = names.dropLast().joined(separator: ", ") + " or " + names.last!
        #expect(
            mistakes(("hbm2-x128", "hbm2x128"), ("link: none", "link: nvlink")) == """
                edge.yaml:15:11: error: 'memory.device' must be \(devices), not 'hbm2x128'; did you mean 'hbm2-x128'?
                edge.yaml:40:7: error: 'link' must be none, not 'nvlink'
                """)
    }

    @Test func aWrongClockCausesNoContradictionOfTimings() {
        #expect(
            mistakes(("channels: 8", "channels: 8\n  clock: fast")) == """
                edge.yaml:17:10: error: 'memory.clock' is 'fast', not a frequency such as '2 GHz'
                """)
    }

    /// Every value and every section replaced by things that it is not: decoding answers or refuses, it never traps.
}
