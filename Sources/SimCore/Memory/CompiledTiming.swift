import Hardware

/// A channel's timing rules, compiled into flat arrays for the hot loop.
///
/// A rule applies to the tree node that the two commands share. A command that needs several banks (refresh of a rank,
/// `PIM_ACTIVATE` of a group, a dot-product of the channel) is held back by a rule on any of them, so a rule on a
/// deeper level than the later command's scope is moved up to that scope's node: its earliest time is then one number.
struct CompiledTiming: Sendable {
    struct Entry: Sendable {
        var level: Int
        var next: Int
        var distance: Int
        var perDotProduct: Int
        var minimumDotProducts: Int
        var sibling: Bool
        var firstOnly: Bool
    }

    /// A rule that adds a fixed distance on a node that both commands share: all but a few.
    struct PlainEntry: Sendable {
        var level: UInt8
        var next: UInt8
        var distance: Int32
    }

    // Literals, because anything else is looked up under a lock at each use; `init` checks them.
    static let commandCount = 21
    static let levelCount = 5

    let organization: DRAMOrganization
    /// Plain entries of command `c` are `plain[plainStart[c]..<plainStart[c + 1]]`; of two for the same node and next
    /// command only the longer one is kept.
    let plain: [PlainEntry]
    let plainStart: [Int]
    /// Entries that add a fixed distance on the sibling nodes of the one that both commands share, likewise.
    let siblings: [PlainEntry]
    let siblingStart: [Int]
    /// Other entries of command `c` are `entries[entryStart[c]..<entryStart[c + 1]]`.
    let entries: [Entry]
    let entryStart: [Int]
    /// First node of each level in the node numbering; the last element is the number of nodes.
    let nodeStart: [Int]
    /// Nodes of each level that have the same parent; they lie side by side.
    let siblingCount: [Int]
    /// `ancestors[bank * levelCount + level]`: the bank's node on that level, in the node numbering.
    let ancestors: [Int]
    /// The first node with the same parent as that one.
    let firstSiblings: [Int]
    /// Levels that can hold back a command: bit `level` of `holdingLevels[c]`.
    let holdingLevels: [UInt8]
    /// Four-activate window, 0 where the standard has none.
    let activationWindow: Int
    static let activationsPerWindow = 4

    /// - Parameter commands: those that will be asked for; rules that hold back others are left out.
    init(
        organization: DRAMOrganization, rules: [TimingRule], commands: [DRAMCommand] = DRAMCommand.allCases
    ) {
        precondition(Self.commandCount == DRAMCommand.allCases.count && Self.levelCount == DRAMLevel.allCases.count)
        self.organization = organization
        var perCommand = [[Entry]](repeating: [], count: Self.commandCount)
        var holding = [UInt8](repeating: 0, count: Self.commandCount)
        var window = 0
        for rule in rules {
            guard rule.window == 1 else {
                precondition(
                    rule.window == Self.activationsPerWindow && rule.level == .rank && rule.next == rule.previous
                        && (rule.next == [.act] || rule.next == [.act1]),
                    "only the four-activate window of a rank is known, got '\(rule.name)'")
                window = rule.distance
                continue
            }
            for previous in rule.previous {
                for next in rule.next where commands.contains(next) {
                    let level = rule.sibling ? rule.level : min(rule.level, next.scope)
                    precondition(
                        rule.level <= previous.scope,
                        "rule '\(rule.name)' is on a deeper level than \(previous.mnemonic) acts on")
                    perCommand[Int(previous.rawValue)].append(
                        Entry(
                            level: level.rawValue, next: Int(next.rawValue), distance: rule.distance,
                            perDotProduct: rule.perDotProduct, minimumDotProducts: rule.minimumDotProducts,
                            sibling: rule.sibling, firstOnly: rule.firstOnly))
                    holding[Int(next.rawValue)] |= 1 << UInt8(level.rawValue)
                }
            }
        }
        let isFixed = { (entry: Entry) in entry.perDotProduct == 0 && !entry.firstOnly }
        let fixed = perCommand.map { Self.longest($0.filter { isFixed($0) && !$0.sibling }) }
        let fixedSiblings = perCommand.map { Self.longest($0.filter { isFixed($0) && $0.sibling }) }
        let others = perCommand.map { $0.filter { !isFixed($0) } }
        plain = fixed.flatMap { $0 }
        plainStart = fixed.reduce(into: [0]) { $0.append($0.last! + $1.count) }
        siblings = fixedSiblings.flatMap { $0 }
        siblingStart = fixedSiblings.reduce(into: [0]) { $0.append($0.last! + $1.count) }
        entries = others.flatMap { $0 }
        entryStart = others.reduce(into: [0]) { $0.append($0.last! + $1.count) }
        var nodes = [0]
        for level in DRAMLevel.allCases { nodes.append(nodes.last! + organization.nodeCount(level)) }
        nodeStart = nodes
        let siblingCount = DRAMLevel.allCases.map { level in
            let count = organization.nodeCount(level)
            let parents = level.rawValue == 0 ? 1 : nodes[level.rawValue] - nodes[level.rawValue - 1]
            return count / parents
        }
        self.siblingCount = siblingCount
        var table: [Int] = []
        for bank in 0..<organization.banks {
            for level in DRAMLevel.allCases {
                table.append(nodes[level.rawValue] + organization.node(ofBank: bank, on: level))
            }
        }
        ancestors = table
        firstSiblings = table.indices.map { index in
            let level = index % Self.levelCount
            let perParent = siblingCount[level]
            return nodes[level] + (table[index] - nodes[level]) / perParent * perParent
        }
        holdingLevels = holding
        activationWindow = window
    }

    /// Of the entries for the same node and next command those with the longest distance.
    private static func longest(_ list: [Entry]) -> [PlainEntry] {
        var kept: [Entry] = []
        for entry in list {
            if let index = kept.firstIndex(where: { $0.level == entry.level && $0.next == entry.next }) {
                kept[index].distance = max(kept[index].distance, entry.distance)
            } else {
                kept.append(entry)
            }
        }
        return kept.map { PlainEntry(level: UInt8($0.level), next: UInt8($0.next), distance: Int32($0.distance)) }
    }

    var nodeCount: Int { nodeStart[Self.levelCount] }
}
