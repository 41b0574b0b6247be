import Quantities

/// How requests without a channel get one.
public enum ChannelAssignment: String, CaseIterable, Sendable {
    /// Request after request to channel after channel.
    case roundRobin = "rr"
    /// Longest first, each to the channel with the least estimated attention: NeuPIMs (ASPLOS'24), algorithm 2.
    case balanced

    /// The channel of each request, in the order of `lengths`.
    ///
    /// `balanced` takes requests in decreasing length (equal lengths in their given order) and gives each to the channel
    /// whose requests have the least total latency (of equal ones the lowest), so the result depends on nothing else.
    /// - Parameter lengths: the length that each request attends over.
    /// - Parameter resident: the load that each channel has already; its count is the number of channels.
    public func channels(
        forLengths lengths: [Int], resident: [Cycles], estimate: AttentionEstimate
    ) -> [Int] {
        precondition(!resident.isEmpty, "requests need at least one channel")
        switch self {
        case .roundRobin:
            return lengths.indices.map { $0 % resident.count }
        case .balanced:
            var loads = resident
            var result = [Int](repeating: 0, count: lengths.count)
            for index in lengths.indices.sorted(by: { (-lengths[$0], $0) < (-lengths[$1], $1) }) {
                let channel = loads.indices.min { (loads[$0], $0) < (loads[$1], $1) }!
                loads[channel] += estimate.latency(length: lengths[index])
                result[index] = channel
            }
            return result
        }
    }

    /// Gives each request that has no channel one of `channels`; those that have one keep it and count as load.
    public func assign(_ requests: inout [Request], channels: Int, estimate: AttentionEstimate) {
        var resident = [Cycles](repeating: .zero, count: channels)
        for request in requests {
            guard let channel = request.channel else { continue }
            resident[channel] += estimate.latency(length: request.length)
        }
        let open = requests.indices.filter { requests[$0].channel == nil }
        let lengths = open.map { requests[$0].length }
        for (index, channel) in zip(open, self.channels(forLengths: lengths, resident: resident, estimate: estimate)) {
            requests[index].channel = channel
        }
    }
}
