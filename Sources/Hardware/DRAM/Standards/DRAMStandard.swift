/// A DRAM standard as a table: its constraints in the standard's own timing names, and how its commands use the bus.
///
/// A standard holds no numbers: those come with a `StandardDevice`. The engine walks the rules that `rules` makes of
/// the table and knows no standard by name.
public struct DRAMStandard: Sendable {
    public var name: String
    /// Ticks of the model in one clock: 2 where commands may start on both edges.
    public var ticksPerClock: Int
    public var buses: CommandBuses
    /// Ticks for which a command takes its command bus, where that is more than one.
    public var commandTicks: [DRAMCommand: Int]
    /// Whether the nodes of the rank level are pseudo-channels, each with a data bus of its own.
    public var hasPseudoChannels: Bool
    /// ACT1 and ACT2 instead of ACT, and a write clock that CAS starts again when it has run out (LPDDR5).
    public var splitsActivation: Bool
    /// Bank refreshes go to the same bank of all pseudo-channels together, stack ID by stack ID (HBM3).
    public var pairsBankRefresh: Bool
    public var constraints: [Constraint]

    /// One row of the table. `distance` is a sum of timing names and numbers, such as `nCL + nBL + 2 - nCWL`.
    public struct Constraint: Sendable, Equatable {
        public var level: DRAMLevel
        public var previous: [DRAMCommand]
        public var next: [DRAMCommand]
        public var distance: String
        public var window: Int
        public var sibling: Bool

        public init(
            _ level: DRAMLevel, _ previous: [DRAMCommand], _ next: [DRAMCommand], _ distance: String, window: Int = 1,
            sibling: Bool = false
        ) {
            self.level = level
            self.previous = previous
            self.next = next
            self.distance = distance
            self.window = window
            self.sibling = sibling
        }
    }

    public init(
        name: String, ticksPerClock: Int = 1, buses: CommandBuses = .shared, commandTicks: [DRAMCommand: Int] = [:],
        hasPseudoChannels: Bool = false, splitsActivation: Bool = false, pairsBankRefresh: Bool = false,
        constraints: [Constraint]
    ) {
        self.name = name
        self.ticksPerClock = ticksPerClock
        self.buses = buses
        self.commandTicks = commandTicks
        self.hasPseudoChannels = hasPseudoChannels
        self.splitsActivation = splitsActivation
        self.pairsBankRefresh = pairsBankRefresh
        self.constraints = constraints
    }

    /// The command that starts the opening of a row.
    public var activation: DRAMCommand { splitsActivation ? .act1 : .act }

    /// Whether the table names a command.
    public func has(_ command: DRAMCommand) -> Bool { constraints.contains { $0.previous.contains(command) } }
}

/// What may start in one tick.
public enum CommandBuses: Sendable, Equatable {
    /// One command.
    case shared
    /// One column command and one row command (HBM2).
    case rowAndColumn
    /// As `rowAndColumn`, but in odd ticks only (rising clock edges); precharges may start in even ticks too (HBM3).
    case rowAndColumnOnEdges
}

extension DRAMStandard {
    /// The table with the numbers of a device, in ticks.
    ///
    /// A standard counts from the end of one command to the end of the next. A rule counts from start to start, so that
    /// a first command of more than one tick adds, and a second one takes away, its ticks but one. A command that takes
    /// its bus for several ticks also keeps the other commands of that bus away.
    public func rules(with timing: [String: Int]) -> [TimingRule] {
        var rules = busRules
        for constraint in constraints {
            let clocks = Self.sum(constraint.distance, timing)
            for previous in constraint.previous {
                for next in constraint.next {
                    let distance = clocks * ticksPerClock + ticks(previous) - ticks(next)
                    rules.append(
                        TimingRule(
                            constraint.distance, constraint.level, [previous], [next], distance,
                            window: constraint.window, sibling: constraint.sibling))
                }
            }
        }
        return rules
    }

    private func ticks(_ command: DRAMCommand) -> Int { commandTicks[command] ?? 1 }

    /// The name of the rules by which a command of several ticks keeps others off its bus.
    public static let busRuleName = "command bus"

    private var busRules: [TimingRule] {
        let commands = Set(constraints.flatMap { $0.previous + $0.next }).sorted { $0.rawValue < $1.rawValue }
        return commands.filter { ticks($0) > 1 }.flatMap { long in
            commands.filter { buses == .shared || $0.isColumn == long.isColumn }.map {
                TimingRule(Self.busRuleName, .channel, [long], [$0], ticks(long))
            }
        }
    }

    /// The value of a sum of names and numbers.
    static func sum(_ text: String, _ timing: [String: Int]) -> Int {
        var total = 0
        var sign = 1
        for term in text.split(separator: " ") {
            switch term {
            case "+": sign = 1
            case "-": sign = -1
            default:
                guard let value = Int(term) ?? timing[String(term)] else {
                    preconditionFailure("the timing '\(term)' has no value")
                }
                total += sign * value
            }
        }
        return total
    }
}
