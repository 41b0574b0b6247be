import Quantities
import Testing
import Workload

/// gpt3-7b on four devices: 8 heads of 128, rows of 512 elements, 32 banks, and NeuPIMs' two constants.
private let estimate = AttentionEstimate(
    width: 1024, heads: 8, headSize: 128, rowElements: 512, banks: 32, operandWrite: Cycles(100),
    rowOfDotProducts: Cycles(184))

private func requests(_ channels: [Int], lengths: [Int]? = nil) -> [Request] {
    channels.enumerated().map { Request(id: $0, contextTokens: lengths?[$0] ?? 100, channel: $1) }
}

@Suite struct AssignmentTests {
    @Test func estimateIsThePublishedFormula() {
        // 2 * (100 + 7 * 184) + 8 * 1 * (100 + 4 * 184)
        #expect(estimate.latency(length: 200) == Cycles(2 * (100 + 7 * 184) + 8 * (100 + 4 * 184)))
        // 513 tokens: 17 rows of keys in each bank, 2 rows of values.
        #expect(estimate.latency(length: 513) == Cycles(2 * (100 + 17 * 184) + 8 * 2 * (100 + 4 * 184)))
    }

    @Test func roundRobinVisitsChannelsInTurn() {
        let channels = ChannelAssignment.roundRobin.channels(
            forLengths: [9, 8, 7, 6, 5], resident: [.zero, .zero], estimate: estimate)
        #expect(channels == [0, 1, 0, 1, 0])
    }

    @Test func balancedGivesTheLongestFirstToTheLeastLoaded() {
        // By length: 2048 -> 0, 1024 -> 1, then 512 and 256 -> 1 while channel 1 stays below channel 0.
        let lengths = [256, 2048, 512, 1024]
        let channels = ChannelAssignment.balanced.channels(
            forLengths: lengths, resident: [.zero, .zero], estimate: estimate)
        #expect(channels == [1, 0, 1, 1])
    }

    @Test func tiesGoToTheLowestChannelInGivenOrder() {
        let channels = ChannelAssignment.balanced.channels(
            forLengths: [64, 64, 64, 64], resident: [.zero, .zero, .zero], estimate: estimate)
        #expect(channels == [0, 1, 2, 0])
    }

    @Test func residentLoadCounts() {
        let channels = ChannelAssignment.balanced.channels(
            forLengths: [64], resident: [Cycles(10), Cycles(9)], estimate: estimate)
        #expect(channels == [1])
    }

    @Test func givenChannelsAreKept() {
        var mixed = [
            Request(id: 0, contextTokens: 2048, channel: 0), Request(id: 1, contextTokens: 64),
            Request(id: 2, contextTokens: 64),
        ]
        ChannelAssignment.balanced.assign(&mixed, channels: 2, estimate: estimate)
        #expect(mixed.map(\.channel) == [0, 1, 1])
    }

    @Test func balancedIsNoWorseThanTheGreedyBound() {
        // Longest-first list scheduling ends within 4/3 of the optimum, which is at least the mean load.
        var random = RandomNumbers(seed: 1)
        let lengths = (0..<256).map { _ in 1 + random.nextIndex(below: 2048) }
        let channels = ChannelAssignment.balanced.channels(
            forLengths: lengths, resident: .init(repeating: .zero, count: 32), estimate: estimate)
        var loads = [Int64](repeating: 0, count: 32)
        for (length, channel) in zip(lengths, channels) { loads[channel] += estimate.latency(length: length).count }
        let mean = Double(loads.reduce(0, +)) / 32
        #expect(Double(loads.max()!) <= mean * 4 / 3)
    }

    @Test func splitByCountAlternatesOddChannels() {
        // Channel 0 holds 0, 3, 6; channel 1 holds 1, 4, 7; channel 2 holds 2, 5.
        let batch = requests([0, 1, 2, 0, 1, 2, 0, 1])
        #expect(SubBatchSplit.count.split(batch, into: 2, estimate: estimate) == [[0, 3, 1, 2], [6, 4, 7, 5]])
    }

    @Test func splitIntoFourKeepsEveryRequestOnce() {
        let batch = requests((0..<103).map { $0 * 7 % 10 })
        for split in SubBatchSplit.allCases {
            let parts = split.split(batch, into: 4, estimate: estimate)
            #expect(parts.flatMap { $0 }.sorted() == Array(0..<103))
            if split == .count { #expect(parts.map(\.count).max()! - parts.map(\.count).min()! <= 1) }
        }
    }

    @Test func splitByLoadBalancesEachChannel() {
        // One channel, sorted: by count the first half holds both long requests, by load each half holds one.
        let batch = requests([0, 0, 0, 0], lengths: [2000, 1900, 20, 10])
        #expect(SubBatchSplit.count.split(batch, into: 2, estimate: estimate) == [[0, 1], [2, 3]])
        #expect(SubBatchSplit.load.split(batch, into: 2, estimate: estimate) == [[0, 3], [1, 2]])
    }

    @Test func oneRequestLeavesTheOtherSubBatchEmpty() {
        #expect(SubBatchSplit.count.split(requests([5]), into: 2, estimate: estimate) == [[0], []])
        #expect(SubBatchSplit.load.split(requests([5]), into: 2, estimate: estimate) == [[0], []])
    }
}
