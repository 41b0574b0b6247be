import ArgumentParser

/// The command `dualrow`.
@main
struct DualRow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dualrow",
        abstract: "Simulates language models on a chip whose memory computes: NPU and PIM, cycle by cycle.",
        discussion: """
            A machine is a YAML file (HardwareConfigs/), a workload is a model (Traces/models/) and a CSV file of \
            requests (Traces/requests/), or an operator trace of a model that really ran (Traces/traces/). Results are a table here and CSV files with --out.

            First steps, from the folder of the project:
              dualrow check HardwareConfigs/neupims.yaml
              dualrow simulate HardwareConfigs/neupims.yaml --model gpt3-7b \\
                --requests Traces/requests/sharegpt-b64.csv \\
                --tensor-parallel 4 --layers 1 --out out
            """,
        version: Version.text,
        subcommands: [
            SimulateCommand.self, CompareCommand.self, SweepCommand.self, CollectCommand.self, ReportCommand.self,
            CheckCommand.self,
            RequestsCommand.self, TraceCommand.self, StatsCommand.self, PerplexityCommand.self, MemoryCommand.self,
            GEMMCommand.self, ExportGEMMCommand.self,
            OffloadCommand.self, OffloadStudyCommand.self, ExpertErrorsCommand.self,
            AttentionCommand.self,
        ])
}

/// The version of the program, which every report names.
enum Version {
    static let text = "0.1.0"
}
