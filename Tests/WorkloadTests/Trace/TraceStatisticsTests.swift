import Testing

@testable import Workload

/// Statistics of small hand-made traces, against arithmetic done by hand.
@Suite struct TraceStatisticsTests {
    static func header(_ topK: Int = 1) -> TraceHeader {
        var shape = TraceModelShape(
            name: "s", layers: 2, width: 4, heads: 1, keyValueHeads: 1, headWidth: 4, feedForwardWidth: 0,
            isGated: true,
            vocabulary: 8)
        (shape.experts, shape.topK, shape.expertWidth) = (4, topK, 2)
        return TraceHeader(shape: shape, formats: TraceSamples.formats, source: "functional", guessWidth: 2)
    }

    /// One request's pass over tokens with these experts in the two layers.
    static func pass(_ first: [Int32], _ second: [Int32], guesses: [[Int32]] = []) -> TraceIteration {
        var pass = TraceIteration(
            number: 0,
            requests: [.init(id: 0, phase: .prefill, newTokens: first.count, context: first.count, outputs: 1)])
        for (layer, experts) in [first, second].enumerated() {
            for (token, expert) in experts.enumerated() {
                pass.records.routes.append(.init(layer: layer, request: 0, token: token))
                pass.records.experts.append(expert)
                pass.records.gates.append(1_000_000)
            }
        }
        for (token, guess) in guesses.enumerated() {
            pass.records.guesses.append(.init(layer: 0, request: 0, token: token))
            pass.records.guessedExperts += guess
        }
        return pass
    }

    @Test func useReuseAndUnionsAreCounted() {
        var statistics = TraceStatistics(Self.header())
        statistics.add(Self.pass([0, 0, 1, 0], [3, 3, 3, 3]))
        #expect(statistics.values("expert_use", variant: "0") == [0.75, 0])
        // One of three steps keeps the expert in layer 0, all three in layer 1.
        #expect(statistics.values("expert_reuse_next_token") == [1.0 / 3, 1])
        // 0.75² + 0.25²
        #expect(statistics.values("expert_reuse_if_independent") == [0.625, 1])
        #expect(statistics.values("distinct_experts_per_pass", variant: "4 tokens") == [2, 1])
    }

    @Test func anLRUCacheHitsWhatItHolds() {
        var options = TraceStatistics.Options()
        options.cacheSizes = [2]
        var statistics = TraceStatistics(Self.header(), options: options)
        // 0 miss, 1 miss, 0 hit, 2 miss (puts 1 out), 0 hit, 1 miss.
        statistics.add(Self.pass([0, 1, 0, 2, 0, 1], [0, 0, 0, 0, 0, 0]))
        #expect(statistics.values("lru_hit_rate", variant: "2 experts") == [2.0 / 6, 5.0 / 6])
    }

    @Test func theNextLayerIsPredictedFromWhatWasSeenBefore() {
        var statistics = TraceStatistics(Self.header())
        // Expert 1 is followed by 2 every time; the first time nothing is known and the guess is 0.
        statistics.add(
            Self.pass(
                [1, 1, 1, 1], [2, 2, 2, 2], guesses: [[2, 0, 0, 2], [0, 2, 2, 0], [2, 1, 1, 0], [3, 1, 1, 3]]))
        #expect(statistics.values("next_layer_recall_table") == [0.75])
        #expect(statistics.values("next_layer_recall_gate", variant: "input, 1 experts") == [0.5])
        #expect(statistics.values("next_layer_recall_gate", variant: "input, 2 experts") == [0.75])
        #expect(statistics.values("next_layer_recall_gate", variant: "output, 1 experts") == [0.25])
        #expect(statistics.values("next_layer_recall_gate", variant: "output, 2 experts") == [0.5])
    }

    @Test func aRoundOfDraftsEndsAtTheFirstDisagreementOrWhenItIsFull() {
        var options = TraceStatistics.Options()
        options.drafts = 2
        var statistics = TraceStatistics(Self.header(), options: options)
        // Agreement at positions 9…16 of a decoding request: yes yes (full: the verifying pass adds position 11's token)
        // skip, no, yes no, yes yes, then position 16 closes the last round.
        let agrees = [true, true, true, false, true, false, true, true, true]
        for (index, agree) in agrees.enumerated() {
            var pass = TraceIteration(
                number: index,
                requests: [.init(id: 0, phase: .decode, newTokens: 1, context: 10 + index, outputs: 1)])
            pass.records.exits.append(
                .init(
                    key: .init(layer: 0, request: 0, token: 9 + index), usesExitHead: false, token: agree ? 1 : 2,
                    acceptance: 250_000, modelToken: 1))
            statistics.add(pass)
        }
        // Rounds of 3, 1, 2 and 3 tokens.
        #expect(statistics.values("draft_tokens_per_round") == [9.0 / 4])
        #expect(statistics.values("exit_agreement") == [7.0 / 9])
        #expect(statistics.values("exit_sampling_acceptance") == [0.25])
    }

    @Test func resultsAreWrittenAsCSV() {
        var statistics = TraceStatistics(Self.header())
        statistics.add(Self.pass([1, 1], [2, 2], guesses: [[2, 0, 0, 2], [2, 0, 0, 2]]))
        let lines = statistics.csv.split(separator: "\n")
        #expect(lines[0] == "statistic,variant,layer,value,count")
        #expect(lines.contains("expert_use,1,0,1.000000,2"))
        #expect(lines.contains("next_layer_recall_gate,\"input, 1 experts\",0,1.000000,2"))
        #expect(TraceStatistics.decimals(-0.0000004) == "0.000000")
        #expect(TraceStatistics.decimals(-1.25) == "-1.250000")
    }
}
