import Functional
import Glibc
import Workload

/// The statistics of `Traces/models/tinymoe/stats.json`, measured anew: 48 windows of 512 bytes evenly spaced over a
/// text, and greedy texts of 40 bytes after 16 prompts of 96.
struct Facts {
    var folder: String
    var text: String

    func print() throws {
        let bytes = try MappedFile.contents(of: text, limit: 1 << 30)
        var run = try TraceRun(folder: folder)
        run.records = .all
        run.options.batch = 4
        let windows = starts(48, upTo: bytes.count - 514).enumerated().map { id, start in
            Generator.Request(id: id, prompt: bytes[start..<start + 512].map(Int.init), newTokens: 1)
        }
        var options = TraceStatistics.Options()
        options.minimumContext = 257
        try show(run, windows, options)
        run.records = .exits
        run.options.batch = 16
        let prompts = starts(16, upTo: bytes.count - 512).enumerated().map { id, start in
            Generator.Request(id: id, prompt: bytes[start..<start + 96].map(Int.init), newTokens: 40)
        }
        try show(run, prompts, options) { $0.hasPrefix("draft") || $0.hasPrefix("distinct") }
    }

    /// As numpy's `linspace(0, end, count).astype(int)`.
    private func starts(_ count: Int, upTo end: Int) -> [Int] {
        (0..<count).map { Int(Double($0) * (Double(end) / Double(count - 1))) }
    }

    private func show(
        _ run: TraceRun, _ requests: [Generator.Request], _ options: TraceStatistics.Options,
        where isWanted: (String) -> Bool = { !$0.hasPrefix("draft") && !$0.hasPrefix("distinct") }
    ) throws {
        let path = "/tmp/facts-\(getpid()).trace.gz"
        defer { unlink(path) }
        _ = try run.run(requests, to: path)
        let statistics = try TraceStatistics(try TraceReader(path: path), options: options)
        var lines: [(String, [String])] = []
        for row in statistics.rows where isWanted(row.statistic) && row.statistic != "expert_use" {
            let name = row.variant.isEmpty ? row.statistic : "\(row.statistic) (\(row.variant))"
            let value = String((row.value * 1000).rounded() / 1000)
            if let index = lines.firstIndex(where: { $0.0 == name }) {
                lines[index].1.append(value)
            } else {
                lines.append((name, [value]))
            }
        }
        let use = statistics.values("expert_use", variant: "0")
        if !use.isEmpty {
            let all = statistics.rows.filter { $0.statistic == "expert_use" }.map(\.value)
            Swift.print("expert_use from", all.min()!, "to", all.max()!)
        }
        for (name, values) in lines { Swift.print(name, values.joined(separator: " ")) }
    }
}
