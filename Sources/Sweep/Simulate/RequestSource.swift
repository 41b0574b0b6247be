import Foundation
import Workload
import YAMLTree

/// Where a point's requests come from.
enum RequestSource: Sendable {
    /// A file, in any of the forms of `RequestFile`.
    case file(Field<String>)
    case drawn(Drawing)

    /// Requests with lengths drawn from published statistics, as `dualrow requests` draws them.
    struct Drawing: Sendable {
        var statistics: LengthStatistics
        var count: Int
        var seed: Int
        var limit: Int
        /// Whole requests, with prompt and answer, rather than ones in the middle of decoding.
        var areWhole: Bool
        /// Mean arrivals per second of whole requests; nil: all are there from the start.
        var rate: Double?

        /// - Parameter reader: `{lengths: sharegpt, count: 64, seed: 1}`, and `limit`, `pairs` and `rate` where they differ
        ///   from 2048 tokens, false and none.
        init(_ reader: Reader) {
            statistics = reader.key("lengths").choice(LengthStatistics.self).value
            count = reader.key("count").int(in: 1...10_000_000).value
            seed = reader.key("seed").int(in: 0 ... .max).value
            limit = reader.ifPresent("limit")?.int(in: 2...RequestFile.largestLength).value ?? 2048
            let pairs = reader.ifPresent("pairs")?.bool()
            areWhole = pairs?.value ?? false
            let arrivals = reader.ifPresent("rate")?.double(in: 1e-3...1e9)
            rate = arrivals?.value
            if let arrivals, !areWhole {
                reader.report("'rate' goes with 'pairs: true': a snapshot has no arrivals", at: arrivals.mark)
            }
        }

        var requests: [Request] {
            var generator = RequestGenerator(statistics: statistics, seed: UInt64(seed), lengthLimit: limit)
            guard areWhole else { return generator.snapshot(count: count) }
            return generator.requests(
                count: count, meanInterarrival: rate.map { .nanoseconds(Int64((1e9 / $0).rounded())) })
        }

        var name: String {
            "\(statistics.rawValue)-\(count)-seed\(seed)" + (limit == 2048 ? "" : "-limit\(limit)")
                + (areWhole ? "-pairs" : "") + (rate.map { "-rate\($0)" } ?? "")
        }
    }

    /// Name of the requests in reports.
    var name: String {
        switch self {
        case .file(let path): URL(fileURLWithPath: path.value).deletingPathExtension().lastPathComponent
        case .drawn(let drawing): drawing.name
        }
    }
}
