import Quantities
import Testing

@Suite struct ClockTests {
    @Test func periodOfFrequencyIsExact() {
        #expect(ClockPeriod(of: .megahertz(3200)).time == Picoseconds(Ratio(625, over: 2)))
        #expect(ClockPeriod(of: .gigahertz(3)).time == Picoseconds(Ratio(1000, over: 3)))
        #expect(ClockPeriod(of: .gigahertz(1)).time == .nanoseconds(1))
    }

    @Test func cyclesCoveringATimeRoundUp() {
        let period = ClockPeriod(of: .megahertz(1600))  // 625 ps
        #expect(period.cycles(covering: .nanoseconds(10)) == Cycles(16))
        #expect(period.cycles(covering: Picoseconds(10_001)) == Cycles(17))
        #expect(period.duration(of: Cycles(16)) == .nanoseconds(10))
    }

    @Test func crossingRoundsUpToTheFirstTickNotEarlier() {
        // 1 GHz to 2.4 GHz: tick t at 1000 t ps; destination period 1250/3 ps; ceil(2.4 t).
        let crossing = ClockCrossing(from: ClockPeriod(of: .gigahertz(1)), to: ClockPeriod(of: .megahertz(2400)))
        #expect((0...6).map { crossing.firstTick(notBefore: Cycle($0)).tick } == [0, 3, 5, 8, 10, 12, 15])
        #expect((0...6).map { crossing.lastTick(notAfter: Cycle($0)).tick } == [0, 2, 4, 7, 9, 12, 14])
    }

    @Test func sameClockCrossesToTheSameTick() {
        let clock = ClockPeriod(of: .gigahertz(1))
        #expect(ClockCrossing(from: clock, to: clock).firstTick(notBefore: Cycle(7)) == Cycle(7))
    }

    @Test func crossingDoesNotDriftIn10To15Ticks() {
        // 1 GHz -> 1.6 GHz: 10^15 ticks are exactly 1.6 * 10^15; the neighbours round up from there.
        let up = ClockCrossing(from: ClockPeriod(of: .gigahertz(1)), to: ClockPeriod(of: .megahertz(1600)))
        let far: Int64 = 1_000_000_000_000_000
        #expect(up.firstTick(notBefore: Cycle(far)).tick == 1_600_000_000_000_000)
        #expect(up.firstTick(notBefore: Cycle(far + 1)).tick == 1_600_000_000_000_002)
        #expect(up.firstTick(notBefore: Cycle(far - 1)).tick == 1_599_999_999_999_999)
    }

    @Test func awkwardClocksAgreeWith128BitArithmeticFarOut() {
        let source = ClockPeriod(of: Hertz(1_333_333_333))
        let destination = ClockPeriod(of: Hertz(2_133_333_331))
        let crossing = ClockCrossing(from: source, to: destination)
        for tick: Int64 in [1, 999_999_999_989, 999_999_999_999_999, 1_000_000_000_000_000] {
            let product = Int128(tick) * 2_133_333_331
            let expected = (product + 1_333_333_332) / 1_333_333_333
            #expect(Int128(crossing.firstTick(notBefore: Cycle(tick)).tick) == expected)
        }
    }

    @Test func thereAndBackNeverMovesATickEarlier() {
        let slow = ClockPeriod(of: .megahertz(700))
        let fast = ClockPeriod(of: .megahertz(1100))
        let there = ClockCrossing(from: slow, to: fast)
        let back = ClockCrossing(from: fast, to: slow)
        for tick: Int64 in 0..<1000 {
            let returned = back.lastTick(notAfter: there.firstTick(notBefore: Cycle(tick)))
            #expect(returned.tick >= tick)
            #expect(returned.tick <= tick + 1)
        }
    }

    @Test func timesPrintInTheirLargestUnit() {
        #expect("\(Picoseconds.nanoseconds(14))" == "14 ns")
        #expect("\(Picoseconds(Ratio(1875, over: 2)))" == "937.5 ps")
        #expect("\(Picoseconds(1_950_000))" == "1.95 us")
        #expect("\(Picoseconds(Ratio(1000, over: 3)))" == "1000/3 ps")
        #expect("\(Hertz.megahertz(2400))" == "2.4 GHz")
        #expect("\(Bytes.kibibytes(3))" == "3 KiB")
        #expect("\(BytesPerSecond(32_000_000_000))" == "32 GB/s")
    }

    @Test func impossibleClocksAndTicksAreProgrammersErrors() async {
        await #expect(processExitsWith: .failure) { _ = ClockPeriod(of: Hertz(0)) }
        await #expect(processExitsWith: .failure) { _ = ClockPeriod(.zero) }
        await #expect(processExitsWith: .failure) { _ = Ratio(1, over: 0) }
        await #expect(processExitsWith: .failure) {
            let crossing = ClockCrossing(from: ClockPeriod(of: Hertz(2)), to: ClockPeriod(of: Hertz(3)))
            _ = crossing.firstTick(notBefore: Cycle(-1))
        }
    }

    @Test func delaysAreTimeOrCycles() throws {
        let clock = ClockPeriod(of: .megahertz(1600))
        #expect(try Delay(parsing: "14 ns").cycles(of: clock) == Cycles(23))
        #expect(try Delay(parsing: "14 cycles").cycles(of: clock) == Cycles(14))
        #expect(try Delay(parsing: "16 cycles").duration(with: clock) == .nanoseconds(10))
        #expect(throws: QuantityError.wrongUnit("V", .time, suggestion: nil)) { try Delay(parsing: "14 V") }
    }

    @Test func finelyDividedTimesStillGiveWholeCycles() throws {
        let clock = ClockPeriod(of: Hertz(999_999_999))
        #expect(clock.cycles(covering: try Picoseconds(parsing: "1.000000000000001 ns")) == Cycles(1))
        #expect(clock.cycles(covering: try Picoseconds(parsing: "1.000000001000002 ns")) == Cycles(2))
        #expect(clock.cycles(covering: try Picoseconds(parsing: "1e-20 ns")) == Cycles(1))
    }
}
