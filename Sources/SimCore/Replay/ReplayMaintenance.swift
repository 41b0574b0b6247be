import Hardware

/// Commands that the controller itself asks for, in order: refreshes, and precharges of the row policy.
struct MaintenanceQueue: Sendable {
    struct Item: Sendable {
        var command: DRAMCommand
        /// The bank, or the first one of the rank.
        var bank: Int
    }

    private var items: [Item] = []
    private var head = 0
    /// Refreshes among them.
    private(set) var refreshes = 0

    var isEmpty: Bool { head == items.count }
    var first: Item { items[head] }

    mutating func append(_ command: DRAMCommand, bank: Int) {
        items.append(Item(command: command, bank: bank))
        if command != .pre { refreshes += 1 }
    }

    mutating func removeFirst() {
        if items[head].command != .pre { refreshes -= 1 }
        head += 1
        if head == items.count {
            items.removeAll(keepingCapacity: true)
            head = 0
        }
    }
}

/// When which rank or bank falls due for refresh.
struct RefreshClock: Sendable {
    let command: DRAMCommand
    /// Tick of the next refresh.
    private(set) var due: Int
    private let interval: Int
    /// Banks that fall due one after another, and in each turn the offset of those that follow in the next ticks.
    private let order: [Int]
    private let followers: [Int]
    private let together: Bool
    private var position = 0
    private var follower = 0
    private var turn = 0

    init(_ device: StandardDevice, _ policy: ReplayController.Refresh) {
        let organization = device.organization
        let ranks = (0..<organization.ranks).map { $0 * organization.banksPerRank }
        command = policy == .perBank ? .refpb : .refab
        switch policy {
        case .none:
            (interval, order, followers, together) = (0, [], [], false)
        case .allBank:
            (interval, order, followers, together) = (device.ticks("nREFI"), [0], ranks, true)
        case .allBankStaggered:
            (interval, order, followers, together) = (device.ticks("nREFI") / ranks.count, ranks, [0], true)
        case .perBank:
            let pairs = device.standard.pairsBankRefresh
            interval = device.ticks("nREFIpb")
            order = Array(0..<(pairs ? organization.banksPerRank : organization.banks))
            followers = pairs ? ranks : [0]
            together = false
        }
        turn = interval
        due = policy == .none ? ReplayChannel.idle : interval
    }

    /// Adds what falls due at `tick` to the queue: what belongs together at once, or one more in each tick.
    mutating func note(at tick: Int, in queue: inout MaintenanceQueue) {
        guard tick == due else { return }
        repeat {
            queue.append(command, bank: order[position] + followers[follower])
            follower += 1
        } while together && follower < followers.count
        if follower < followers.count {
            due = tick + 1
        } else {
            follower = 0
            position = (position + 1) % order.count
            turn += interval
            due = turn
        }
    }
}

extension ReplayChannel {
    mutating func noteDueRefresh() {
        if now == refresh.due { refresh.note(at: now, in: &maintenance) }
    }

    /// Asks for a precharge of each bank whose row has served its column command, once the bank can take it.
    mutating func askForPrecharges() {
        var banks = cappedBanks & ~askedBanks
        while banks != 0 {
            let bank = banks.trailingZeroBitCount
            banks &= banks - 1
            let tick = timing.earliest(.pre, bank: bank)
            if tick <= now {
                maintenance.append(.pre, bank: bank)
                askedBanks |= 1 << UInt64(bank)
            } else {
                wake = min(wake, tick)
            }
        }
    }

    /// The command with which maintenance goes on, if it can start now.
    mutating func chooseMaintenance() -> Choice? {
        let item = maintenance.first
        let rank = rankBanks[bankRank[item.bank]]
        var command = item.command
        switch command {
        case .refab: if openBanks & rank != 0 { command = .prea }
        case .refpb: if openRow[item.bank] != Self.closed { command = .pre }
        default: break
        }
        let target: UInt64 = item.command == .refab ? rank : 1 << UInt64(item.bank)
        if command == .pre || command == .prea, activeBanks & target != 0 { return nil }
        if let bank = split.bank, target & 1 << UInt64(bank) != 0 { return nil }
        let tick = onEdge(command, timing.earliest(command, bank: item.bank), bank: item.bank)
        guard tick <= now else {
            wake = min(wake, tick)
            return nil
        }
        return Choice(command: command, bank: item.bank, slot: ReplayQueue.none, source: .maintenance, arrival: 0)
    }
}
