import Hardware
import Testing

@Suite struct DerivedFiguresTests {
    @Test func neupimsHasThePapersPeaks() throws {
        let text = DerivedFigures(try shipped("neupims")).description
        #expect(
            text == """
                NPU peak            262.144 TFLOPS  = 8 arrays x 128 x 128 MACs x 2 x 1 GHz
                vector peak            1024 GOPS    = 8 units x 128 lanes x 1 GHz, operations of one cycle
                scratchpad              128 MiB     = 134217728 B
                channel peak             32 GB/s    = 64 B / 2 cycles x 1 GHz
                memory peak            1024 GB/s    = 32 channels x 32 GB/s
                capacity                 32 GiB     = 32 channels x 32 banks x 32768 rows x 1024 B
                banks per channel        32 banks   = 2 ranks x 4 groups x 4 banks
                rows per bank         32768 rows    = as stated
                row                    1024 B       = 16 bursts x 64 B
                refresh share         6.667 %       = nRFC 260 / nREFI 3900 of each rank's time
                balance                 256 FLOP/B  = 262.144 TFLOPS / 1024 GB/s
                PIM peak bandwidth    16384 GB/s    = 32 channels x 32 banks x 16 x 2 B / 2 cycles x 1 GHz
                PIM peak             16.384 TFLOPS  = 32 channels x 32 banks x 16 MACs x 2 / 2 cycles x 1 GHz
                PIM operand buffer     1024 B       = 1 x 1024 B in each channel
                """)
    }

    @Test func machinesWithoutPIMOrRefreshHaveNoSuchFigures() throws {
        let figures = DerivedFigures(try shipped("npu-only", "memory.controller.refresh=none"))
        #expect(figures["PIM peak"] == nil && figures["refresh share"] == nil)
        #expect(figures["memory peak"]?.value == 1024 && figures["capacity"]?.value == 32)
    }

    @Test func figuresFollowTheClocks() throws {
        let figures = DerivedFigures(try shipped("neupims", "npu.clock=940 MHz"))
        #expect(figures["NPU peak"]?.value == 2 * 131_072 * 0.94 / 1000)
        #expect(figures["NPU peak"]?.formula == "8 arrays x 128 x 128 MACs x 2 x 940 MHz")
    }
}
