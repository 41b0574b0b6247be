import Foundation
import Testing

@Suite struct PIMMistakeTests {
    @Test func attentionAndPIMUnitsBelongTogether() {
        #expect(
            mistakes(("attention: pim", "attention: npu")) == """
                edge.yaml:41:89: error: 'attention' is npu but there are PIM units in 'memory.pim', set at \
                edge.yaml:21:3; leave them out or set them to null
                """)
        let pim = correctMachine[
            correctMachine.range(of: "  pim:")!.lowerBound..<correctMachine.range(of: "link:")!.lowerBound]
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

    @Test func pimOperationsFitBetweenRefreshes() {
        #expect(
            mistakes(("tGWRITE: 96 cycles", "tGWRITE: 1922 cycles")) == """
                edge.yaml:25:14: error: with 'tGWRITE' writing an operand takes 1950 cycles but must fit between two \
                refreshes, every 1950 cycles with tREFI (3900 cycles), given by hbm2-x128, named at edge.yaml:15:11, \
                and ranks (2), set at edge.yaml:17:25
                """)
        // 30 x 3 + 14 to open four groups of each rank, 60 x (32 + 1), 14 to close.
        #expect(
            mistakes(("tDOT: 2 ns", "tDOT: 60 ns")) == """
                edge.yaml:26:11: error: with 'tDOT' a row of dot-products takes 2098 cycles but must fit between two \
                refreshes, every 1950 cycles with tREFI (3900 cycles), given by hbm2-x128, named at edge.yaml:15:11, \
                and ranks (2), set at edge.yaml:17:25
                """)
        let rare = ("{profile: dramsim3, command_queue: 16}", "{profile: dramsim3, refresh: none}")
        #expect(mistakes(("tDOT: 2 ns", "tDOT: 60 ns"), rare) == "")
    }

    @Test func aGroupOpensNoMoreRowsThanTheActivationWindowHas() {
        #expect(
            mistakes(("{ranks: 2, ", "{ranks: 1, banks_per_group: 8, ")) == """
                edge.yaml:21:3: error: 'pim' opens a row in all banks of a group at once, at most the 4 of the \
                four-activate window, but banks_per_group is 8, set at edge.yaml:17:45
                """)
    }
}
