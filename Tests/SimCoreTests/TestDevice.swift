import Hardware

@testable import SimCore

/// A channel to test: everything that `Channel` is made from.
struct TestDevice: Sendable, CustomStringConvertible {
    var name: String
    var organization: DRAMOrganization
    var standard = DRAMStandard.hbm2Legacy
    var timing: [String: Int] = .x128
    var profile = ControllerProfile()
    var pim: PIMTiming?
    var order = ["ro", "ra", "bg", "ba", "co"]
    var refreshPhase = 0
    /// Whether PIM operands come over the data bus in random traffic.
    var writesOperands = false

    var description: String { name }
    var device: StandardDevice {
        StandardDevice(
            name: name, standard: standard, clockPicoseconds: 1000, organization: organization, timing: timing,
            source: "test")
    }
    /// Derived at each use: keep it where it is used often.
    var memory: DRAMIntervals { DRAMIntervals(device) }
    var rules: [TimingRule] { device.rules + (pim?.rules(on: device) ?? []) }

    func makeChannel() -> Channel {
        Channel(device: device, profile: profile, pim: pim, addressOrder: order, refreshPhase: refreshPhase)
    }

    /// Index of the burst at a place of the channel; the inverse of the address map.
    func burst(bank: Int, row: Int, column: Int) -> Int {
        let perRank = organization.banksPerRank
        let values = [
            "ro": row, "co": column, "ra": bank / perRank, "bg": bank % perRank / organization.banksPerGroup,
            "ba": bank % organization.banksPerGroup,
        ]
        let sizes = [
            "ro": organization.rows, "co": organization.burstsPerRow, "ra": organization.ranks,
            "bg": organization.groupsPerRank, "ba": organization.banksPerGroup,
        ]
        return order.reduce(0) { $0 * sizes[$1]! + values[$1]! }
    }
}

extension TestDevice {
    /// A shipped device under the DRAMsim3-like controller, with a row in one piece.
    init(_ device: StandardDevice, _ variant: String = "", pim: PIMTiming? = nil) {
        self.init(name: "\(device.name) \(variant)", organization: device.organization, pim: pim)
        standard = device.standard
        timing = device.timing
        order = ["ro", "ba", "bg", "ra", "co"]
        profile.splitCommandBus = true
        profile.requestsPerCycle = 2
    }
}

extension [String: Int] {
    /// HBM2 8 Gb, 128 bit wide, 1 GHz: `HBM2_8Gb_x128.ini` of DRAMsim3 1.0 (nRTP and nRTRS are its defaults).
    static let x128: Self = [
        "nBL": 2, "nCL": 14, "nCWL": 4, "nRCDRD": 14, "nRCDWR": 14, "nRP": 14, "nRAS": 34, "nCCDS": 1, "nCCDL": 2,
        "nRRDS": 4, "nRRDL": 6, "nFAW": 30, "nWTRS": 6, "nWTRL": 8, "nWR": 16, "nRTP": 5, "nRTRS": 2, "nRFC": 260,
        "nREFI": 3900,
    ]

    /// Every value different from the others it could be mistaken for.
    static let distinct: Self = [
        "nBL": 2, "nCL": 15, "nCWL": 5, "nRCDRD": 13, "nRCDWR": 11, "nRP": 12, "nRAS": 29, "nCCDS": 3, "nCCDL": 4,
        "nRRDS": 5, "nRRDL": 7, "nFAW": 37, "nWTRS": 6, "nWTRL": 9, "nWR": 17, "nRTP": 8, "nRTRS": 1, "nRFC": 211,
        "nREFI": 2600,
    ]
}

extension DRAMOrganization {
    static let neupims = DRAMOrganization(
        ranks: 2, groupsPerRank: 4, banksPerGroup: 4, rows: 32768, rowBytes: 1024, burstBytes: 64)
    static let dramsim3 = DRAMOrganization(
        ranks: 1, groupsPerRank: 4, banksPerGroup: 4, rows: 32768, rowBytes: 2048, burstBytes: 64)
    /// Eight banks of a few short rows: every conflict comes up within a few thousand cycles.
    static let small = DRAMOrganization(
        ranks: 2, groupsPerRank: 2, banksPerGroup: 2, rows: 8, rowBytes: 256, burstBytes: 64)
}

extension PIMTiming {
    /// As in the published NeuPIMs simulator.
    static func published(rowBuffers: Int) -> PIMTiming {
        PIMTiming(
            rowBuffers: rowBuffers, nGWRITE: 96, nDOT: 2, fillDotProducts: 6, close: .afterIssue, result: .afterIssue,
            activation: .spacing)
    }

    /// As the arrays would have it.
    static func physical(rowBuffers: Int) -> PIMTiming {
        PIMTiming(
            rowBuffers: rowBuffers, nGWRITE: 96, nDOT: 2, fillDotProducts: 6, close: .afterDotProducts,
            result: .afterDotProducts, activation: .sharedWindow)
    }

    /// Both row-buffer counts with every variant of close, result and activation group by group.
    static let allVariants = variants([.sharedWindow, .spacing])
    /// The same with one activation for all banks.
    static let allBankVariants = variants([.allBanks])

    private static func variants(_ sharings: [PIMActivationSharing]) -> [PIMTiming] {
        [1, 2].flatMap { buffers in
            PIMClose.allCases.flatMap { close in
                PIMResult.allCases.flatMap { result in
                    sharings.map { activation in
                        PIMTiming(
                            rowBuffers: buffers, nGWRITE: 96, nDOT: 2, fillDotProducts: 6, close: close,
                            result: result, activation: activation)
                    }
                }
            }
        }
    }

    var variant: String {
        "\(rowBuffers) row buffer(s), close \(close.rawValue), result \(result.rawValue), \(activation.rawValue)"
    }
}

extension DRAMCommand {
    /// Banks that a command with first bank `bank` acts on.
    func banks(from bank: Int, in organization: DRAMOrganization) -> Range<Int> {
        let size =
            switch scope {
            case .bank: 1
            case .group: organization.banksPerGroup
            case .stack: organization.banksPerRank / organization.stacksPerRank
            case .rank: organization.banksPerRank
            case .channel: organization.banks
            }
        let first = bank / size * size
        return first..<first + size
    }
}
