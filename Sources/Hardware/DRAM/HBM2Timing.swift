/// Timing values of an HBM2 channel in cycles of its clock, under JEDEC's names (JESD235).
public struct HBM2Timing: Sendable, Equatable {
    /// Cycles of the data bus one burst takes (BL4 on a double-data-rate bus: 2).
    public var nBL: Int
    public var nCL: Int
    public var nCWL: Int
    public var nRCDRD: Int
    public var nRCDWR: Int
    public var nRP: Int
    public var nRAS: Int
    public var nCCDS: Int
    public var nCCDL: Int
    public var nRRDS: Int
    public var nRRDL: Int
    public var nFAW: Int
    public var nWTRS: Int
    public var nWTRL: Int
    public var nWR: Int
    public var nRTP: Int
    /// Bubble on the data bus when it changes between ranks or from reading to writing.
    public var nRTRS: Int
    public var nRFC: Int
    /// Mean interval between two refreshes of the same rank.
    public var nREFI: Int

    public init(
        nBL: Int, nCL: Int, nCWL: Int, nRCDRD: Int, nRCDWR: Int, nRP: Int, nRAS: Int, nCCDS: Int, nCCDL: Int,
        nRRDS: Int, nRRDL: Int, nFAW: Int, nWTRS: Int, nWTRL: Int, nWR: Int, nRTP: Int, nRTRS: Int, nRFC: Int,
        nREFI: Int
    ) {
        self.nBL = nBL
        self.nCL = nCL
        self.nCWL = nCWL
        self.nRCDRD = nRCDRD
        self.nRCDWR = nRCDWR
        self.nRP = nRP
        self.nRAS = nRAS
        self.nCCDS = nCCDS
        self.nCCDL = nCCDL
        self.nRRDS = nRRDS
        self.nRRDL = nRRDL
        self.nFAW = nFAW
        self.nWTRS = nWTRS
        self.nWTRL = nWTRL
        self.nWR = nWR
        self.nRTP = nRTP
        self.nRTRS = nRTRS
        self.nRFC = nRFC
        self.nREFI = nREFI
    }

    public var nRC: Int { nRAS + nRP }
    /// From RD to the end of its data on the bus.
    public var readDelay: Int { nCL + nBL }
    /// From WR to the end of its data on the bus.
    public var writeDelay: Int { nCWL + nBL }
    public var readToRead: Int { max(nBL, nCCDS) }
    public var readToReadSameGroup: Int { max(nBL, nCCDL) }
    public var readToReadOtherRank: Int { nBL + nRTRS }
    public var readToWrite: Int { nCL + nBL - nCWL + nRTRS }
    public var readToWriteOtherRank: Int { readDelay + nBL + nRTRS - writeDelay }
    public var writeToRead: Int { writeDelay + nWTRS }
    public var writeToReadSameGroup: Int { writeDelay + nWTRL }
    public var writeToReadOtherRank: Int { max(0, writeDelay + nBL + nRTRS - readDelay) }
    public var writeToWriteOtherRank: Int { nBL }
    public var writeToPrecharge: Int { nCWL + nBL + nWR }

    /// The rules of the memory commands. Source: JESD235A; derived intervals as in DRAMsim3 1.0 (`src/timing.cc`).
    public var memoryRules: [TimingRule] {
        [
            TimingRule("nRC", .bank, [.act], [.act], nRC),
            TimingRule("nRCDRD", .bank, [.act], [.rd], nRCDRD),
            TimingRule("nRCDWR", .bank, [.act], [.wr], nRCDWR),
            TimingRule("nRAS", .bank, [.act], [.pre], nRAS),
            TimingRule("nRP", .bank, [.pre], [.act, .refab], nRP),
            TimingRule("nRTP", .bank, [.rd], [.pre], nRTP),
            TimingRule("nCWL+nBL+nWR", .bank, [.wr], [.pre], writeToPrecharge),
            TimingRule("nCCDL", .group, [.rd], [.rd], readToReadSameGroup),
            TimingRule("nCCDL", .group, [.wr], [.wr], readToReadSameGroup),
            TimingRule("nCCDS", .rank, [.rd], [.rd], readToRead),
            TimingRule("nCCDS", .rank, [.wr], [.wr], readToRead),
            TimingRule("nBL+nRTRS", .rank, [.rd], [.rd], readToReadOtherRank, sibling: true),
            TimingRule("nBL", .rank, [.wr], [.wr], writeToWriteOtherRank, sibling: true),
            TimingRule("nCL+nBL-nCWL+nRTRS", .rank, [.rd], [.wr], readToWrite),
            TimingRule("read to write, other rank", .rank, [.rd], [.wr], readToWriteOtherRank, sibling: true),
            TimingRule("nCWL+nBL+nWTRL", .group, [.wr], [.rd], writeToReadSameGroup),
            TimingRule("nCWL+nBL+nWTRS", .rank, [.wr], [.rd], writeToRead),
            TimingRule("write to read, other rank", .rank, [.wr], [.rd], writeToReadOtherRank, sibling: true),
            TimingRule("nRRDL", .group, [.act], [.act], nRRDL),
            TimingRule("nRRDS", .rank, [.act], [.act], nRRDS),
            TimingRule("nFAW", .rank, [.act], [.act], nFAW, window: 4),
            TimingRule("nRFC", .rank, [.refab], [.act, .refab], nRFC),
        ]
    }
}
