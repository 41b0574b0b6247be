import Testing

@testable import Workload

@Suite struct TraceOperatorPlanTests {
    @Test func aDenseLayerNamesItsOperatorsInOrder() {
        let plan = TraceOperatorPlan(shape: TraceSamples.dense, formats: TraceSamples.formats)
        let operators = plan.layer(0, [.init(id: 0, phase: .decode, newTokens: 1, context: 5, outputs: 1)])
        #expect(
            operators.map(\.kind.rawValue) == [
                "norm_attn", "qkv", "rope", "logit", "softmax", "attend", "proj", "residual_attn", "norm_ffn",
                "gate_up",
                "activation", "down", "residual_ffn",
            ])
        // attend waits for softmax and, for the values, for qkv; each residual for its block and the stream before it.
        #expect(operators[5].after.distances == [1, 4])
        #expect(operators[7].after.distances == [1, 8])
        #expect(operators[12].after.distances == [1, 5])
    }

    @Test func aSparseLayerHasOneOperatorPerVisitedExpert() {
        let plan = TraceOperatorPlan(shape: TraceSamples.sparse, formats: TraceSamples.formats)
        let operators = plan.layer(
            1, [.init(id: 0, phase: .prefill, newTokens: 3, context: 3, outputs: 1)], expertTokens: [2, 0, 0, 3, 1, 0])
        let experts = operators.filter { $0.kind == .expert }
        #expect(experts.map(\.expert) == [0, 3, 4])
        #expect(experts.map(\.rows) == [2, 3, 1])
        #expect(operators.last?.kind == .residualFeedForward)
        // down, shared_gate with the three experts before it, and the stream before router, experts and shared parts.
        #expect(operators.last?.after.distances == [1, 4, 5, 6, 7, 10])
    }

    /// MACs per token of a dense gated layer: (h + 2 h_kv) w_h d + h w_h d + 3 d f, and 2 h w_h per key; then d V.
    @Test func macsOfAPassEqualTheClosedFormula() {
        var shape = TraceSamples.dense
        shape.windows = []
        let header = TraceSamples.header(shape)
        let pass = TraceSamples.passes(header)[0]
        let perToken = 3 * ((4 + 2 * 2) * 2 * 8 + 4 * 2 * 8 + 3 * 8 * 12)
        let attention = 3 * 2 * 4 * 2 * (6 * 6 + 1 * 11)
        #expect(pass.macs(isGated: true) == 7 * perToken + attention + 2 * 8 * 20)
    }

    @Test func aWindowLimitsTheKeysOfARequest() {
        let request = TraceRequest(id: 0, phase: .prefill, newTokens: 3, context: 10, outputs: 1)
        #expect(request.keys(window: nil) == 10)
        // Tokens 7, 8 and 9 see 4 keys each: 4 to 9 together.
        #expect(request.keys(window: 4) == 6)
        #expect(request.keys(window: 100) == 10)
    }

    @Test func tokensRoutedPerLayerAreTokensTimesK() {
        let header = TraceSamples.header(TraceSamples.sparse)
        for pass in TraceSamples.passes(header) {
            let tokens = pass.requests.reduce(0) { $0 + $1.newTokens }
            for layer in 1..<3 {
                let routed = pass.operators(layer: layer).filter { $0.kind == .expert }.reduce(0) { $0 + $1.rows }
                #expect(routed == tokens * 2)
            }
        }
    }

    @Test(arguments: [TraceSamples.dense, TraceSamples.sparse])
    func aCutIsThePassThatTheRequestsAloneWouldMake(shape: TraceModelShape) throws {
        let header = TraceSamples.header(shape)
        for pass in TraceSamples.passes(header) {
            for request in pass.requests {
                let alone = TraceSamples.iteration(pass.number, header, [request])
                #expect(pass.cut([request.id], plan: header.plan) == alone)
            }
            #expect(pass.cut(Set(pass.requests.map(\.id)), plan: header.plan) == pass)
            #expect(pass.cut([12345], plan: header.plan) == nil)
        }
    }

    @Test func operatorsOfAPassSumOverItsCuts() {
        let header = TraceSamples.header(TraceSamples.sparse)
        let pass = TraceSamples.passes(header)[0]
        let parts = pass.requests.map { pass.cut([$0.id], plan: header.plan)! }
        #expect(parts.reduce(0) { $0 + $1.macs(isGated: true) } == pass.macs(isGated: true))
    }
}
