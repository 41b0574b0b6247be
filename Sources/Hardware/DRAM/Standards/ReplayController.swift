/// How the controller of Ramulator 2.1 (c5b1c3a, MIT) is set: buffers, scheduler, row policy, refresh, address mapping.
///
/// Reads and writes wait in buffers of their own. A request whose row was opened for it is served before all others;
/// then maintenance, in order; then, of the reads or the writes, the oldest one whose next command may start.
public struct ReplayController: Sendable, Equatable {
    public var readBufferDepth = 32
    public var writeBufferDepth = 32
    /// Writes are served from above `drainStart` of the write buffer until below `drainStop` of it.
    public var drainStart = 0.8
    public var drainStop = 0.2
    public var scheduler = Scheduler.frfcfs
    public var rowPolicy = RowPolicy.open
    public var refresh = Refresh.allBank
    public var mapping = Mapping.roBaRaCoCh
    /// Takes the place of `mapping`, if given.
    public var addressBits: AddressBits?

    public init(
        scheduler: Scheduler = .frfcfs, rowPolicy: RowPolicy = .open, refresh: Refresh = .allBank,
        mapping: Mapping = .roBaRaCoCh, addressBits: AddressBits? = nil
    ) {
        self.addressBits = addressBits
        self.scheduler = scheduler
        self.rowPolicy = rowPolicy
        self.refresh = refresh
        self.mapping = mapping
    }

    /// The controller that DualRow recommends: twice the buffers, so that more banks are in sight; no row closed under an
    /// older hit; the ranks' refreshes spaced, so that one works while another is refreshed; bank bits xor-ed with the
    /// column, so that strides spread over the banks.
    public static let dualrow: ReplayController = {
        var controller = ReplayController(
            scheduler: .frfcfsRowHit, refresh: .allBankStaggered, mapping: .mop4CLXOR)
        controller.readBufferDepth = 64
        controller.writeBufferDepth = 64
        return controller
    }()

    public enum Scheduler: String, Sendable, CaseIterable {
        /// The oldest request whose next command may start, be it a column command, an activation or a precharge.
        case frfcfs
        /// The same, but no precharge of a bank on which an older request hits the open row.
        case frfcfsRowHit = "frfcfs-row-hit"
    }

    public enum RowPolicy: String, Sendable, CaseIterable {
        case open
        /// A row closes after one column command: the next one precharges, or else a precharge follows by itself.
        case closedAfterOne = "closed-1"
    }

    public enum Refresh: String, Sendable, CaseIterable {
        case none
        /// All ranks or pseudo-channels fall due together, every nREFI.
        case allBank = "all-bank"
        /// The ranks or pseudo-channels take turns, evenly spaced over nREFI.
        case allBankStaggered = "all-bank-staggered"
        /// One bank after another, every nREFIpb.
        case perBank = "per-bank"
    }

    /// Where the fields of an address lie, from the most to the least significant.
    public enum Mapping: String, Sendable, CaseIterable {
        /// Row, bank, bank group, stack ID, rank or pseudo-channel, column.
        case roBaRaCoCh = "robaracoch"
        /// Rank or pseudo-channel, stack ID, bank group, bank, row, column.
        case chRaBaRoCo = "chrabaroco"
        /// Row, column, bank, bank group, stack ID, rank, two bits of the column; all but the column xor-ed with it.
        case mop4CLXOR = "mop4clxor"
    }
}
