import Hardware
import SimCore
import Simulation

/// The tables of single operators, channels, energy rows and requests.
extension Report {
    static let operatorColumns = [
        "iteration", "layer", "sub_batch", "stage", "operator", "unit", "start_cycle", "end_cycle", "cycles", "macs",
        "dram_read_bytes", "dram_write_bytes", "energy_pJ",
    ]

    /// `operators.csv`: a row for each operator of each layer and step.
    public var operators: String {
        var table = CSVWriter(columns: Self.operatorColumns)
        let prices = OperatorPrices(result.machine)
        for (done, events) in zip(result.operators, result.operatorEvents()) {
            table.append([
                CSVCell(done.iteration), CSVCell(done.layer), CSVCell(done.subBatch),
                CSVCell(done.barrierStage ?? done.stage.rawValue),
                CSVCell(done.kind.rawValue), CSVCell(done.unit.rawValue), CSVCell(done.start), CSVCell(done.end),
                CSVCell(done.end - done.start), CSVCell(done.macs), CSVCell(done.readBytes), CSVCell(done.writeBytes),
                CSVCell(prices.picojoules(events)),
            ])
        }
        return table.text
    }

    static let channelColumns =
        ["channel", "requests", "tokens", "memory_busy_cycles", "pim_busy_cycles"]
        + DRAMCommand.ofMachines.map(\.mnemonic)

    /// `channels.csv`: a row for each channel.
    public var channels: String {
        var table = CSVWriter(columns: Self.channelColumns)
        for channel in result.channels {
            let counts = DRAMCommand.ofMachines.map { command in
                // A split activation counts once.
                CSVCell(channel.statistics.count(command) + (command == .act ? channel.statistics.count(.act1) : 0))
            }
            table.append(
                [
                    CSVCell(channel.index), CSVCell(channel.requests), CSVCell(channel.tokens),
                    CSVCell(channel.dataBusCycles), CSVCell(channel.statistics.pimBusyCycles),
                ] + counts)
        }
        return table.text
    }

    static let energyColumns = ["component", "event", "count", "pJ_each", "J", "source", "boundary"]

    /// `energy.csv`: a row for each row of the energy tables.
    public var energy: String {
        var table = CSVWriter(columns: Self.energyColumns)
        for line in bill.lines {
            table.append([
                CSVCell(line.component.rawValue), CSVCell(line.event.name), CSVCell(line.count),
                CSVCell(line.picojoulesEach), CSVCell(line.joules), CSVCell(line.source),
                CSVCell(line.boundary.rawValue),
            ])
        }
        return table.text
    }
}

/// Prices of one event each, all boundaries together, so that thousands of operators are priced quickly.
struct OperatorPrices {
    private let prices: [(event: EnergyEvent, picojoules: Double)]

    init(_ machine: Machine) {
        let rows = machine.energyTables.flatMap(\.rows)
        prices = EnergyEvent.allCases.filter { !$0.isMemoryCycles }.compactMap { event in
            let price = rows.filter { $0.event == event }.reduce(0) { $0 + $1.picojoules }
            return price > 0 ? (event, price) : nil
        }
    }

    func picojoules(_ counts: EventCounts) -> Double {
        prices.reduce(0) { $0 + Double(counts[$1.event]) * $1.picojoules }
    }
}
