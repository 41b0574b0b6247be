import Quantities

/// How a batch is cut into sub-batches, one of which uses the NPU while another uses the PIM.
///
/// Requests stay in their channels; each sub-batch gets a part of every channel, so that all channels work for each.
public enum SubBatchSplit: String, CaseIterable, Sendable {
    /// By count: the first part of a channel's list to the first sub-batch, and so on. NeuPIMs (ASPLOS'24), algorithm 3.
    case count
    /// By estimated attention: within each channel, longest request first to the sub-batch with the least so far.
    case load

    /// The name that users give it: `half` (by count) or `balanced` (by load).
    public var partition: String { self == .count ? "half" : "balanced" }

    /// The split of that name.
    public init?(partition: String) {
        guard let split = Self.allCases.first(where: { $0.partition == partition }) else { return nil }
        self = split
    }

    /// The requests of each sub-batch, as indices into `requests`; a sub-batch may be empty.
    ///
    /// With `count`, what a channel's number of requests leaves over goes to successive sub-batches, continuing from
    /// channel to channel: with two, odd channels in turn give the larger part to the first and to the second.
    /// With `load`, equal loads go to the sub-batch with the least load over all channels, then to the first.
    /// Each sub-batch lists its requests by channel, and within a channel in the order given.
    /// - Parameter requests: each with its channel.
    public func split(_ requests: [Request], into parts: Int, estimate: AttentionEstimate) -> [[Int]] {
        precondition(parts >= 1, "a batch has at least one sub-batch")
        let channels = byChannel(requests)
        switch self {
        case .count: return splitByCount(channels, parts)
        case .load: return splitByLoad(channels, parts) { estimate.latency(length: requests[$0].length) }
        }
    }

    private func byChannel(_ requests: [Request]) -> [[Int]] {
        var lists: [Int: [Int]] = [:]
        for (index, request) in requests.enumerated() {
            guard let channel = request.channel else {
                preconditionFailure("request \(request.id) has no channel yet")
            }
            lists[channel, default: []].append(index)
        }
        return lists.keys.sorted().map { lists[$0]! }
    }

    private func splitByCount(_ channels: [[Int]], _ parts: Int) -> [[Int]] {
        var result = [[Int]](repeating: [], count: parts)
        var turn = 0
        for list in channels {
            let (share, left) = list.count.quotientAndRemainder(dividingBy: parts)
            var start = 0
            for part in 0..<parts {
                let isExtra = (part - turn + parts) % parts < left
                let end = start + share + (isExtra ? 1 : 0)
                result[part] += list[start..<end]
                start = end
            }
            turn = (turn + left) % parts
        }
        return result
    }

    private func splitByLoad(_ channels: [[Int]], _ parts: Int, _ latency: (Int) -> Cycles) -> [[Int]] {
        var result = [[Int]](repeating: [], count: parts)
        var totals = [Cycles](repeating: .zero, count: parts)
        for list in channels {
            let costs = Dictionary(uniqueKeysWithValues: list.map { ($0, latency($0)) })
            var loads = [Cycles](repeating: .zero, count: parts)
            var chosen: [Int: Int] = [:]
            let longestFirst = list.enumerated().sorted { left, right in
                (costs[right.element]!, left.offset) < (costs[left.element]!, right.offset)
            }
            for (_, index) in longestFirst {
                let part = (0..<parts).min { (loads[$0], totals[$0], $0) < (loads[$1], totals[$1], $1) }!
                loads[part] += costs[index]!
                totals[part] += costs[index]!
                chosen[index] = part
            }
            for index in list { result[chosen[index]!].append(index) }
        }
        return result
    }
}
