import Foundation
import Hardware
import YAMLTree

/// A correct machine, kept small; each test spoils some lines of it. The line numbers of the messages are counted here.
let correctMachine = """
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
func mistakes(_ changes: (String, String)...) -> String {
    var text = correctMachine
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
