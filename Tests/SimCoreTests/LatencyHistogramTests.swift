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
        // The one that p % of the reads come before.
        for percent in stride(from: 0, through: 100, by: 5) {
            let expected = latencies[min(count - 1, Int(Double(percent) / 100 * Double(count)))]
            #expect(histogram.percentile(Double(percent) / 100) == expected, "\(percent) % of \(count)")
        }
    }

    @Test func withoutReadsThereIsNoPercentile() {
        let histogram = LatencyHistogram()
        #expect(histogram.percentile(0.5) == nil)
        #expect(histogram.maximum == nil)
    }
}
