import Hardware
import Quantities
import Simulation
import YAMLTree

/// Decode attention on PIM units as the model times it, beside published cycles.
public struct AttentionComparison: Sendable {
    /// One shape, timed.
    public struct Timed: Sendable {
        public var headsPerChannel: Int
        /// Of the channel with the most heads.
        public var result: AttentionKernel.Result
        public var microseconds: Double
    }

    public struct Row: Sendable {
        public var wanted: AttentionCase
        public var timed: Timed

        public init(wanted: AttentionCase, timed: Timed) {
            self.wanted = wanted
            self.timed = timed
        }

        /// Per cent by which ours are more than the published cycles.
        public var difference: Double { 100 * (Double(timed.result.clocks) / Double(wanted.cycles) - 1) }
        /// Per cent of the cycles beyond what the dot-products alone take.
        public func overhead(_ cycles: Int) -> Double {
            100 * (Double(cycles) / Double(timed.result.boundClocks) - 1)
        }
    }

    public var machine: String
    public var published: String
    public var rows: [Row]

    public init(machine: String, published: String, rows: [Row]) {
        self.machine = machine
        self.published = published
        self.rows = rows
    }

    /// Times one shape; the heads are spread over the channels and the fullest channel counts.
    public static func time(
        _ machine: Machine, heads: Int, headSize: Int, context: Int, softmaxClocks: Int
    ) throws(DiagnosticList) -> Timed {
        let memory = machine.memory
        guard memory.pim != nil else {
            throw DiagnosticList(
                Diagnostic("there are no PIM units (memory.pim) to time attention on", at: Mark(file: machine.name)))
        }
        let perChannel = (heads + memory.channels - 1) / memory.channels
        let kernel = AttentionKernel(
            memory: memory, heads: perChannel, headSize: headSize, context: context, softmaxClocks: softmaxClocks)
        let result = kernel.run()
        let clock = memory.device.clock.time.approximateNanoseconds
        return Timed(
            headsPerChannel: perChannel, result: result, microseconds: Double(result.clocks) * clock / 1000)
    }

    /// One timed shape for people.
    public static func text(_ timed: Timed, on machine: Machine) -> String {
        let result = timed.result
        let pim = machine.memory.pim!
        let ticks = machine.memory.device.standard.ticksPerClock
        var table = TextTable([.left, .right, .left])
        let share = 100 * Double(result.boundClocks) / Double(max(1, result.clocks))
        table.append(["time", "\(Figure.count(result.clocks)) cycles", "\(Figure.number(timed.microseconds)) us"])
        table.append(["heads of a channel", "\(timed.headsPerChannel)", "one after another"])
        table.append([
            "dot-product commands", Figure.count(result.dotProducts),
            "of \(machine.memory.pimUnitsPerChannel) units (\(pim.timing.level.rawValue))",
        ])
        table.append([
            "their bound", "\(Figure.count(result.boundClocks)) cycles",
            "x \(pim.timing.nDOT / ticks) cycles; \(Figure.number(share)) % of the time",
        ])
        table.append(["row activations", Figure.count(result.activations), "commands"])
        table.append(["refreshes", Figure.count(result.refreshes), "of a rank"])
        return table.text
    }

    public static let columns = [
        "level", "interval_cycles", "heads", "head_size", "context", "refresh", "published_cycles", "cycles",
        "difference_percent", "dot_products", "dot_product_bound_cycles", "published_beyond_bound_percent",
        "beyond_bound_percent", "refreshes", "why",
    ]

    public var csv: String {
        var table = CSVWriter(columns: Self.columns)
        for row in rows {
            let (wanted, result) = (row.wanted, row.timed.result)
            table.append([
                CSVCell(wanted.level), CSVCell(wanted.interval), CSVCell(wanted.heads), CSVCell(wanted.headSize),
                CSVCell(wanted.context), CSVCell(wanted.refresh), CSVCell(wanted.cycles), CSVCell(result.clocks),
                CSVCell(rounded(row.difference)), CSVCell(result.dotProducts), CSVCell(result.boundClocks),
                CSVCell(rounded(row.overhead(wanted.cycles))), CSVCell(rounded(row.overhead(result.clocks))),
                CSVCell(result.refreshes), CSVCell(wanted.why),
            ])
        }
        return table.text
    }

    private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

    public var text: String {
        var table = TextTable([.left, .right, .right, .left, .right, .right, .right, .right])
        table.append(["level", "interval", "context", "refresh", "published", "ours", "difference", "bound"])
        table.appendRule()
        for row in rows { table.append(cells(row)) }
        return table.text
    }

    private func cells(_ row: Row) -> [String] {
        let result = row.timed.result
        return [
            row.wanted.level, "\(row.wanted.interval)", Figure.count(row.wanted.context), row.wanted.refresh,
            Figure.count(row.wanted.cycles), Figure.count(result.clocks),
            Figure.number(rounded(row.difference)) + " %", Figure.count(result.boundClocks),
        ]
    }

    /// The comparison as a page, with the reason for each difference.
    public var markdown: String {
        var lines = [
            "# Decode attention on PIM units at three levels", "",
            "Cycles of one token's decode attention on the fullest channel, published and as `dualrow attention` times "
                + "them. Remade by", "",
            "    dualrow attention \(machine) --published \(published) --out FOLDER", "",
            "`bound` is the number of dot-product commands times their interval. The reasons come with the published "
                + "cycles: they",
            "are read from the order of commands of both, not found by turning one difference at a time.", "",
            "| level | interval | heads | head size | context | refresh | published | ours | difference | bound | why |",
            "|---|---|---|---|---|---|---|---|---|---|---|",
        ]
        for row in rows {
            let all = cells(row)
            lines.append(
                "| "
                    + ([all[0], all[1], "\(row.wanted.heads)", "\(row.wanted.headSize)"] + all[2...]
                    + [row.wanted.why]).joined(separator: " | ") + " |")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
