@testable import Workload

/// Small shapes and passes for the trace tests.
enum TraceSamples {
    static var dense: TraceModelShape {
        var shape = TraceModelShape(
            name: "dense sample", layers: 3, width: 8, heads: 4, keyValueHeads: 2, headWidth: 2, feedForwardWidth: 12,
            isGated: true, vocabulary: 20)
        shape.windows = [0, 0, 4]
        return shape
    }

    static var sparse: TraceModelShape {
        var shape = dense
        shape.name = "sparse=100%"
        shape.windows = []
        (shape.experts, shape.topK, shape.expertWidth, shape.sharedWidth) = (6, 2, 5, 7)
        shape.denseLayers = [0]
        return shape
    }

    static let formats = TraceFormats(weights: .f16, activations: .f32, cache: .f32)

    static func header(_ shape: TraceModelShape) -> TraceHeader {
        TraceHeader(
            shape: shape, formats: formats, source: "functional", seed: 7, temperature: 0.5, weightHash: "ab12",
            guessWidth: shape.experts > 0 ? 3 : 0, notes: ["prompt file": "a b=c%\n"])
    }

    /// Experts of a token, from its request and position alone, as a router's are.
    static func experts(layer: Int, request: Int, token: Int) -> [Int32] {
        let first = (layer * 5 + request * 3 + token * 7) % 6
        return [Int32(first), Int32((first + 1 + token % 4) % 6)]
    }

    static func iteration(_ number: Int, _ header: TraceHeader, _ requests: [TraceRequest]) -> TraceIteration {
        var pass = TraceIteration(number: number, requests: requests)
        for layer in 0..<header.shape.layers {
            for request in requests {
                for token in request.context - request.newTokens..<request.context {
                    let key = TraceRecords.Key(layer: layer, request: request.id, token: token)
                    pass.records.similarities.append(.init(key: key, attention: -5, feedForward: 6, block: 1_000_000))
                    pass.records.attentions.append(
                        .init(
                            key: key, heaviest5: 1, heaviest10: 2, heaviest20: 3, first: 4, recent: 5, effectiveKeys: 6)
                    )
                    for usesHead in [false, true] {
                        pass.records.exits.append(
                            .init(key: key, usesExitHead: usesHead, token: 3, acceptance: 500_000, modelToken: 4))
                    }
                    guard header.shape.isSparse(layer: layer) else { continue }
                    pass.records.routes.append(key)
                    pass.records.experts += experts(layer: layer, request: request.id, token: token)
                    pass.records.gates += [700_000, 300_000]
                    pass.records.guesses.append(key)
                    pass.records.guessedExperts += [0, 1, 2, 3, 4, 5]
                }
            }
        }
        pass.expand(header.plan)
        return pass
    }

    /// A prompt and a decoding request together, then both decoding.
    static func passes(_ header: TraceHeader) -> [TraceIteration] {
        [
            iteration(
                0, header,
                [
                    .init(id: 3, phase: .prefill, newTokens: 6, context: 6, outputs: 1),
                    .init(id: 9, phase: .decode, newTokens: 1, context: 11, outputs: 1),
                ]),
            iteration(
                1, header,
                [
                    .init(id: 3, phase: .decode, newTokens: 1, context: 7, outputs: 1),
                    .init(id: 9, phase: .decode, newTokens: 1, context: 12, outputs: 1),
                ]),
        ]
    }

    static func written(_ shape: TraceModelShape) throws -> [UInt8] {
        let header = header(shape)
        let writer = TraceWriter(header: header)
        for pass in passes(header) { try writer.write(pass) }
        try writer.finish()
        return writer.bytes
    }
}
