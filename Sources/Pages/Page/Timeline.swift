/// `timeline.json`: operators and utilisation in the Trace Event Format, which Perfetto and chrome://tracing open.
///
/// A process for each sub-batch of a run, in it a thread for each unit; operators of one unit that overlap lie on
/// further threads, because slices of one thread must nest. A process with a counter for each unit's utilisation. Times
/// are microseconds from the run's start.
struct Timeline {
    private var text = "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n"
    private var isFirst = true
    private var process = 0

    /// Events written so far.
    private(set) var events = 0

    init() {}

    /// The finished file.
    var json: String { text + "\n]}\n" }

    private mutating func event(_ fields: String) {
        text += (isFirst ? "{" : ",\n{") + fields + "}"
        isFirst = false
        events += 1
    }

    private mutating func name(_ kind: String, _ name: String, thread: Int = 0) {
        event(
            "\"ph\":\"M\",\"name\":\"\(kind)\",\"pid\":\(process),\"tid\":\(thread),\"args\":{\"name\":\(Self.quoted(name))}"
        )
    }

    /// Adds a run.
    ///
    /// - Parameter label: goes before the names of its processes; empty for a single run.
    mutating func append(_ run: RunFolder, label: String) {
        let cycle = run.cycleNanoseconds / 1000
        let before = label.isEmpty ? "" : "\(label): "
        for subBatch in 0..<run.operators.subBatches {
            process += 1
            name("process_name", before + (run.operators.subBatches > 1 ? "sub-batch \(subBatch)" : "operators"))
            sort(process)
            var thread = 0
            let mine = run.operators.first.filter { $0.subBatch == subBatch }
            for unit in UnitNames.inOrder(mine.map(\.unit)) {
                let entries = mine.filter { $0.unit == unit }
                let lanes = Lanes.assign(entries.map { ($0.start, $0.end) })
                for lane in 0..<lanes.count {
                    name(
                        "thread_name", UnitNames.title(unit) + (lane == 0 ? "" : " (\(lane + 1))"),
                        thread: thread + lane)
                    event(
                        "\"ph\":\"M\",\"name\":\"thread_sort_index\",\"pid\":\(process),\"tid\":\(thread + lane),"
                            + "\"args\":{\"sort_index\":\(thread + lane)}")
                }
                for (entry, lane) in zip(entries, lanes.of) { slice(entry, thread: thread + lane, cycle: cycle) }
                thread += lanes.count
            }
        }
        process += 1
        guard !run.utilization.isEmpty else { return }
        name("process_name", before + "utilisation, %")
        sort(process)
        for unit in run.utilization {
            let title = Self.quoted(UnitNames.title(unit.unit))
            for stretch in unit.stretches {
                counter(title, at: stretch.startTime / 1000, percent: 100 * stretch.fraction)
            }
            if let last = unit.stretches.last { counter(title, at: last.endTime / 1000, percent: 0) }
        }
    }

    private mutating func sort(_ index: Int) {
        event(
            "\"ph\":\"M\",\"name\":\"process_sort_index\",\"pid\":\(process),\"tid\":0,\"args\":{\"sort_index\":\(index)}"
        )
    }

    private mutating func slice(_ entry: OperatorTable.Entry, thread: Int, cycle: Double) {
        let layer = entry.layer.map { "\"layer\":\($0)," } ?? ""
        event(
            "\"ph\":\"X\",\"name\":\(Self.quoted(entry.name)),\"cat\":\(Self.quoted(entry.unit)),\"pid\":\(process),"
                + "\"tid\":\(thread),\"ts\":\(Self.number(entry.start * cycle)),"
                + "\"dur\":\(Self.number((entry.end - entry.start) * cycle)),\"args\":{\"iteration\":\(entry.iteration),"
                + "\(layer)\"stage\":\(Self.quoted(entry.stage)),\"macs\":\(Self.number(entry.macs)),"
                + "\"dram_bytes\":\(Self.number(entry.dramBytes))}")
    }

    private mutating func counter(_ title: String, at time: Double, percent: Double) {
        event(
            "\"ph\":\"C\",\"name\":\(title),\"pid\":\(process),\"tid\":0,\"ts\":\(Self.number(time)),"
                + "\"args\":{\"busy\":\(Self.number((percent * 100).rounded() / 100))}")
    }

    /// A number without exponent where that is possible; JSON has no infinities.
    private static func number(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        if value == value.rounded(), value.magnitude < 1e15 { return "\(Int(value))" }
        return "\(value)"
    }

    /// A text as JSON, safe also inside a page.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{0}"..."\u{1F}", "<", "\u{7F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

/// Puts intervals on as few lanes as they need so that none overlap on a lane.
struct Lanes {
    /// The lane of each interval, in the order given.
    let of: [Int]
    let count: Int

    static func assign(_ intervals: [(start: Double, end: Double)]) -> Lanes {
        var ends: [Double] = []
        var lanes = [Int](repeating: 0, count: intervals.count)
        let order = intervals.indices.sorted {
            (intervals[$0].start, intervals[$0].end, $0) < (intervals[$1].start, intervals[$1].end, $1)
        }
        for index in order {
            if let lane = ends.firstIndex(where: { $0 <= intervals[index].start }) {
                lanes[index] = lane
                ends[lane] = intervals[index].end
            } else {
                lanes[index] = ends.count
                ends.append(intervals[index].end)
            }
        }
        return Lanes(of: lanes, count: ends.count)
    }
}

/// How units are called and in which order they are shown.
enum UnitNames {
    private static let known: [(name: String, title: String, class: String)] = [
        ("npu", "NPU, any unit", "npu"), ("systolic", "Systolic arrays", "systolic"),
        ("vector", "Vector units", "vector"), ("pim", "PIM", "pim"), ("dma", "DMA", "dma"),
        ("dram", "DRAM data bus", "dram"), ("link", "Link", "link"),
    ]

    static func title(_ unit: String) -> String { known.first { $0.name == unit }?.title ?? unit }
    static func style(_ unit: String) -> String { known.first { $0.name == unit }?.class ?? "other" }

    /// Each unit once: the known ones in their order, then others as they come.
    static func inOrder(_ units: [String]) -> [String] {
        var rest = units.filter { unit in !known.contains { $0.name == unit } }
        var seen: Set<String> = []
        rest = rest.filter { seen.insert($0).inserted }
        return known.map(\.name).filter(units.contains) + rest
    }
}
