import ArgumentParser
import Foundation
import Hardware
import Reporting
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

    @Option(help: ArgumentHelp("DRAM device: hbm2-x128.", valueName: "name"))
    var device: String

    @Option(help: ArgumentHelp("Trace file.", valueName: "file"))
    var trace: String

    @Option(help: ArgumentHelp("Form of its lines: dualrow, ramulator-ls or dramsim3.", valueName: "name"))
    var format = "dualrow"

    @Option(help: ArgumentHelp("Controller: dramsim3.", valueName: "name"))
    var profile = "dramsim3"

    @Option(help: ArgumentHelp("none or all-bank-staggered.", valueName: "policy"))
    var refresh = "all-bank-staggered"

    @Option(help: ArgumentHelp("frfcfs-row-hit.", valueName: "policy"))
    var scheduler = "frfcfs-row-hit"

    @Option(help: ArgumentHelp("open.", valueName: "policy"))
    var rowPolicy = "open"

    @Option(
        help: ArgumentHelp(
            "Address fields from the top: ro ra bg ba ch co in any order, written together.", valueName: "fields"))
    var mapping = "robabgracoch"

    @Option(help: ArgumentHelp("CSV file for the report: a header and one row.", valueName: "file"))
    var out: String?

    @Option(help: ArgumentHelp("Write every command with its tick to this CSV.", valueName: "file"))
    var commands: String?

    func run() throws {
        try Failure.guarding {
            try OutputCheck.file(out)
            try OutputCheck.file(commands, option: "--commands")
            let memory = try memory()
            let form = try choice(format, MemoryTraceFormat.allCases.map(\.rawValue), at: "--format")
            let reader = try MemoryTraceReader(
                path: trace, format: MemoryTraceFormat(rawValue: form)!, addresses: memory.capacityBytes)
            let log = try commands.map { try StagedFile(path: $0) }
            do {
                let report = MemoryReport(try replay(reader, memory, log), settings: settings)
                if let out { try ReportFolder.write(report.csv, to: out) }
                try log?.commit()
                print(report.text, terminator: "")
            } catch {
                log?.abandon()
                throw error
            }
        }
    }

    private func replay(
        _ reader: MemoryTraceReader, _ memory: MemorySystem, _ log: StagedFile?
    ) throws -> MemoryReplayResult {
        try log?.append(CommandLog.header)
        var replay =
            log.map { log in
                MemoryReplay(memory) { try log.append(CommandLog.rows($0, of: memory.organization)) }
            } ?? MemoryReplay(memory)
        let line = ProgressLine("memory")
        defer { line.clear() }
        var piece: [MemoryAccess] = []
        while let access = try reader.next() {
            piece.append(access)
            if piece.count == 4096 {
                try replay.take(piece)
                piece.removeAll(keepingCapacity: true)
                line.update("\(Figure.count(replay.requests)) requests")
            }
        }
        try replay.take(piece)
        guard replay.requests > 0 else {
            throw DiagnosticList(Diagnostic("the trace has no requests", at: Mark(file: trace)))
        }
        return try replay.finish()
    }

    private func memory() throws -> MemorySystem {
        let known = DRAMDevice.all.map(\.name)
        _ = try choice(device, known, at: "--device")
        _ = try choice(profile, ControllerProfile.named.map(\.name), at: "--profile")
        _ = try choice(scheduler, ["frfcfs-row-hit"], at: "--scheduler")
        _ = try choice(rowPolicy, ["open"], at: "--row-policy")
        let refresh = try choice(refresh, RefreshPolicy.allCases.map(\.rawValue), at: "--refresh")
        let device = DRAMDevice.named(device)!
        var controller = ControllerProfile.named.first { $0.name == profile }!.profile
        controller.refresh = RefreshPolicy(rawValue: refresh)!
        return MemorySystem(
            device: device.name, clock: device.clock, channels: 1, organization: device.organization,
            timing: device.timing, controller: controller, addressOrder: try addressFields(), pim: nil)
    }

    private func addressFields() throws -> [String] {
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

    private var settings: MemoryReport.Settings {
        MemoryReport.Settings(
            device: device, trace: URL(fileURLWithPath: trace).lastPathComponent, profile: profile, refresh: refresh,
            scheduler: scheduler, rowPolicy: rowPolicy, mapping: mapping)
    }
}
