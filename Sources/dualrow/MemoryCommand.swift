import ArgumentParser
import Foundation
import Hardware
import Reporting
import SimCore
import Simulation
import Workload
import YAMLTree

/// `dualrow memory`: one channel of a DRAM device under a trace.
struct MemoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memory",
        abstract: "Replay a trace of reads and writes on one channel of a DRAM device.",
        discussion: """
            A line of a trace is 'earliest_tick op byte_address', op R or W, numbers decimal or with 0x; lines that begin \
            with # are comments. A file whose name ends in .gz is unpacked on the way.
            """)

    @Option(
        help: ArgumentHelp(
            "DRAM device: \(StandardDevice.all.map(\.name).joined(separator: ", ")); or a file that describes one.",
            valueName: "name|file.yaml"))
    var device: String

    @Option(help: ArgumentHelp("Trace file.", valueName: "file"))
    var trace: String

    @Option(help: ArgumentHelp("Form of its lines: dualrow, ramulator-ls or dramsim3.", valueName: "name"))
    var format = "dualrow"

    @Option(help: ArgumentHelp("Controller: ramulator, dramsim3 or dualrow.", valueName: "name"))
    var profile: String?

    @Option(
        help: ArgumentHelp(
            "none, all-bank, all-bank-staggered or per-bank.",
            valueName: "policy"))
    var refresh: String?

    @Option(
        help: ArgumentHelp("frfcfs or frfcfs-row-hit; the latter with dramsim3.", valueName: "policy")
    )
    var scheduler: String?

    @Option(help: ArgumentHelp("open or closed-1; open with dramsim3.", valueName: "policy"))
    var rowPolicy = "open"

    @Option(
        help: ArgumentHelp(
            """
            robaracoch, chrabaroco, mop4clxor; the fields from the top, ro ra bg ba ch co in any order, written together; or \
            a list of bits, such as bits:ro15-2,ba,ro1-0,bg,ra,co.
            """, valueName: "name"))
    var mapping: String?

    @Option(
        help: ArgumentHelp(
            "What events cost, or none; by default the device's first table, where there is one for it.",
            valueName: "name"))
    var energyTable: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Account for the data bus's time: what each transfer waited for. Costs up to a third of the speed.")
    var busTime = true

    @Flag(inversion: .prefixedNo, help: "Advance row streaks in closed form; the commands are the same.")
    var closedForms = true

    @Option(help: ArgumentHelp("CSV file for the report: a header and one row.", valueName: "file"))
    var out: String?

    @Option(help: ArgumentHelp("Write every command with its tick to this CSV.", valueName: "file"))
    var commands: String?

    func run() throws {
        try Failure.guarding {
            try OutputCheck.file(out)
            try OutputCheck.file(commands, option: "--commands")
            let device = try standardDevice()
            let settings = settings(of: device)
            let table = try energyTable(among: EnergyTable.names(for: device))
            if settings.profile == "dramsim3" {
                let profile = try dramsim3Profile(device, settings)
                let (mapping, bits) = try mapping(settings.mapping, device)
                try report(device, settings) {
                    MemoryReplay(device, profile, mapping: mapping, bits: bits, energyTable: table, commands: $0)
                }
            } else {
                let controller = try replayController(device, settings)
                try report(device, settings) {
                    StandardReplay(
                        device, controller, energyTable: table, accountsForBuses: busTime, closedForms: closedForms,
                        commands: $0)
                }
            }
        }
    }

    /// The shipped device of that name, or the one that a file describes.
    private func standardDevice() throws -> StandardDevice {
        if let known = StandardDevice.named(device) { return known }
        if [".yaml", ".yml"].contains(where: { device.hasSuffix($0) }) { return try StandardDevice.load(path: device) }
        let names = StandardDevice.all.map(\.name)
        throw Failure.usage(
            "there is no device '\(device)'; there are \(names.joined(separator: ", ")), and files that end in .yaml",
            at: "--device", suggestion: nearestName(to: device, in: names))
    }

    /// The table asked for, or the first one.
    private func energyTable(among names: [String]) throws -> String? {
        guard let energyTable else { return names.first }
        guard try choice(energyTable, names + ["none"], at: "--energy-table") != "none" else { return nil }
        return energyTable
    }

    private typealias CommandHandler = ([LoggedCommand]) throws -> Void

    /// Replays the trace and writes what was asked for.
    private func report<Replay: AccessReplay & ~Copyable>(
        _ device: StandardDevice, _ settings: MemoryReport.Settings, _ makeReplay: (CommandHandler?) -> Replay
    ) throws {
        let organization = device.organization
        let form = try choice(format, MemoryTraceFormat.allCases.map(\.rawValue), at: "--format")
        let reader = try MemoryTraceReader(
            path: trace, format: MemoryTraceFormat(rawValue: form)!, addresses: organization.channelBytes)
        let log = try commands.map { try StagedFile(path: $0) }
        do {
            try log?.append(CommandLog.header)
            let handler = log.map { log -> CommandHandler in
                { try log.append(CommandLog.rows($0, of: organization)) }
            }
            let report = MemoryReport(try replay(reader, makeReplay(handler)), settings: settings)
            if let out { try ReportFolder.write(report.csv, to: out) }
            try log?.commit()
            print(report.text, terminator: "")
        } catch {
            log?.abandon()
            throw error
        }
    }

    private func replay<Replay: AccessReplay & ~Copyable>(_ reader: MemoryTraceReader, _ start: consuming Replay) throws
        -> MemoryReplayResult
    {
        var replay = start
        let line = ProgressLine("memory")
        defer { line.clear() }
        var piece: [MemoryAccess] = []
        while true {
            piece.removeAll(keepingCapacity: true)
            try reader.read(4096, into: &piece)
            guard !piece.isEmpty else { break }
            try replay.take(piece)
            line.update("\(Figure.count(replay.requests)) requests")
        }
        guard replay.requests > 0 else {
            throw DiagnosticList(Diagnostic("the trace has no requests", at: Mark(file: trace)))
        }
        return try replay.finish()
    }

    /// The settings of Ramulator's controller, or of DualRow's.
    private func replayController(_ device: StandardDevice, _ settings: MemoryReport.Settings) throws
        -> ReplayController
    {
        _ = try choice(settings.profile, Self.profiles, at: "--profile")
        var controller = settings.profile == "dualrow" ? ReplayController.dualrow : ReplayController()
        controller.scheduler = try choice(
            settings.scheduler, ReplayController.Scheduler.allCases, at: "--scheduler")
        controller.rowPolicy = try choice(rowPolicy, ReplayController.RowPolicy.allCases, at: "--row-policy")
        let refreshes = ReplayController.Refresh.allCases.filter { $0 != .perBank || device.standard.has(.refpb) }
        controller.refresh = try choice(settings.refresh, refreshes, at: "--refresh")
        (controller.mapping, controller.addressBits) = try mapping(settings.mapping, device)
        return controller
    }

    private func dramsim3Profile(_ device: StandardDevice, _ settings: MemoryReport.Settings) throws
        -> ControllerProfile
    {
        _ = try choice(settings.scheduler, ["frfcfs-row-hit"], at: "--scheduler")
        _ = try choice(rowPolicy, ["open"], at: "--row-policy")
        var profile = ControllerProfile.dramsim3
        let refreshes = RefreshPolicy.allCases.filter { $0 != .perBank || device.standard.has(.refpb) }
        profile.refresh = try choice(settings.refresh, refreshes, at: "--refresh")
        return profile
    }

    /// A named mapping, or one spelled out by its fields or bits.
    private func mapping(_ text: String, _ device: StandardDevice) throws -> (ReplayController.Mapping, AddressBits?) {
        if let named = ReplayController.Mapping(rawValue: text) {
            guard named != .mop4CLXOR || device.organization.burstsPerRow >= 4 else {
                throw Failure.usage("mop4clxor needs four bursts in a row", at: "--mapping")
            }
            return (named, nil)
        }
        do throws(AddressBits.Mistake) {
            return (.roBaRaCoCh, try AddressBits(parsing: text, for: device.organization))
        } catch {
            let names = ReplayController.Mapping.allCases.map(\.rawValue)
            let isSpelled = text.count == 12 || text.hasPrefix("bits:")
            throw Failure.usage(
                isSpelled
                    ? error.message
                    : "there is no mapping '\(text)'; there are \(names.joined(separator: ", ")), field strings such as "
                        + "robabgracoch, and lists such as bits:ro,ba1-0,bg,ra,co",
                at: "--mapping", suggestion: nearestName(to: text, in: names))
        }
    }

    static let profiles = ["ramulator", "dramsim3", "dualrow"]

    private func choice<Value: RawRepresentable<String>>(_ value: String, _ known: [Value], at option: String) throws
        -> Value
    {
        Value(rawValue: try choice(value, known.map(\.rawValue), at: option))!
    }

    /// One of the values that this version has.
    private func choice(_ value: String, _ known: [String], at option: String) throws -> String {
        guard !known.contains(value) else { return value }
        throw Failure.usage(
            "'\(value)' is not available in this version; there is \(known.joined(separator: ", "))", at: option,
            suggestion: nearestName(to: value, in: known))
    }

    /// What was chosen, with the defaults of the profile.
    private func settings(of device: StandardDevice) -> MemoryReport.Settings {
        let isOfDRAMsim3 = [StandardDevice.hbm2x128, .lpddr4Rate2400].contains { $0.name == device.name }
        let profile = profile ?? (isOfDRAMsim3 ? "dramsim3" : "ramulator")
        let defaults: (refresh: String, scheduler: String, mapping: String)
        switch profile {
        case "dramsim3": defaults = ("all-bank-staggered", "frfcfs-row-hit", "robabgracoch")
        case "dualrow":
            let own = ReplayController.dualrow
            defaults = (own.refresh.rawValue, own.scheduler.rawValue, own.mapping.rawValue)
        default: defaults = ("all-bank", "frfcfs", "robaracoch")
        }
        return MemoryReport.Settings(
            device: device.name, trace: URL(fileURLWithPath: trace).lastPathComponent, profile: profile,
            refresh: refresh ?? defaults.refresh, scheduler: scheduler ?? defaults.scheduler, rowPolicy: rowPolicy,
            mapping: mapping?.lowercased() ?? defaults.mapping)
    }
}
