import ArgumentParser
import Hardware
import YAMLTree

/// `dualrow check`: reads a machine and shows what follows from it.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read a machine file, report all of its mistakes, or its derived figures with their formulas.")

    @Argument(help: ArgumentHelp("A machine file, or the name of a shipped machine.", valueName: "machine"))
    var machine: String

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Replace a value of the machine. May be repeated.", valueName: "key=value"))
    var overrides: [String] = []

    func run() throws {
        try Failure.guarding {
            let path = try ShippedFiles().machinePath(machine)
            let machine = try Machine.load(path: path, overrides: try MachineOverrides.parsed(overrides))
            print("\(machine.name) (\(path)): no mistakes\n")
            print(DerivedFigures(machine))
        }
    }
}
