import Quantities

/// The DRAM of a machine: equal channels, each with its controller and perhaps PIM units.
public struct MemorySystem: Sendable {
    /// What a channel is made of: the standard's table, organisation, timing and clock.
    public let device: StandardDevice
    /// The device's intervals, in ticks.
    public let timing: DRAMIntervals
    public var channels: Int
    public var controller: ControllerProfile
    /// Address fields from the most to the least significant, out of `ro ra bg ba ch co`.
    public var addressOrder: [String]
    public var pim: PIMUnits?

    public init(
        device: StandardDevice, channels: Int, controller: ControllerProfile, addressOrder: [String], pim: PIMUnits?
    ) {
        self.device = device
        timing = DRAMIntervals(device)
        self.channels = channels
        self.controller = controller
        self.addressOrder = addressOrder
        self.pim = pim
    }

    public var organization: DRAMOrganization { device.organization }

    /// Length of one tick of the channels, in which all their cycles are counted: a clock, or half of one (HBM3).
    public var tick: ClockPeriod { device.tick }

    /// PIM units of one channel, and how many banks take turns at each.
    public var pimUnitsPerChannel: Int { pim.map { $0.timing.level.units(in: device) } ?? 0 }
    public var banksPerPIMUnit: Int { pim.map { $0.timing.level.banksPerUnit(in: device) } ?? 1 }

    public var capacityBytes: Int { channels * organization.channelBytes }

    /// Bytes per tick at which a channel's data buses move bursts back to back.
    public var busBytesPerTick: Double { Double(device.dataBuses * organization.burstBytes) / Double(timing.nBL) }

    /// Peak bandwidth of all channels in bytes per second.
    public var peakBytesPerSecond: Double { Double(channels) * busBytesPerTick * tick.approximateHertz }
}

/// The PIM units of a channel: at its banks, at its bank groups or at its data buses (`PIMLevel`).
public struct PIMUnits: Sendable, Equatable {
    public var timing: PIMTiming
    /// fp16 multipliers of each unit; one dot-product command feeds each of them once.
    public var multipliersPerBank: Int
    /// Bytes of the channel's global operand buffer, a multiple of the row: how many operands wait side by side.
    public var operandBufferBytes: Int
    /// Whether one command stands for all dot-products of a result (`PIM_GEMV`).
    public var compositeCommands: Bool
    /// How fast the NPU hands PIM commands to the channels.
    public var issue: PIMIssue
    /// Where the operand of a `PIM_GWRITE` lies.
    public var operandSource: PIMOperandSource
    /// How a new token's value vector reaches its transposed place.
    public var valueAppend: ValueAppend

    public init(
        timing: PIMTiming, multipliersPerBank: Int, operandBufferBytes: Int, compositeCommands: Bool, issue: PIMIssue,
        operandSource: PIMOperandSource, valueAppend: ValueAppend
    ) {
        self.timing = timing
        self.multipliersPerBank = multipliersPerBank
        self.operandBufferBytes = operandBufferBytes
        self.compositeCommands = compositeCommands
        self.issue = issue
        self.operandSource = operandSource
        self.valueAppend = valueAppend
    }
}

/// How fast the NPU hands PIM commands to the channels.
public enum PIMIssue: String, Sendable, CaseIterable {
    /// Each channel gets its commands as fast as its port takes them.
    case perChannel = "per-channel"
    /// One command per NPU cycle for all channels together, those of the first channel first (published `npu+pim`
    /// baseline).
    case oneForAllChannels = "one-for-all-channels"
}

/// Where an operand lies before it comes into the operand buffer.
public enum PIMOperandSource: String, Sendable, CaseIterable {
    /// In operand rows of the request's channel, written there by the NPU before.
    case operandRows = "operand-rows"
    /// Always row 0 of bank 0, whatever was written (published simulator).
    case rowZero = "row-zero"
    /// In no row: the NPU writes it over the data bus into the operand buffer (`PIM_WRITE`; AttAcc).
    case dataBus = "data-bus"
}

/// How a new token's value vector, one element in each of many rows, is stored.
public enum ValueAppend: String, Sendable, CaseIterable {
    /// Kept on chip until a whole burst of tokens can be written to each row.
    case staged
    /// Each element is written at once, a burst for each.
    case direct
    /// Neither keys nor values of the new token are written (published simulator).
    case none
}
