import Hardware

/// Timing rules kept the plain way: for every rule and node, until when it holds; all rules asked on every question.
struct RuleLedger {
    let organization: DRAMOrganization
    let rules: [TimingRule]
    let activationWindow: Int
    /// `holds[rule][node]`: first cycle in which the rule no longer holds back its `next` commands on that node.
    private var holds: [[Int]]
    private let rulesBefore: [[Int]]
    private let rulesAfter: [[Int]]
    /// Cycles of the activations of each rank; a `PIM_ACTIVATE` appears once per bank when the window is shared.
    private var activations: [[Int]]
    private var isFirstDotProduct = true

    init(organization: DRAMOrganization, rules: [TimingRule]) {
        self.organization = organization
        self.rules = rules.filter { $0.window == 1 }
        activationWindow = rules.first { $0.window == 4 }?.distance ?? 0
        holds = self.rules.map { [Int](repeating: 0, count: organization.nodeCount($0.level)) }
        let kept = self.rules
        rulesBefore = DRAMCommand.allCases.map { command in kept.indices.filter { kept[$0].next.contains(command) } }
        rulesAfter = DRAMCommand.allCases.map { command in kept.indices.filter { kept[$0].previous.contains(command) } }
        activations = [[Int]](repeating: [], count: organization.ranks)
    }

    /// First cycle in which the rules allow the command; the activation window is asked for apart.
    func earliest(_ command: DRAMCommand, bank: Int) -> Int {
        var cycle = 0
        let banks = command.banks(from: bank, in: organization)
        for rule in rulesBefore[Int(command.rawValue)] {
            let level = rules[rule].level
            let first = organization.node(ofBank: banks.lowerBound, on: level)
            let last = organization.node(ofBank: banks.upperBound - 1, on: level)
            for node in first...last { cycle = max(cycle, holds[rule][node]) }
        }
        return cycle
    }

    /// First cycle in which the rank's window of four takes `count` more activations.
    func activationRoom(rank: Int, for count: Int) -> Int {
        let times = activations[rank]
        let position = times.count - 5 + count
        return position < 0 ? 0 : times[position] + activationWindow
    }

    mutating func note(_ command: DRAMCommand, bank: Int, at cycle: Int, dotProducts: Int = 0) {
        let banks = command.banks(from: bank, in: organization)
        for index in rulesAfter[Int(command.rawValue)] {
            let rule = rules[index]
            if rule.firstOnly && !isFirstDotProduct { continue }
            let end = cycle + rule.distance + rule.perDotProduct * max(dotProducts, rule.minimumDotProducts)
            let touched = Set(banks.map { organization.node(ofBank: $0, on: rule.level) })
            for node in holds[index].indices where touched.contains(node) != rule.sibling {
                // Siblings share a parent: a stack ID of another pseudo-channel is none.
                guard !rule.sibling || parent(node, rule.level) == parent(touched.first!, rule.level) else { continue }
                holds[index][node] = max(holds[index][node], end)
            }
        }
        if command == .pimDotProduct { isFirstDotProduct = false }
        if command == .pimRdResult { isFirstDotProduct = true }
    }

    private func parent(_ node: Int, _ level: DRAMLevel) -> Int {
        let bank = node * (organization.banks / organization.nodeCount(level))
        return organization.node(ofBank: bank, on: DRAMLevel(rawValue: max(0, level.rawValue - 1))!)
    }

    mutating func noteActivations(_ count: Int, rank: Int, at cycle: Int) {
        activations[rank] += [Int](repeating: cycle, count: count)
        if activations[rank].count > 64 { activations[rank].removeFirst(32) }
    }
}
