/// How a channel's controller queues, orders and refreshes. Depths count requests; times are cycles of the channel.
///
/// The controller is the FR-FCFS controller of DRAMsim3 1.0 (`src/command_queue.cc`, `src/controller.cc`): a read queue
/// and a write buffer feed one command queue per bank; the command queues are served round robin, in each the oldest
/// command that can start wins, and a row is closed for the oldest command of its bank when no queued command hits the
/// row or `rowHitLimit` were served.
public struct ControllerProfile: Sendable, Equatable {
    public var readQueueDepth: Int
    public var writeBufferDepth: Int
    /// Depth of each bank's command queue.
    public var commandQueueDepth: Int
    /// Column commands after which a waiting conflict may close the row although hits wait.
    public var rowHitLimit: Int
    /// Writes above which the buffer drains when all command queues are empty.
    public var idleDrainThreshold: Int
    /// Requests that the port may hand over in one cycle.
    public var requestsPerCycle: Int
    /// Reads that may be under way in a channel, in its read queue and command queues together.
    public var outstandingReads: Int
    /// Uses the separate row and column command buses of devices that have them (HBM): one command of each kind may
    /// start in a cycle.
    public var splitCommandBus: Bool
    public var refresh: RefreshPolicy
    public var rowPolicy: RowPolicy
    public var pim: PIMController

    /// More requests than any queues hold.
    public static let unlimited = 1_000_000

    public init(
        readQueueDepth: Int = 32, writeBufferDepth: Int = 32, commandQueueDepth: Int = 8, rowHitLimit: Int = 4,
        idleDrainThreshold: Int = 8, requestsPerCycle: Int = 1,
        outstandingReads: Int = ControllerProfile.unlimited, splitCommandBus: Bool = false,
        refresh: RefreshPolicy = .allBankStaggered, rowPolicy: RowPolicy = .open, pim: PIMController = PIMController()
    ) {
        self.readQueueDepth = readQueueDepth
        self.writeBufferDepth = writeBufferDepth
        self.commandQueueDepth = commandQueueDepth
        self.rowHitLimit = rowHitLimit
        self.idleDrainThreshold = idleDrainThreshold
        self.requestsPerCycle = requestsPerCycle
        self.outstandingReads = outstandingReads
        self.splitCommandBus = splitCommandBus
        self.refresh = refresh
        self.rowPolicy = rowPolicy
        self.pim = pim
    }
}

/// When the rows of a channel are refreshed.
public enum RefreshPolicy: String, Sendable, CaseIterable {
    case none
    /// All banks of all ranks, due together every nREFI.
    case allBank = "all-bank"
    /// All banks of a rank at once; the ranks take turns, evenly spaced over nREFI.
    case allBankStaggered = "all-bank-staggered"
    /// One bank after another, every nREFIpb; where the standard pairs them, the same bank of all ranks together (HBM3).
    case perBank = "per-bank"
}

/// When the controller closes a row by itself.
public enum RowPolicy: String, Sendable, CaseIterable {
    /// When a waiting request needs another row of the bank.
    case open
    /// As soon as no request in the bank's command queue hits it.
    case closed
}

/// How the controller queues and places PIM commands.
public struct PIMController: Sendable, Equatable {
    /// Depth of the queue of PIM requests, and of the in-order queue of PIM commands behind it.
    public var requestQueueDepth: Int
    public var commandQueueDepth: Int
    /// How it is judged whether an announced operation still fits before the next refresh.
    public var refreshFit: RefreshFit
    /// PIM requests come through a port of their own, instead of behind the NPU's reads and writes.
    public var separatePort: Bool
    /// A PIM command waits for buffered writes to the rows that it uses.
    public var waitsForWrites: Bool

    public init(
        requestQueueDepth: Int = 32, commandQueueDepth: Int = 128, refreshFit: RefreshFit = .exact,
        separatePort: Bool = true, waitsForWrites: Bool = true
    ) {
        self.requestQueueDepth = requestQueueDepth
        self.commandQueueDepth = commandQueueDepth
        self.refreshFit = refreshFit
        self.separatePort = separatePort
        self.waitsForWrites = waitsForWrites
    }
}

/// The latency that a PIM operation is expected to take when it is placed before a refresh.
public enum RefreshFit: String, Sendable, CaseIterable {
    /// What the operation takes when no other command is in its way.
    case exact
    /// The formula of the published NeuPIMs simulator (`ChannelState::EstimatePIMOperationLatency`).
    case published
}
