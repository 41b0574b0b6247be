import Foundation
import Quantities
import Testing
import Workload
import YAMLTree

@Suite struct GeneratorTests {
    @Test func theGeneratorIsXoshiro256StarStar() {
        // From an independent implementation, seeded by SplitMix64 from 42.
        var random = RandomNumbers(seed: 42)
        #expect(
            (0..<3).map { _ in random.next() } == [
                1_546_998_764_402_558_742, 6_990_951_692_964_543_102, 12_544_586_762_248_559_009,
            ])
    }

    @Test func indicesAreUniformAndInRange() {
        var random = RandomNumbers(seed: 3)
        var counts = [Int](repeating: 0, count: 6)
        for _ in 0..<60_000 { counts[random.nextIndex(below: 6)] += 1 }
        #expect(counts.allSatisfy { abs($0 - 10_000) < 400 })
    }

    @Test func exponentialNumbersAgreeWithTheLibrarysLogarithm() {
        var random = RandomNumbers(seed: 4)
        for _ in 0..<10_000 {
            var copy = random
            let expected = -log(1 - copy.nextUnit())
            #expect(abs(random.nextExponential() - expected) <= 4e-15 * max(1, expected))
        }
    }

    @Test(arguments: [
        (LengthStatistics.shareGPT.input, 80.3, 569.0, [17, 118, 1267]),
        (LengthStatistics.shareGPT.output, 295.0, 262.0, [261, 576, 960]),
        (LengthStatistics.alpaca.input, 12.1, 4.5, [11, 17, 27]),
        (LengthStatistics.alpaca.output, 55.8, 55.0, [40, 122, 248]),
    ])
    func lengthsFollowThePublishedStatistics(
        _ distribution: LengthDistribution, mean: Double, deviation: Double, quantiles: [Int]
    ) {
        #expect([0.5, 0.9, 0.99].map(distribution.quantile) == quantiles)
        #expect(abs(distribution.mean / mean - 1) < 0.02)
        // Every 10^-5 of probability once: no sampling error.
        let lengths = (0..<100_000).map { Double(distribution.quantile((Double($0) + 0.5) / 100_000)) }
        let average = lengths.reduce(0, +) / 100_000
        let spread = (lengths.reduce(0) { $0 + ($1 - average) * ($1 - average) } / 100_000).squareRoot()
        #expect(abs(average / mean - 1) < 0.03)
        #expect(abs(spread / deviation - 1) < 0.06)
        #expect(lengths[0] >= 1 && Int(lengths[99_999]) <= distribution.largest)
    }

    @Test func theSameSeedGivesTheSameBytes() {
        var first = RequestGenerator(statistics: .shareGPT, seed: 7)
        var second = RequestGenerator(statistics: .shareGPT, seed: 7)
        var other = RequestGenerator(statistics: .shareGPT, seed: 8)
        let text = RequestFile(requests: first.snapshot(count: 64)).csv()
        #expect(text == RequestFile(requests: second.snapshot(count: 64)).csv())
        #expect(text != RequestFile(requests: other.snapshot(count: 64)).csv())
        var golden = RequestGenerator(statistics: .alpaca, seed: 1)
        #expect(RequestFile(requests: golden.snapshot(count: 6)).csv() == "seq_len\n72\n207\n90\n105\n16\n73\n")
    }

    @Test func snapshotsAreLengthBiased() {
        // A request found in the batch has E[output] = E[o^2]/E[o]; half of it is generated on average.
        let count = 20_000
        var generator = RequestGenerator(statistics: .alpaca, seed: 5)
        let lengths = generator.snapshot(count: count).map { Double($0.contextTokens) }
        let biased = (55.8 * 55.8 + 55.0 * 55.0) / 55.8
        let expected = 12.1 + biased / 2
        #expect(abs(lengths.reduce(0, +) / Double(count) / expected - 1) < 0.05)
    }

    @Test func shareGPTSnapshotsResembleThePublishedTraces() {
        // The traces that come with NeuPIMs have mean lengths of 286 to 326.
        var generator = RequestGenerator(statistics: .shareGPT, seed: 5)
        let lengths = generator.snapshot(count: 20_000).map(\.contextTokens)
        let mean = Double(lengths.reduce(0, +)) / 20_000
        #expect((286...345).contains(mean))
        #expect(lengths.max()! == 2048)
    }

    @Test func poissonArrivalsHaveTheirMeanAndNeverGoBack() {
        var generator = RequestGenerator(statistics: .alpaca, seed: 6)
        let requests = generator.requests(count: 20_000, meanInterarrival: .microseconds(10))
        #expect(zip(requests, requests.dropFirst()).allSatisfy { $0.arrival <= $1.arrival })
        #expect(abs(requests.last!.arrival.approximateNanoseconds / 20_000 / 10_000 - 1) < 0.03)
    }

    @Test func generatedFilesReadBackTheSame() throws {
        var generator = RequestGenerator(statistics: .shareGPT, seed: 9)
        var snapshot = generator.snapshot(count: 50)
        let whole = generator.requests(count: 50)
        let arriving = generator.requests(count: 50, meanInterarrival: .microseconds(1))
        #expect(whole.allSatisfy { $0.promptTokens + $0.outputTokens! <= 2048 && $0.outputTokens! >= 1 })
        for requests in [snapshot, whole, arriving] { try #expect(readBack(requests) == requests) }
        for index in snapshot.indices { snapshot[index].channel = index % 32 }
        #expect(try readBack(snapshot) == snapshot)
    }

    private func readBack(_ requests: [Request]) throws -> [Request] {
        let text = RequestFile(requests: requests).csv(comment: ["made by a test"])
        return try RequestFile.parse(SourceFile(name: "r.csv", text: text)).requests
    }
}
