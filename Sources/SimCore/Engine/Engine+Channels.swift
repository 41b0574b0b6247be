/// Sending work to channels, and keeping channels that do the same in step.
extension Engine {
    /// Sends a transfer to its channels; returns in how many parts it will be answered.
    mutating func send(
        _ transfer: Program.Transfer, isWrite: Bool, to receiver: Receiver, isPrefetch: Bool = false
    ) -> Int {
        let arrival = clocks.memoryTick(ofNPU: now + npu.requestLatency)
        if let channel = transfer.channel {
            isolate(channel)
            channels[groups.leader(of: channel)].enqueue(
                base: transfer.base, count: transfer.bursts, isWrite: isWrite, transfer: receiver.code,
                arrival: arrival, isPrefetch: isPrefetch)
            return 1
        }
        joinGroups()
        divideGroups(for: transfer)
        divideMixedGroups(for: transfer, isWrite: isWrite)
        var parts = 0
        for leader in leaders {
            let part = part(of: transfer, leader)
            guard part.count > 0 else { continue }
            channels[leader].enqueue(
                base: part.base, count: part.count, isWrite: isWrite, transfer: receiver.code, arrival: arrival,
                isPrefetch: isPrefetch)
            parts += 1
        }
        return parts
    }

    /// The part of a transfer that a leader's channels get: of those that one stands for, the largest.
    private func part(of transfer: Program.Transfer, _ leader: Int) -> (base: Int, count: Int) {
        guard let standIn, groups.leader(of: standIn) == leader else {
            return interleave.part(base: transfer.base, count: transfer.bursts, in: leader)
        }
        let parts = groups.members[groups.group(of: standIn)].map {
            interleave.part(base: transfer.base, count: transfer.bursts, in: $0)
        }
        return parts.max { $0.count < $1.count }!
    }

    /// Makes `channel` a group of its own, unless it stands for others.
    public mutating func isolate(_ channel: Int) {
        guard channel != standIn else { return }
        let index = groups.group(of: channel)
        let members = groups.members[index]
        guard members.count > 1 else { return }
        divide(index, into: [[channel], members.filter { $0 != channel }])
    }

    /// Parts the channels of a group that get different pieces of a transfer.
    private mutating func divideGroups(for transfer: Program.Transfer) {
        guard leaders.count < channels.count else { return }
        let kept = standIn.map { groups.group(of: $0) }
        for index in groups.members.indices.reversed() where groups.members[index].count > 1 && index != kept {
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
