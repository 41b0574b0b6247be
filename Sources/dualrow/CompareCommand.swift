import ArgumentParser
import Foundation
import Reporting
import Simulation

/// `dualrow compare`: several machines, one workload.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Run one workload on several machines and show the ratios to the first.")

    @Argument(
        help: ArgumentHelp(
            "Machine files, or names of shipped machines; the first is the baseline.", valueName: "machine"))
    var machines: [String]

    @OptionGroup var workload: WorkloadArguments

    func run() throws {
        try Failure.guarding {
            try OutputCheck.folder(workload.out)
            let names = machines.map { URL(fileURLWithPath: $0).deletingPathExtension().lastPathComponent }
            for (index, name) in names.enumerated() where names[..<index].contains(name) {
                throw Failure.usage("two machines are called '\(name)'", at: "MACHINE")
            }
            let files = ShippedFiles()
            let simulators = try machines.map { name in
                try workload.simulator(try workload.machine(name, files: files), files: files)
            }
            let reports = try simulators.map { try Run.report(on: $0, workload: workload) }
            let comparison = Comparison(reports)
            if let out = workload.out { try ReportFolder(path: out).write(comparison.files(folders: names)) }
            print(comparison.heading + comparison.text, terminator: "")
            if let out = workload.out {
                print("\nreports: \(out)/summary.csv, \(out)/ratios.csv, and a folder for each machine")
            }
        }
    }
}
