import Foundation
import Workload

/// Operators per second that the trace's writer and reader handle, counting operators that stand in the file (identical
/// layers stand there once).
struct TraceSpeed {
    func print() throws {
        var shape = TraceModelShape(
            name: "speed", layers: 32, width: 4096, heads: 32, keyValueHeads: 8, headWidth: 128,
            feedForwardWidth: 14336, isGated: true, vocabulary: 128_256)
        // Another window in every layer: no two are alike, so every operator is written.
        shape.windows = (1...32).map { 64 * $0 }
        let header = TraceHeader(
            shape: shape, formats: .init(weights: .f16, activations: .f16, cache: .f16), source: "expanded")
        let passes = (0..<8).map { number in
            var pass = TraceIteration(
                number: number,
                requests: (0..<16).map {
                    TraceRequest(id: $0, phase: .decode, newTokens: 1, context: 500 + 37 * $0 + number, outputs: 1)
                })
            pass.expand(header.plan)
            return pass
        }
        for path in ["/tmp/speed-\(getpid()).trace", "/tmp/speed-\(getpid()).trace.gz"] {
            defer { unlink(path) }
            var start = seconds()
            let writer = try TraceWriter(path: path, header: header)
            for _ in 0..<600 { for pass in passes { try writer.write(pass) } }
            try writer.finish()
            let writing = seconds() - start
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
            start = seconds()
            let reader = try TraceReader(path: path)
            var iteration = TraceIteration(number: 0, requests: [])
            while try reader.next(into: &iteration) {}
            let reading = seconds() - start
            let millions = Double(writer.operatorCount) * 1e-6
            Swift.print(
                path.hasSuffix("gz") ? "gzip:" : "plain:", "\(millions) M operators, \(size >> 20) MiB,",
                "written at \(rate(millions / writing)), read at \(rate(millions / reading))",
                "with at most \(peak()) MiB resident")
        }
    }

    private func rate(_ value: Double) -> String { "\((value * 100).rounded() / 100) M/s" }

    private func peak() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss >> 10
    }
}
