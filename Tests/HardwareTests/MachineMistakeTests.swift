import Foundation
import Hardware
import Testing
import YAMLTree

/// A correct machine, kept small; each test spoils some lines of it. The line numbers of the messages are counted here.
private let correct = """
    name: edge
    npu:
      clock: 1 GHz
      systolic_arrays: {count: 1, rows: 128, columns: 128, stationary: weights, fill: overlapped}
      vector_units:
        units: 1
        lanes: 128
        finite: true
        latency: {add: 1 cycle, multiply: 1 cycle, exponential: 4 cycles, gelu: 4 cycles, silu: 4 cycles, \
    reduce_step: 1 cycle, scalar_root: 8 cycles}
      scratchpad: 4 MiB
      request_latency: 2 cycles
      response_latency: 2 cycles
      operator_start_latency: 0 cycles
    memory:
      device: hbm2-x128
      channels: 8
      organization: {ranks: 2, row_size: 1 KiB}
      timing: {tRFC: 350 ns}
      controller: {profile: dramsim3, command_queue: 16}
      address_order: [ro, ra, bg, ba, co, ch]
      pim:
        row_buffers: 2
        multipliers_per_bank: 16
        operand_buffer: 2 KiB
        tGWRITE: 96 cycles
        tDOT: 2 ns
        fill_dot_products: 6
        composite_commands: true
        close: after-dot-products
        result: after-dot-products
        activation: shared-window
        issue: per-channel
        operand_source: operand-rows
        value_append: staged
        request_queue: 32
        command_queue: 128
        refresh_fit: exact
        separate_port: true
        waits_for_writes: true
    link: none
    execution: {addresses: allocated, activations: on-chip, order: dependencies, attention: pim}
    energy: {memory: fgdram-2017, logic: jouppi-7nm, static: 5 W}
    """

/// All messages for the correct machine with texts replaced, one a line.
private func mistakes(_ changes: (String, String)...) -> String {
    var text = correct
    for (old, new) in changes {
        precondition(text.contains(old), "the machine does not contain '\(old)'")
        text = text.replacingOccurrences(of: old, with: new)
    }
    do {
        _ = try Machine.load(SourceFile(name: "edge.yaml", text: text))
        return ""
    } catch {
        return error.description
    }
}

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

    @Test func attentionAndPIMUnitsBelongTogether() {
        #expect(
            mistakes(("attention: pim", "attention: npu")) == """
                edge.yaml:41:89: error: 'attention' is npu but there are PIM units in 'memory.pim', set at \
                edge.yaml:21:3; leave them out or set them to null
                """)
        let pim = correct[correct.range(of: "  pim:")!.lowerBound..<correct.range(of: "link:")!.lowerBound]
        #expect(
            mistakes((String(pim), "")) == """
                edge.yaml:22:89: error: 'attention' is pim but there is no 'memory.pim' in 'memory', set at \
                edge.yaml:14:1
                """)
    }

    @Test func operandsFillRowsAndSlicesDivideThem() {
        #expect(
            mistakes(("operand_buffer: 2 KiB", "operand_buffer: 1536 B"), ("_bank: 16", "_bank: 24")) == """
                edge.yaml:23:27: error: 'multipliers_per_bank' is 24 but their slice of fp16 values (48 B) must divide \
                row_size (1 KiB), set at edge.yaml:17:38
                edge.yaml:24:21: error: 'operand_buffer' is 1536 B but must be a multiple of row_size (1 KiB), set at \
                edge.yaml:17:38
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
                edge.yaml:16:3: error: missing key 'split_command_bus' in 'memory.controller'
                edge.yaml:16:3: error: missing key 'refresh' in 'memory.controller'
                """)
    }

    @Test func unknownNamesAreAnsweredWithTheKnownOnes() {
        #expect(
            mistakes(("hbm2-x128", "hbm2x128"), ("link: none", "link: nvlink")) == """
                edge.yaml:15:11: error: 'memory.device' must be hbm2-x128, not 'hbm2x128'; did you mean 'hbm2-x128'?
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
    @Test func noValueTrapsTheDecoder() throws {
        let root = try Node.parse(SourceFile(name: "edge.yaml", text: correct))
        let hostile = [
            "null", "[]", "{}", "x", "''", "-1", "0", "3", "99999999999999999999", "1e30 s", "9e18 B", "0 B", "0 ns",
            "9e15 ns", "1e18 cycles", "1 Hz", "100 GHz", "1e-20 ns", "9e18 W", "{a: 1}", "[1, 1]", "1 B/s",
        ]
        for path in paths(of: root) {
            for text in hostile {
                let changed = try root.applying(Override(path: path, text: text))
                do { _ = DerivedFigures(try Machine.decode(changed)).description } catch {
                    #expect(!"\(error)".isEmpty, "\(path)=\(text)")
                }
            }
        }
    }

    private func paths(of node: Node, under prefix: String = "") -> [String] {
        switch node {
        case .scalar: []
        case .list(let items, _):
            items.indices.flatMap { ["\(prefix)\($0)"] + paths(of: items[$0], under: "\(prefix)\($0).") }
        case .mapping(let entries, _):
            entries.flatMap { ["\(prefix)\($0.key)"] + paths(of: $0.value, under: "\(prefix)\($0.key).") }
        }
    }

    @Test func filesThatAreNoMachineAreRefused() {
        func message(_ text: String) -> String {
            do { _ = try Machine.load(SourceFile(name: "edge.yaml", text: text)) } catch { return error.description }
            return ""
        }
        #expect(message("- 1\n") == "edge.yaml:1:1: error: the file must hold a mapping, not a list")
        #expect(!message("").isEmpty)
        var missing = ""
        do { _ = try Machine.load(path: "no/such.yaml") } catch { missing = error.description }
        #expect(missing == "no/such.yaml: error: no such file")
        do { _ = try Machine.load(path: shippedMachines) } catch { missing = error.description }
        #expect(missing == "\(shippedMachines): error: this is a directory, not a file")
    }
}
