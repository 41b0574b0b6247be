import Workload

extension ForwardProbe {
    /// Writes what a pass recorded as trace records; rows belong to the requests in order.
    func fill(_ records: inout TraceRecords, requests: [TraceRequest]) {
        var rows: [(request: Int, token: Int)] = []
        for request in requests {
            for token in request.context - request.newTokens..<request.context { rows.append((request.id, token)) }
        }
        let modelTokens = layers.last?.exits.map(\.token) ?? []
        for (number, layer) in layers.enumerated() {
            func key(_ row: Int) -> TraceRecords.Key {
                .init(layer: number, request: rows[row].request, token: rows[row].token)
            }
            if !layer.experts.isEmpty {
                records.routes += rows.indices.map(key)
                records.experts += layer.experts
                records.gates += layer.weights.map(Self.millionths)
            }
            fillGuesses(layer, &records, rows.indices.map(key))
            for (row, cosines) in layer.cosines.enumerated() {
                records.similarities.append(
                    .init(
                        key: key(row), attention: Self.millionths(cosines.attention),
                        feedForward: Self.millionths(cosines.feedForward), block: Self.millionths(cosines.block)))
            }
            for (row, spread) in layer.attention.enumerated() {
                records.attentions.append(
                    .init(
                        key: key(row), heaviest5: Self.millionths(spread.heaviest.0),
                        heaviest10: Self.millionths(spread.heaviest.1),
                        heaviest20: Self.millionths(spread.heaviest.2), first: Self.millionths(spread.first),
                        recent: Self.millionths(spread.recent),
                        effectiveKeys: Self.millionths(spread.effectiveKeys / 1000)))
            }
            for (usesHead, exits) in [(false, layer.exits), (true, layer.headExits)] {
                for (row, exit) in exits.enumerated() {
                    records.exits.append(
                        .init(
                            key: key(row), usesExitHead: usesHead, token: exit.token,
                            acceptance: Self.millionths(exit.acceptance), modelToken: modelTokens[row]))
                }
            }
        }
    }

    private func fillGuesses(_ layer: Layer, _ records: inout TraceRecords, _ keys: [TraceRecords.Key]) {
        guard !layer.guessesFromInput.isEmpty else { return }
        for (row, key) in keys.enumerated() {
            let slots = row * guessWidth..<(row + 1) * guessWidth
            records.guesses.append(key)
            records.guessedExperts += layer.guessesFromInput[slots]
            records.guessedExperts += layer.guessesFromOutput[slots]
        }
    }

    /// Rounded; a value that is not finite (only a head's overflow can give one) counts as 0.
    private static func millionths(_ value: Float) -> Int32 {
        value.isFinite ? Int32((min(max(value, -2000), 2000) * 1_000_000).rounded()) : 0
    }
}
