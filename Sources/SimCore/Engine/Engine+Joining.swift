/// Groups of channels whose states have become the same again.
extension Engine {
    /// What is known of a channel that another one stands for.
    struct Following: Sendable {
        /// Where the other one stood when that began; the channel itself has stayed as it was then.
        var start: Channel.Standing
        /// Its buffered writes are others than those of the channel that stands for it.
        var keepsWrites: Bool
    }

    /// Memory cycles between two searches for groups that can be joined.
    private static let joinInterval = 256

    /// Joins the groups at rest that are alike.
    ///
    /// Asked for before new work is sent to all channels. What channels did until then may differ, as long as nothing of
    /// it is left but buffered writes.
    mutating func joinGroups() {
        // What stands for others is not what it stands for.
        guard groups.isOn, standIn == nil, leaders.count > 1, reached >= nextJoin else { return }
        nextJoin = reached + Self.joinInterval
        var position = 0
        var resting: [Int] = []
        while position < leaders.count {
            let leader = leaders[position]
            position += 1
            guard channels[leader].isAtRest else { continue }
            guard let other = resting.first(where: { channels[$0].isAlike(channels[leader], from: reached) }) else {
                resting.append(leader)
                continue
            }
            join(leader, with: other)
            position -= 1
        }
    }

    /// Joins the group of one leader with that of another.
    private mutating func join(_ leader: Int, with other: Int) {
        let index = leaders.firstIndex(of: leader)!
        for member in groups.members[index].dropFirst() { bringUp(member, to: leader) }
        for member in groups.members[index] { beginFollowing(member, other) }
        groups.join(index, with: leaders.firstIndex(of: other)!)
        leaders = groups.leaders
    }

    /// Gives a channel the state that the one which stands for it has come to.
    mutating func bringUp(_ member: Int, to leader: Int) {
        guard let following = followings[member] else { preconditionFailure("a follower has a beginning") }
        channels[member].follow(channels[leader], since: following.start, keepsWrites: following.keepsWrites)
        followings[member] = nil
    }

    /// From now on `leader`, whose state is the same, stands for a channel.
    mutating func beginFollowing(_ member: Int, _ leader: Int) {
        followings[member] = Following(
            start: channels[leader].standing,
            keepsWrites: channels[member].bufferedBursts != channels[leader].bufferedBursts)
    }

    /// Parts the channels of a group that have buffered different writes, if a transfer adds to them or reads them.
    mutating func divideMixedGroups(for transfer: Program.Transfer, isWrite: Bool) {
        guard leaders.count < channels.count else { return }
        for index in groups.members.indices.reversed() {
            let members = groups.members[index]
            guard members.contains(where: { followings[$0]?.keepsWrites == true }) else { continue }
            let part = interleave.part(base: transfer.base, count: transfer.bursts, in: members[0])
            let range = part.base..<part.base + part.count
            guard part.count > 0, isWrite || members.contains(where: { channels[$0].hasBuffered(range) }) else {
                continue
            }
            var parts: [(bursts: [Int], members: [Int])] = []
            for member in members {
                let keeps = member == members[0] || followings[member]!.keepsWrites
                let bursts = channels[keeps ? member : members[0]].bufferedBursts
                if let same = parts.firstIndex(where: { $0.bursts == bursts }) {
                    parts[same].members.append(member)
                } else {
                    parts.append((bursts, [member]))
                }
            }
            divide(index, into: parts.map(\.members))
        }
    }
}
