import Quantities
import Testing

@testable import SimCore

/// Crossings between the chip's clock and the ticks of memories whose periods are no whole number of hertz.
@Suite struct ClockDomainTests {
    /// 469 ns are 500 clocks of 938 ps; one nanosecond later the next clock is the 502nd.
    @Test func periodsOfAnyLengthCrossExactly() {
        let clocks = ClockDomains(npu: ClockPeriod(of: .gigahertz(1)), memory: ClockPeriod(Picoseconds(938)))
        #expect(clocks.memoryTick(ofNPU: 469) == 500)
        #expect(clocks.memoryTick(ofNPU: 470) == 502)
        #expect(clocks.npuTick(ofMemory: 500) == 469)
        #expect(clocks.npuTick(ofMemory: 501) == 470)
        // A simulated hour and more: nothing drifts.
        #expect(clocks.memoryTick(ofNPU: 469 * 10_000_000_000) == 500 * 10_000_000_000)
        #expect(clocks.wholeMemoryTicks(inNPU: 10) == 10)
    }

    /// A half clock at 6.4 Gb/s is 312.5 ps: 16 of them are five nanoseconds.
    @Test func halfClocksCrossExactly() {
        let half = ClockPeriod(Picoseconds(Ratio(625, over: 2)))
        let clocks = ClockDomains(npu: ClockPeriod(of: .gigahertz(1)), memory: half)
        #expect(clocks.memoryTick(ofNPU: 5) == 16)
        #expect(clocks.memoryTick(ofNPU: 1) == 4)
        #expect(clocks.npuTick(ofMemory: 16) == 5)
        #expect(clocks.npuTick(ofMemory: 17) == 6)
    }
}
