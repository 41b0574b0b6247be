/// What a controller and PIM units must know of a device's timing, in ticks, read off the rules of its table.
///
/// Every interval counts from the start of the first command to the start of the second and is the longest of the rules
/// that tie the two together at the given nearness. Commands of several ticks are in it, so that on such a standard
/// (HBM2 and HBM3, DDR5) a value differs from the printed one by their lengths.
public struct DRAMIntervals: Sendable, Equatable {
    /// Ticks of the data bus that a burst takes.
    public let nBL: Int
    /// From a read's or a write's start to its data.
    public let nCL: Int
    public let nCWL: Int
    /// From ACT to a column command of the bank, to its precharge and to its next ACT.
    public let nRCDRD: Int
    public let nRCDWR: Int
    public let nRAS: Int
    public let nRC: Int
    public let nRP: Int
    /// Between two precharges of a rank, where the standard has a limit.
    public let nPPD: Int
    /// From RD and from WR to the bank's precharge.
    public let nRTP: Int
    public let writeToPrecharge: Int
    /// From ACT to the ACT of another bank of the rank and of the bank group; four of them in `nFAW` (0: no limit).
    public let nRRDS: Int
    public let nRRDL: Int
    public let nFAW: Int
    /// Column spacing as printed, of different bank groups and of one.
    public let nCCDS: Int
    public let nCCDL: Int
    public let readToRead: Int
    public let readToReadSameGroup: Int
    public let readToWrite: Int
    public let writeToRead: Int
    public let writeToReadSameGroup: Int
    /// Between ranks; where each rank has a data bus of its own (pseudo-channels), the spacing within a rank.
    public let readToReadOtherRank: Int
    public let readToWriteOtherRank: Int
    /// From an all-bank refresh to the next ACT, and the mean interval between two refreshes of a rank.
    public let nRFC: Int
    public let nREFI: Int
    /// The same for the refresh of one bank; 0 where the standard has none.
    public let nRFCpb: Int
    public let nREFIpb: Int

    /// From RD to the end of its data on the bus.
    public var readDelay: Int { nCL + nBL }

    public init(_ device: StandardDevice) {
        let rules = device.rules
        let act = device.standard.activation
        func longest(_ previous: DRAMCommand, _ next: DRAMCommand, _ level: DRAMLevel, sibling: Bool = false) -> Int? {
            rules.filter {
                $0.window == 1 && $0.previous.contains(previous) && $0.next.contains(next)
                    && ($0.sibling ? sibling && $0.level == level : $0.level <= (sibling ? .channel : level))
            }.map(\.distance).max()
        }
        func apart(_ previous: DRAMCommand, _ next: DRAMCommand, _ level: DRAMLevel) -> Int {
            max(0, longest(previous, next, level) ?? 0)
        }
        func otherRank(_ previous: DRAMCommand, _ next: DRAMCommand) -> Int {
            let sharesBus = !device.standard.hasPseudoChannels
            guard sharesBus, let found = longest(previous, next, .rank, sibling: true) else {
                return apart(previous, next, .rank)
            }
            return max(0, found)
        }
        nBL = device.ticks(device.burst)
        nCL = device.ticks("nCL")
        nCWL = device.ticks("nCWL")
        nRCDRD = apart(act, .rd, .bank)
        nRCDWR = apart(act, .wr, .bank)
        nRAS = apart(act, .pre, .bank)
        nRC = apart(act, act, .bank)
        nRP = apart(.pre, act, .bank)
        nPPD = apart(.pre, .pre, .rank)
        nRTP = apart(.rd, .pre, .bank)
        writeToPrecharge = apart(.wr, .pre, .bank)
        nRRDS = apart(act, act, .rank)
        nRRDL = apart(act, act, .group)
        nFAW = rules.first { $0.window > 1 && $0.next.contains(act) }?.distance ?? 0
        nCCDS = device.ticks("nCCDS")
        nCCDL = device.ticks("nCCDL")
        readToRead = apart(.rd, .rd, .stack)
        readToReadSameGroup = apart(.rd, .rd, .group)
        readToWrite = apart(.rd, .wr, .stack)
        writeToRead = apart(.wr, .rd, .stack)
        writeToReadSameGroup = apart(.wr, .rd, .group)
        readToReadOtherRank = otherRank(.rd, .rd)
        readToWriteOtherRank = otherRank(.rd, .wr)
        nRFC = apart(.refab, act, .rank)
        nREFI = device.ticks("nREFI")
        nRFCpb = device.standard.has(.refpb) ? apart(.refpb, act, .bank) : 0
        nREFIpb = device.standard.has(.refpb) ? device.ticks("nREFIpb") : 0
    }
}
