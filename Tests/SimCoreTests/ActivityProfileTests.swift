import Testing

@testable import SimCore

@Suite struct ActivityProfileTests {
    @Test func cyclesFallIntoTheirBins() {
        var profile = ActivityProfile()
        profile.add(from: 10, until: 200)
        profile.add(3, at: 64)
        profile.add(from: 5, until: 5)
        #expect(profile.binCycles == 64)
        #expect(profile.bins == [54, 67, 64, 8])
    }

    @Test func longTimesJoinNeighboursAndLoseNothing() {
        var (profile, naive) = (ActivityProfile(), [Int: Int]())
        var (cycle, step) = (0, 1)
        while cycle < 3_000_000 {
            profile.add(from: cycle, until: cycle + step / 2)
            for busy in cycle..<cycle + step / 2 { naive[busy, default: 0] += 1 }
            profile.add(2, at: cycle)
            naive[cycle, default: 0] += 2
            (cycle, step) = (cycle + step, step * 5 % 9973 + 1)
        }
        #expect(profile.bins.count <= ActivityProfile.binLimit && profile.bins.count >= ActivityProfile.binLimit / 2)
        var expected = [Int](repeating: 0, count: profile.bins.count)
        for (cycle, amount) in naive { expected[cycle / profile.binCycles] += amount }
        #expect(profile.bins == expected)
    }

    @Test func profilesOfDifferentLengthsAddUp() {
        var (short, long) = (ActivityProfile(), ActivityProfile())
        short.add(from: 0, until: 100)
        long.add(from: 50, until: 100_000)
        var sum = short
        sum.add(long, times: 3)
        long.add(short)
        #expect(sum.total == 100 + 3 * 99_950 && sum.binCycles == long.binCycles)
        #expect(long.total == 100_050)
    }

    @Test func skippedTimeIsIdle() {
        var profile = ActivityProfile()
        profile.add(from: 0, until: 64)
        profile.skip(64)
        profile.add(from: 64, until: 128)
        #expect(profile.bins == [64, 0, 64])
    }
}
