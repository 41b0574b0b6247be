import Testing

@testable import SimCore

@Suite struct LatencyHistogramTests {
    @Test(arguments: [1, 2, 99, 100, 101, 1000])
    func percentilesAreThoseOfTheSortedLatencies(count: Int) {
        var random = TestRandom(seed: UInt64(count))
        var histogram = LatencyHistogram()
        var latencies: [Int] = []
        for _ in 0..<count {
            let latency = random.index(below: random.chance(0.1) ? 5000 : 60)
            histogram.record(latency)
            latencies.append(latency)
        }
        latencies.sort()
        #expect(histogram.total == count)
        #expect(histogram.sum == latencies.reduce(0, +))
        #expect(histogram.maximum == latencies.last)
        // The smallest latency that at least p % of the reads do not exceed.
        for percent in stride(from: 0, through: 100, by: 5) {
            let expected = latencies.first { limit in latencies.count { $0 <= limit } * 100 >= percent * count }
            #expect(histogram.percentile(Double(percent) / 100) == expected, "\(percent) % of \(count)")
        }
    }

    @Test func withoutReadsThereIsNoPercentile() {
        let histogram = LatencyHistogram()
        #expect(histogram.percentile(0.5) == nil)
        #expect(histogram.maximum == nil)
    }
}
