/// Channels that are in the same state and have the same work: only the first of each group is advanced.
///
/// All channels of a machine start alike, and work that is spread evenly keeps them alike, so that one channel stands
/// for many, exactly. A group is divided as soon as its channels get different work; the parted channels take over the
/// state they had in common. Groups whose states have become the same again are joined. Switched off, every channel is a
/// group of its own and the results are the same.
struct LockstepGroups: Sendable {
    /// Members of each group, in order; the first one is advanced. The groups are in the order of their first ones.
    private(set) var members: [[Int]]
    /// Whether groups are joined again.
    let isOn: Bool

    init(channels: Int, isOn: Bool) {
        members = isOn ? [Array(0..<channels)] : (0..<channels).map { [$0] }
        self.isOn = isOn
    }

    /// The channel that is advanced for each group.
    var leaders: [Int] { members.map { $0[0] } }

    /// Divides group `index` into parts, each of which keeps the order.
    mutating func divide(_ index: Int, into parts: [[Int]]) {
        members.replaceSubrange(index...index, with: parts)
        members.sort { $0[0] < $1[0] }
    }

    /// Joins the group `other` with `index`, which comes before it.
    mutating func join(_ other: Int, with index: Int) {
        members[index] = (members[index] + members[other]).sorted()
        members.remove(at: other)
    }

    /// The channel that is advanced for `channel`.
    func leader(of channel: Int) -> Int { members[group(of: channel)][0] }

    /// The group that `channel` belongs to.
    func group(of channel: Int) -> Int {
        members.firstIndex { $0.contains(channel) }!
    }
}
