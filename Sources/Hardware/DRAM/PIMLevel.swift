/// Where the units of a channel sit that multiply matrix rows with an operand.
///
/// One dot-product command feeds every unit of the channel once: with a column of its bank, or of one of its banks, which
/// take turns. What a slice of the matrix row costs in all banks is therefore `banksPerUnit` commands, and the bits cross
/// everything between the cells and the unit.
public enum PIMLevel: String, Sendable, CaseIterable, Comparable {
    /// A unit at each bank (Newton, NeuPIMs, AttAcc's bank level): all banks read at once.
    case bank
    /// A unit for each bank group: one bank of every group at a time.
    case bankGroup = "bank-group"
    /// A unit for each data bus, on the buffer die of a stack or beside the device: one column at a time comes down the
    /// channel's own column path, in turn from the bank groups.
    case buffer

    /// The nearer to the cells, the less.
    public static func < (left: PIMLevel, right: PIMLevel) -> Bool {
        allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
    }

    /// Units of one channel.
    public func units(in device: StandardDevice) -> Int {
        switch self {
        case .bank: device.organization.banks
        case .bankGroup: device.organization.ranks * device.organization.groupsPerRank
        case .buffer: device.dataBuses
        }
    }

    /// Banks that share a unit: dot-product commands for one slice of a row in all banks.
    public func banksPerUnit(in device: StandardDevice) -> Int { device.organization.banks / units(in: device) }

    /// The least ticks from one dot-product command to the next that the column paths allow.
    public func columnSpacing(of device: StandardDevice) -> Int {
        let intervals = DRAMIntervals(device)
        return self == .buffer ? intervals.readToRead : intervals.readToReadSameGroup
    }
}
