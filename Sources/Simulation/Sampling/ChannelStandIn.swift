import Hardware
import Workload

/// A channel that stands for others in a measurement.
///
/// A channel ends its attention when its own requests are done, and the step goes on when the busiest channel has ended.
/// So all channels but those with work of another kind (prompts) may be taken to do what the busiest of them does: they
/// stay alike, and one of them is simulated for all. The vector units still work for every request: those of a channel
/// that is stood for have their softmax when the logits of their stand-in's requests are there, one by one in turn.
struct ChannelStandIn: Sendable {
    let channel: Int
    /// Whether each channel is stood for.
    let isStoodFor: [Bool]

    /// The busiest channel without a prompt, for all others without one; nil where nothing is gained or where channels
    /// wait for each other's commands.
    ///
    /// - Parameters:
    ///   - loads: of decode attention in each channel.
    ///   - prompts: channels in which the caches of prompts lie.
    init?(machine: Machine, loads: [Double], prompts: Set<Int>) {
        guard let units = machine.memory.pim, units.issue == .perChannel, machine.execution.attention == .pim else {
            return nil
        }
        let others = loads.indices.filter { !prompts.contains($0) }
        guard let busiest = others.max(by: { (loads[$0], -$0) < (loads[$1], -$1) }), loads[busiest] > 0 else {
            return nil
        }
        channel = busiest
        isStoodFor = loads.indices.map { $0 != busiest && !prompts.contains($0) }
    }

    /// For each entry the position of the one that stands for it, the turn of which in its channel is the same as far as
    /// there are as many; nil for those that have attention of their own.
    func models(of entries: [StepLowering.Entry]) -> [Int?] {
        let own = entries.indices.filter { entries[$0].channel == channel }
        guard !own.isEmpty else { return entries.map { _ in nil } }
        var turn = [Int](repeating: 0, count: isStoodFor.count)
        return entries.map { entry in
            guard isStoodFor[entry.channel] else { return nil }
            defer { turn[entry.channel] += 1 }
            return own[min(turn[entry.channel], own.count - 1)]
        }
    }
}
