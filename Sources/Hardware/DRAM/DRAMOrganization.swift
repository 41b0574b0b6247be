/// How one channel is divided: ranks, bank groups, banks, rows and columns.
public struct DRAMOrganization: Sendable, Equatable {
    public var ranks: Int
    /// Stack IDs of a rank, which divide its bank groups evenly (HBM3; 1 elsewhere).
    public var stacksPerRank: Int
    public var groupsPerRank: Int
    public var banksPerGroup: Int
    public var rows: Int
    /// Bytes of one row of one bank, over all devices of the rank in lock step.
    public var rowBytes: Int
    /// Bytes of one burst: what one RD or WR moves.
    public var burstBytes: Int

    public init(
        ranks: Int, stacksPerRank: Int = 1, groupsPerRank: Int, banksPerGroup: Int, rows: Int, rowBytes: Int,
        burstBytes: Int
    ) {
        self.ranks = ranks
        self.stacksPerRank = stacksPerRank
        self.groupsPerRank = groupsPerRank
        self.banksPerGroup = banksPerGroup
        self.rows = rows
        self.rowBytes = rowBytes
        self.burstBytes = burstBytes
    }

    public var banksPerRank: Int { groupsPerRank * banksPerGroup }
    public var banks: Int { ranks * banksPerRank }
    public var burstsPerRow: Int { rowBytes / burstBytes }
    public var channelBytes: Int { banks * rows * rowBytes }

    /// Number of nodes on a level of the channel's tree.
    public func nodeCount(_ level: DRAMLevel) -> Int {
        switch level {
        case .channel: 1
        case .rank: ranks
        case .stack: ranks * stacksPerRank
        case .group: ranks * groupsPerRank
        case .bank: banks
        }
    }

    /// The node that holds `bank` (numbered rank, stack ID, group, bank in group; rank slowest) on `level`.
    public func node(ofBank bank: Int, on level: DRAMLevel) -> Int {
        switch level {
        case .channel: 0
        case .rank: bank / banksPerRank
        case .stack: bank / (banksPerRank / stacksPerRank)
        case .group: bank / banksPerGroup
        case .bank: bank
        }
    }
}
