/// Channels that are in the same state and have had the same work: only the first of each group is advanced.
///
/// All channels of a machine start alike, and work that is spread evenly keeps them alike, so that one channel stands
/// for many, exactly. A group is divided as soon as its channels get different work; the parted channels take over the
/// state they had in common. Switched off, every channel is a group of its own and the results are the same.
struct LockstepGroups: Sendable {
    /// Members of each group, in order; the first one is advanced. The groups are in the order of their first ones.
    private(set) var members: [[Int]]

    init(channels: Int, isOn: Bool) {
        members = isOn ? [Array(0..<channels)] : (0..<channels).map { [$0] }
    }

    /// The channel that is advanced for each group.
    var leaders: [Int] { members.map { $0[0] } }

    /// Divides group `index` into parts, each of which keeps the order.
    mutating func divide(_ index: Int, into parts: [[Int]]) {
        members.replaceSubrange(index...index, with: parts)
        members.sort { $0[0] < $1[0] }
    }

    /// The group that `channel` belongs to.
    func group(of channel: Int) -> Int {
        members.firstIndex { $0.contains(channel) }!
    }
}
