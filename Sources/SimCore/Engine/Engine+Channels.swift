/// Sending work to channels, and keeping channels that do the same in step.
extension Engine {
    /// Sends a transfer to its channels; returns in how many parts it will be answered.
    mutating func send(
        _ transfer: Program.Transfer, isWrite: Bool, to receiver: Receiver, isPrefetch: Bool = false
    ) -> Int {
        let arrival = clocks.memoryTick(ofNPU: now + npu.requestLatency)
        if let channel = transfer.channel {
            isolate(channel)
            channels[channel].enqueue(
                base: transfer.base, count: transfer.bursts, isWrite: isWrite, transfer: receiver.code,
                arrival: arrival, isPrefetch: isPrefetch)
            return 1
        }
        joinGroups()
        divideGroups(for: transfer)
        divideMixedGroups(for: transfer, isWrite: isWrite)
        var parts = 0
        for leader in leaders {
            let part = interleave.part(base: transfer.base, count: transfer.bursts, in: leader)
            guard part.count > 0 else { continue }
            channels[leader].enqueue(
                base: part.base, count: part.count, isWrite: isWrite, transfer: receiver.code, arrival: arrival,
                isPrefetch: isPrefetch)
            parts += 1
        }
        return parts
    }

    /// Makes `channel` a group of its own.
    public mutating func isolate(_ channel: Int) {
        let index = groups.group(of: channel)
        let members = groups.members[index]
        guard members.count > 1 else { return }
        divide(index, into: [[channel], members.filter { $0 != channel }])
    }

    /// Parts the channels of a group that get different pieces of a transfer.
    private mutating func divideGroups(for transfer: Program.Transfer) {
        guard leaders.count < channels.count else { return }
        for index in groups.members.indices.reversed() where groups.members[index].count > 1 {
            var pieces: [(part: (base: Int, count: Int), members: [Int])] = []
            for channel in groups.members[index] {
                let part = interleave.part(base: transfer.base, count: transfer.bursts, in: channel)
                // Channels that get nothing are alike whatever the base.
                let same = pieces.firstIndex { $0.part == part || ($0.part.count == 0 && part.count == 0) }
                if let same {
                    pieces[same].members.append(channel)
                } else {
                    pieces.append((part, [channel]))
                }
            }
            if pieces.count > 1 { divide(index, into: pieces.map(\.members)) }
        }
    }

    mutating func divide(_ index: Int, into parts: [[Int]]) {
        let leader = groups.members[index][0]
        for part in parts where part[0] != leader {
            for member in part { bringUp(member, to: leader) }
            for member in part.dropFirst() { beginFollowing(member, part[0]) }
            // What the common channel has under way is now answered once more.
            for receiver in channels[leader].receiversUnderWay { expectOneMore(receiver) }
        }
        groups.divide(index, into: parts)
        leaders = groups.leaders
    }

    private mutating func expectOneMore(_ code: Int32) {
        let receiver = Receiver(code: code)
        let nodes = runs[receiver.run]!.program.nodes.count
        if receiver.index >= nodes {
            runs[receiver.run]!.partsLeft[receiver.index - nodes] += 1
        } else {
            runs[receiver.run]!.answersLeft[receiver.index] += 1
        }
    }

    /// Gives every channel of a group the state that it shares with the first one.
    mutating func spreadStates() {
        for members in groups.members {
            for member in members.dropFirst() {
                bringUp(member, to: members[0])
                beginFollowing(member, members[0])
            }
        }
    }
}
