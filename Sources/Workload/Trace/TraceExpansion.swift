/// Expands a model shape without weights to the operator trace of requests that are given by their lengths.
///
/// A dense shape gives the very operators that a run with weights gives. The experts of a sparse shape are drawn: every
/// token takes `topK` different experts, all equally likely and independent of each other, with equal gates; that is
/// nobody's router, and the header says `expanded`.
public struct TraceExpansion: Sendable {
    public var shape: TraceModelShape
    public var formats: TraceFormats
    /// Of the experts that are drawn.
    public var seed: UInt64
    public var notes: [String: String]

    public init(shape: TraceModelShape, formats: TraceFormats, seed: UInt64 = 0, notes: [String: String] = [:]) {
        self.shape = shape
        self.formats = formats
        self.seed = seed
        self.notes = notes
    }

    public var header: TraceHeader {
        TraceHeader(shape: shape, formats: formats, source: "expanded", seed: seed, notes: notes)
    }

    /// Calls `body` with every pass of `schedule`.
    public func run<Failure: Error>(
        _ schedule: TraceSchedule, body: (TraceIteration) throws(Failure) -> Void
    ) throws(Failure) {
        var schedule = schedule
        let plan = header.plan
        var number = 0
        while let requests = schedule.next() {
            try body(pass(number, requests, plan))
            number += 1
        }
    }

    /// Writes a whole trace.
    public func write(_ schedule: TraceSchedule, to path: String) throws(TraceFileError) {
        let writer = try TraceWriter(path: path, header: header)
        try run(schedule) { (pass) throws(TraceFileError) in try writer.write(pass) }
        try writer.finish()
    }

    /// One pass over given requests, such as a snapshot of decoding.
    public func pass(_ number: Int, _ requests: [TraceRequest], _ plan: TraceOperatorPlan) -> TraceIteration {
        var pass = TraceIteration(number: number, requests: requests)
        for layer in 0..<shape.layers where shape.isSparse(layer: layer) {
            for request in requests {
                for token in request.context - request.newTokens..<request.context {
                    let key = TraceRecords.Key(layer: layer, request: request.id, token: token)
                    pass.records.routes.append(key)
                    appendExperts(key, to: &pass.records.experts)
                    for _ in 0..<shape.topK { pass.records.gates.append(Int32(1_000_000 / shape.topK)) }
                }
            }
        }
        pass.expand(plan)
        return pass
    }

    /// Robert Floyd's sample of k from n without repetition, from SplitMix64 seeded by the token's place, so that a
    /// token's experts do not depend on its batch.
    private func appendExperts(_ key: TraceRecords.Key, to experts: inout [Int32]) {
        var state = seed
        for part in [key.layer, key.request, key.token] { state = Self.mix(state &+ UInt64(UInt32(bitPattern: part))) }
        let start = experts.count
        for limit in shape.experts - shape.topK..<shape.experts {
            state = Self.mix(state)
            let draw = Int32(state.multipliedFullWidth(by: UInt64(limit + 1)).high)
            experts.append(experts[start...].contains(draw) ? Int32(limit) : draw)
        }
    }

    /// SplitMix64's step and finaliser (Steele et al., OOPSLA 2014).
    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
