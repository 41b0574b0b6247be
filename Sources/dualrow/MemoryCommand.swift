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
            "DRAM device: hbm2-x128, \(StandardDevice.all.map(\.name).joined(separator: ", ")).", valueName: "name"))
    var device: String

    @Option(help: ArgumentHelp("Trace file.", valueName: "file"))
    var trace: String

    @Option(help: ArgumentHelp("Form of its lines: dualrow, ramulator-ls or dramsim3.", valueName: "name"))
    var format = "dualrow"

    @Option(help: ArgumentHelp("Controller: dramsim3 for hbm2-x128, ramulator for the others.", valueName: "name"))
    var profile: String?

    @Option(
        help: ArgumentHelp(
            "none, all-bank (the default), all-bank-staggered or per-bank; none or all-bank-staggered with dramsim3.",
            valueName: "policy"))
    var refresh: String?

    @Option(
        help: ArgumentHelp("frfcfs (the default) or frfcfs-row-hit; frfcfs-row-hit with dramsim3.", valueName: "policy")
    )
    var scheduler: String?

    @Option(help: ArgumentHelp("open or closed-1; open with dramsim3.", valueName: "policy"))
    var rowPolicy = "open"

    @Option(
        help: ArgumentHelp(
            """
            robaracoch (the default), chrabaroco or mop4clxor; with dramsim3 the address fields from the top, ro ra bg ba \
            ch co in any order, written together.
            """, valueName: "name"))
    var mapping: String?

    @Option(
        help: ArgumentHelp(
            "What events cost, or none; by default the device's first table, where there is one for it.",
            valueName: "name"))
    var energyTable: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Account for the data bus's time: what each transfer waited for. Costs about a tenth of the speed.")
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
            if let standard = StandardDevice.named(device), standard.standard.has(.prea) {
                let controller = try replayController(standard)
                let table = try energyTable(among: EnergyTable.names(for: standard))
                try report(standard.organization) {
                    StandardReplay(
                        standard, controller, energyTable: table, accountsForBuses: busTime, closedForms: closedForms,
                        commands: $0)
                }
            } else {
                let memory = try memory()
                let table = try energyTable(among: EnergyTable.memoryNames)
                try report(memory.organization) {
                    MemoryReplay(memory, energyTable: table ?? EnergyTable.memoryNames[0], commands: $0)
                }
            }
        }
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
        _ organization: DRAMOrganization, _ makeReplay: (CommandHandler?) -> Replay
    ) throws {
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

    /// The settings of Ramulator's controller.
    private func replayController(_ device: StandardDevice) throws -> ReplayController {
        _ = try choice(settings.profile, ["ramulator"], at: "--profile")
        let refreshes = ReplayController.Refresh.allCases.filter { $0 != .perBank || device.standard.has(.refpb) }
        return ReplayController(
            scheduler: try choice(settings.scheduler, ReplayController.Scheduler.allCases, at: "--scheduler"),
            rowPolicy: try choice(rowPolicy, ReplayController.RowPolicy.allCases, at: "--row-policy"),
            refresh: try choice(settings.refresh, refreshes, at: "--refresh"),
            mapping: try choice(settings.mapping, ReplayController.Mapping.allCases, at: "--mapping"))
    }

    private func choice<Value: RawRepresentable<String>>(_ value: String, _ known: [Value], at option: String) throws
        -> Value
    {
        Value(rawValue: try choice(value, known.map(\.rawValue), at: option))!
    }

    private func memory() throws -> MemorySystem {
        let known = StandardDevice.all.map(\.name)
        _ = try choice(device, known, at: "--device")
        let settings = settings
        let profile = try choice(settings.profile, ControllerProfile.named.map(\.name), at: "--profile")
        _ = try choice(settings.scheduler, ["frfcfs-row-hit"], at: "--scheduler")
        _ = try choice(rowPolicy, ["open"], at: "--row-policy")
        let device = StandardDevice.named(device)!
        var controller = ControllerProfile.named.first { $0.name == profile }!.profile
        controller.refresh = try choice(settings.refresh, RefreshPolicy.allCases, at: "--refresh")
        return MemorySystem(
            device: device, channels: 1, controller: controller, addressOrder: try addressFields(settings.mapping),
            pim: nil)
    }

    private func addressFields(_ mapping: String) throws -> [String] {
        let letters = Array(mapping)
        let fields = stride(from: 0, to: letters.count, by: 2).map {
            String(letters[$0..<min($0 + 2, letters.count)])
        }
        guard fields.sorted() == ["ba", "bg", "ch", "co", "ra", "ro"] else {
            throw Failure.usage(
                "must name each of ro, ra, bg, ba, ch and co once, as robabgracoch does, not '\(mapping)'",
                at: "--mapping")
        }
        return fields
    }

    /// One of the values that this version has.
    private func choice(_ value: String, _ known: [String], at option: String) throws -> String {
        guard !known.contains(value) else { return value }
        throw Failure.usage(
            "'\(value)' is not available in this version; there is \(known.joined(separator: ", "))", at: option,
            suggestion: nearestName(to: value, in: known))
    }

    /// What was chosen, with the defaults of the device's profile.
    private var settings: MemoryReport.Settings {
        // A table without PREA is for DRAMsim3's controller, which gives none.
        let isStandard = StandardDevice.named(device)?.standard.has(.prea) ?? false
        return MemoryReport.Settings(
            device: device, trace: URL(fileURLWithPath: trace).lastPathComponent,
            profile: profile ?? (isStandard ? "ramulator" : "dramsim3"),
            refresh: refresh ?? (isStandard ? "all-bank" : "all-bank-staggered"),
            scheduler: scheduler ?? (isStandard ? "frfcfs" : "frfcfs-row-hit"), rowPolicy: rowPolicy,
            mapping: isStandard ? (mapping ?? "robaracoch").lowercased() : mapping ?? "robabgracoch")
    }
}
