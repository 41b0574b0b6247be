import Hardware
import Quantities
import SimCore
import Workload

/// Energy: what a run did as counts of events, and their price.
extension SimulationResult {
    /// The events of the whole run on one chip with its memory.
    public var events: EventCounts {
        var counts = channels.reduce(EventCounts()) { $0 + $1.events(of: machine.memory) }
        counts[.fp16MACs] = npuMACs
        counts[.vectorOperations] = operators.reduce(0) {
            $0 + $1.vectorElements * $1.kind.vectorOperations(of: model)
        }
        // What comes from DRAM is written to the scratchpad; all other traffic of it is taken as reads, which cost
        // the same.
        counts[.sramWriteBytes] = operators.reduce(0) { $0 + $1.readBytes }
        counts[.sramReadBytes] = scratchpadBytes - counts[.sramWriteBytes]
        counts[.linkBits] = 8 * linkBytes
        counts[.staticPicoseconds] = picoseconds
        return counts
    }

    /// What the run cost on one chip with its memory, by the tables that the machine names.
    public var bill: EnergyBill { machine.bill(events) }

    /// Length of the run, rounded to whole picoseconds.
    public var picoseconds: Int {
        let hertz = Int128(machine.npu.clock.count)
        return Int((Int128(cycles) * 1_000_000_000_000 + hertz / 2) / hertz)
    }
}

extension ChannelResult {
    /// The events of the channel's commands and states.
    public func events(of memory: MemorySystem) -> EventCounts {
        EventCounts(
            ChannelActivity(
                commands: statistics.commands, dotProducts: statistics.dotProducts,
                operandBursts: statistics.operandBursts, openCycles: statistics.activeCycles,
                pimOpenCycles: statistics.pimActiveCycles, cycles: cycles),
            of: memory)
    }
}
