import Hardware

/// What a tick of a data bus was spent on: the transfer of data, or what the next transfer waited for.
public enum BusTime: Int, CaseIterable, Sendable {
    /// A burst is on the bus.
    case transfer
    /// A refresh was due and went before other traffic, or the bank was in it (tRFC, tRFCpb).
    case refresh
    /// The rank had activated too often of late (tRRD, tFAW).
    case activationLimit
    /// The bank was not open at the row: tRP, tRC, tRCD, and before them tRAS, tRTP, tWR of the row that was open.
    case bankConflict
    /// The bus changed between reading and writing, or between ranks (tWTR, RD to WR, tCS).
    case turnaround
    /// Bursts in one direction were further apart than a burst is long (tCCD).
    case columnSpacing
    /// The command could have started, and the command bus served another one or had no edge for it.
    case commandSlot
    /// No request for this bus was in the buffers.
    case noRequest

    /// Name in reports.
    public var name: String {
        switch self {
        case .transfer: "transfer"
        case .refresh: "refresh"
        case .activationLimit: "activation limit"
        case .bankConflict: "bank conflict"
        case .turnaround: "read/write turnaround"
        case .columnSpacing: "column spacing"
        case .commandSlot: "command slot"
        case .noRequest: "no request"
        }
    }

    /// What a timing rule stands for when it holds back a column command or an activation.
    init(_ rule: TimingRule) {
        let (previous, next) = (rule.previous[0], rule.next[0])
        if rule.name == DRAMStandard.busRuleName || previous == .casRd || previous == .casWr {
            self = .commandSlot
        } else if previous == .refab || previous == .refpb {
            self = .refresh
        } else if previous.isColumn, next.isColumn {
            let turns = previous.isRead != next.isRead || rule.sibling && rule.level == .rank
            self = turns ? .turnaround : .columnSpacing
        } else if previous == next, rule.level < .bank {
            self = .activationLimit
        } else {
            self = .bankConflict
        }
    }
}

extension DRAMCommand {
    fileprivate var isRead: Bool { self == .rd || self == .rda }
}

/// Ticks of all data buses of a channel by what they were spent on; they sum to the ticks of the replay for each bus.
public struct BusTimes: Sendable, Equatable {
    private var ticks = [Int](repeating: 0, count: BusTime.allCases.count)

    public subscript(time: BusTime) -> Int {
        get { ticks[time.rawValue] }
        set { ticks[time.rawValue] = newValue }
    }

    public var total: Int { ticks.reduce(0, +) }
}
